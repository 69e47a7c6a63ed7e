"""Organisers look at a draft before anybody else does."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventState
from app.extensions import db
from app.people.models import Role
from tests.factories import grant, make_account, make_event, make_room, make_session, make_speaker, make_theme, sign_in

PAGES = [
    "/en/events/draft/", "/en/events/draft/schedule/", "/en/events/draft/sessions/opening/",
    "/en/events/draft/speakers/", "/en/events/draft/speakers/ana/",
]  # fmt: skip
STYLES = "/events/draft/schedule.css?day=2027-03-10"
SAYS_SO = "This is a draft that only its organisers see."


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="draft", state=EventState.DRAFT)
    session = make_session(event, slug="opening", theme=make_theme(event), room=make_room(event))
    make_speaker(event, session, slug="ana")
    return event


@pytest.mark.parametrize("role", [Role.OWNER, Role.ORGANISER, Role.READER, None])
def test_whoever_organises_a_draft_sees_it_as_it_will_be(client: FlaskClient, event: Event, role: Role | None) -> None:
    account = make_account(is_admin=role is None)
    if role:
        grant(event, account, role)
    sign_in(client, account)
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert SAYS_SO in answer.text, path
    assert client.get(STYLES).status_code == 200


def test_a_draft_is_kept_by_nobody_on_the_way(client: FlaskClient, event: Event) -> None:
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    for path in [*PAGES, STYLES, f"{STYLES}&v={event.revision}"]:
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert "ETag" not in answer.headers, path


def test_nobody_else_learns_that_there_is_a_draft(client: FlaskClient, event: Event) -> None:
    organiser = make_account()
    grant(event, organiser)
    sign_in(client, organiser)
    assert client.get(PAGES[0]).status_code == 200

    stranger = client.application.test_client()
    speaker = client.application.test_client()
    account = make_account()
    grant(event, account, Role.SPEAKER)
    sign_in(speaker, account)
    for path in [*PAGES, STYLES]:
        assert stranger.get(path).status_code == 404, path
        assert speaker.get(path).status_code == 404, path


def test_the_overview_of_a_draft_leads_to_its_preview(client: FlaskClient, event: Event) -> None:
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    assert 'href="/en/events/draft/"' in client.get("/en/manage/events/draft/").text


def test_a_published_event_says_nothing_of_a_draft(client: FlaskClient, event: Event) -> None:
    event.state = EventState.PUBLISHED
    db.session.commit()
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    answer = client.get(PAGES[0])
    assert SAYS_SO not in answer.text
    assert answer.headers["Cache-Control"] == "public, no-cache"
