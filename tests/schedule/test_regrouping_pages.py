"""Merging and splitting as a browser does it."""

import pytest
import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.people.models import Role
from app.schedule import regrouping
from app.schedule.models import EventSession, FormerSession
from tests.factories import grant, make_account, make_event, make_session, sign_in

BASE = "/en/manage/events/event/sessions/"


@pytest.fixture
def event(app, client) -> Event:
    event, account = make_event(slug="event"), make_account()
    grant(event, account)
    sign_in(client, account)
    return event


def test_a_session_is_merged_and_its_page_leads_to_the_other(client, event):
    make_session(event, slug="one", title={"en": "One"}), make_session(event, slug="two", title={"en": "Two"})
    page = client.get(f"{BASE}one/merge/").text
    assert ("10 Mar 2027" in page, 'value="two"' in page, 'value="one"' in page) == (True, True, False)
    answer = client.post(f"{BASE}one/merge/", data={"into": "two"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{BASE}two/")
    assert client.get(f"{BASE}one/").status_code == 404
    public = client.get("/en/events/event/sessions/one/?zone=Asia/Tokyo")
    assert (public.status_code, public.headers["Location"]) == (302, "/en/events/event/sessions/two/?zone=Asia/Tokyo")


@pytest.mark.parametrize("into", ["", "one", "none", "x" * 10_000])
def test_what_cannot_be_merged_is_said_beside_the_field(client, event, into):
    make_session(event, slug="one"), make_session(event, slug="two")
    answer = client.post(f"{BASE}one/merge/", data={"into": into})
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert db.session.scalars(sa.select(FormerSession)).all() == []


def test_a_session_is_split_at_an_hour_of_the_event(client, event):
    session = make_session(event, slug="one", title={"en": "One"})
    assert 'value="One (2)"' in client.get(f"{BASE}one/split/").text
    answer = client.post(f"{BASE}one/split/", data={"at": "10:30", "title-en": "One, questions"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{BASE}one-questions/")
    second = db.session.scalars(sa.select(EventSession).where(EventSession.slug == "one-questions")).one()
    assert session.ends_at == second.starts_at
    assert f"{second.starts_at.astimezone(event.tzinfo):%H:%M}" == "10:30"


@pytest.mark.parametrize(("at", "title"), [("09:00", "Two"), ("11:00", "Two"), ("10:00", "Two"), ("soon", "Two"),
                                           ("10:30", ""), ("", "")])  # fmt: skip
def test_what_cannot_be_split_is_said_beside_the_field(client, event, at, title):
    session = make_session(event, slug="one")
    before = session.ends_at
    answer = client.post(f"{BASE}one/split/", data={"at": at, "title-en": title})
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert db.session.scalars(sa.select(EventSession.ends_at)).all() == [before]


def test_where_nothing_can_be_done_the_page_says_so_and_has_no_button(client, event):
    make_session(event, slug="alone"), make_session(event, slug="later", starts_at=None)
    for path in ("alone/merge/", "later/split/"):
        page = client.get(BASE + path).text
        assert ("has not begun" in page, "csrf_token" in page) == (True, False), path


def test_an_address_of_what_is_not_in_the_programme_any_more_says_so(client, event):
    one, two, three = (make_session(event, slug=slug) for slug in ("one", "two", "three"))
    regrouping.merge(one, two, None)
    regrouping.merge(two, three, None)
    db.session.commit()
    assert client.get("/en/events/event/sessions/one/").headers["Location"] == "/en/events/event/sessions/three/"
    db.session.scalars(sa.select(FormerSession)).first().became = None
    db.session.commit()
    answer = client.get("/en/events/event/sessions/one/")
    assert (answer.status_code, "not in the programme any more" in answer.text) == (410, True)


@pytest.mark.parametrize(("act", "data"), [("merge", {"into": "two"}), ("split", {"at": "10:30", "title-en": "Two"})])
def test_only_who_edits_the_programme_merges_and_splits(client, event, act, data):
    make_session(event, slug="one"), make_session(event, slug="two")
    path, strange = f"{BASE}one/{act}/", client.application.test_client()
    assert strange.post(path, data=data).status_code in (302, 404)
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(strange, reader)
    assert strange.post(path, data=data).status_code in (403, 404)
    assert client.put(path, data=data).status_code == 405
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventSession)) == 2
