"""What organisers do on their pages, as a browser does it."""

import re
from datetime import date

import pytest

from app.events.models import Event, EventState, Grant, Involvement, Series, Standing
from app.events.signals import Change, event_changed
from app.extensions import db
from app.mail.models import Letter
from app.people.models import Account, Organisation, Role
from tests.factories import grant, make_account, make_event, make_organisation, make_session, make_theme, save, sign_in

WHOLE = {
    "contact_email": "contact@example.org", "privacy": {"en": "We keep little.", "ro": "Puține."},
    "summary": {"en": "About", "ro": "Despre"},
}  # fmt: skip


@pytest.fixture
def owner(app, client) -> Account:
    account = make_account(email="owner@example.org")
    sign_in(client, account)
    return account


@pytest.fixture
def event(owner) -> Event:
    event = make_event(slug="event", state=EventState.DRAFT, **WHOLE)
    grant(event, owner, Role.OWNER)
    return event


def facts(**changes):
    """What the form of the facts sends."""
    return {
        "title-en": "Reading", "title-ro": "Lectura", "kind": "webinar", "slug": "event", "languages": "en, ro",
        "zone": "Europe/Bucharest", "starts_on": "2027-03-10", "ends_on": "2027-03-11", "day_change": "00:00",
        "join_opens_minutes": "15", "contact_email": "contact@example.org",
    } | changes  # fmt: skip


def new(**changes):
    return {
        "title": "Reading aloud", "kind": "webinar", "languages": "English, ro", "zone": "Europe/Kyiv",
        "starts_on": "2027-04-01", "ends_on": "2027-04-01",
    } | changes  # fmt: skip


def test_the_home_shows_the_events_in_which_one_has_a_role(client, event):
    make_event(title={"en": "Of others"})
    page = client.get("/en/manage/").text
    assert event.title["en"] in page
    assert "Of others" not in page


def test_an_administrator_sees_all_events(client, app):
    make_event(title={"en": "Of others"})
    sign_in(client, make_account(is_admin=True))
    assert "Of others" in client.get("/en/manage/").text


def test_an_organiser_makes_a_draft_and_owns_it(client, event, owner):
    answer = client.post("/en/manage/events/new/", data=new())
    assert answer.status_code == 302
    made = db.session.query(Event).filter_by(slug="reading-aloud").one()
    assert made.state is EventState.DRAFT
    assert (made.title, made.languages, made.zone) == ({"en": "Reading aloud"}, ["en", "ro"], "Europe/Kyiv")
    assert made.starts_on == made.ends_on == date(2027, 4, 1)
    assert [(row.account, row.role) for row in made.grants] == [(owner, Role.OWNER)]


def test_the_same_title_gets_another_address(client, event):
    for _time in range(2):
        client.post("/en/manage/events/new/", data=new())
    assert {"reading-aloud", "reading-aloud-2"} <= set(db.session.scalars(db.select(Event.slug)))


@pytest.mark.parametrize(("field", "value", "said"), [
    ("zone", "Mars/Olympus", "no time zone"), ("zone", "../../etc/passwd", "no time zone"),
    ("languages", "klingonish", "no language"), ("languages", "", "one language at least"),
    ("ends_on", "2027-03-31", "before the first"), ("ends_on", "2029-03-31", "92 days"),
    ("starts_on", "soon", "Not a valid date"), ("title", "", "Write the title"), ("title", "x" * 301, "300"),
    ("kind", "party", "Not a valid choice"),
])  # fmt: skip
def test_a_faulty_new_event_is_one_clear_message(client, event, field, value, said):
    answer = client.post("/en/manage/events/new/", data=new(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Event).count() == 1


def test_who_runs_no_event_cannot_make_one(client, app):
    sign_in(client, make_account())
    assert client.get("/en/manage/events/new/").status_code == 403
    assert client.post("/en/manage/events/new/", data=new()).status_code == 403
    assert db.session.query(Event).count() == 0


def test_the_facts_are_saved(client, event):
    answer = client.post(
        "/en/manage/events/event/facts/",
        data=facts(
            slug="reading",
            capacity="200",
            day_change="04:00",
            website="https://example.org",
            **{"privacy-en": "Short."},
        ),
    )
    assert answer.status_code == 302
    assert (event.slug, event.title, event.capacity, event.day_change) == (
        "reading",
        {"en": "Reading", "ro": "Lectura"},
        200,
        240,
    )
    assert event.privacy["en"] == "Short."


@pytest.mark.parametrize(("field", "value", "said"), [
    ("title-en", "x" * 301, "at most 300"), ("slug", "Ünfit slug", "small Latin letters"), ("slug", "taken", "Another"),
    ("website", "javascript:alert(1)", "https://"), ("website", "https://[", "https://"),
    ("contact_email", "a@b.org\nBcc: x@y.org", "line breaks"), ("capacity", "-1", "Number must be"),
    ("day_change", "13:00", "before noon"), ("zone", "Europe/Atlantis", "no time zone"),
    ("summary-en", "x" * 501, "at most 500"),
])  # fmt: skip
def test_faulty_facts_are_one_clear_message_and_change_nothing(client, event, field, value, said):
    make_event(slug="taken")
    answer = client.post("/en/manage/events/event/facts/", data=facts(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert event.title["en"] != "Reading"


def test_the_address_of_a_published_event_stays(client, event):
    event.state = EventState.PUBLISHED
    db.session.commit()
    client.post("/en/manage/events/event/facts/", data=facts(slug="other"))
    assert (event.slug, event.title["en"]) == ("event", "Reading")


def test_the_second_of_two_organisers_loses_nothing(client, event):
    page = client.get("/en/manage/events/event/facts/").text
    version = re.search(r'name="version"[^>]*value="([^"]+)"', page)[1]
    event.contact_name = "Somebody else's change"
    db.session.commit()
    answer = client.post("/en/manage/events/event/facts/", data=facts(version=version, **{"title-en": "Mine"}))
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert "Contact: name" in answer.text
    assert 'value="Mine"' in answer.text
    assert event.title["en"] != "Mine"
    again = re.search(r'name="version"[^>]*value="([^"]+)"', answer.text)[1]
    answer = client.post("/en/manage/events/event/facts/", data=facts(version=again, **{"title-en": "Mine"}))
    assert answer.status_code == 302
    assert event.title["en"] == "Mine"


def test_markup_and_sql_in_every_text_are_shown_as_text(client, event):
    nasty = "<script>alert(1)</script>'; DROP TABLE event;--"
    answer = client.post("/en/manage/events/event/facts/", data=facts(**{
        "title-en": nasty, "summary-en": nasty, "description-en": nasty, "contact_name": nasty, "privacy-en": nasty,
    }))  # fmt: skip
    assert answer.status_code == 302
    assert event.title["en"] == nasty
    for page in ("", "facts/", "trail/", "organisations/", "themes/"):
        text = client.get(f"/en/manage/events/event/{page}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_control_characters_and_line_breaks_leave_a_title(client, event):
    client.post("/en/manage/events/event/facts/", data=facts(**{"title-en": "Read\x00ing\r\nBcc: x@y.org\x1b[2J"}))
    assert event.title["en"] == "Reading Bcc: x@y.org[2J"


def test_a_draft_that_lacks_something_is_not_published_and_says_what(client, event):
    event.title, event.contact_email, event.privacy = {"en": "Only English"}, "", {}
    db.session.commit()
    page = client.get("/en/manage/events/event/").text
    said = ["not written in Romanian", "no contact e-mail", "no privacy notice", "no host", "no session with a time"]
    assert [words for words in said if words not in page] == []
    answer = client.post("/en/manage/events/event/publish/")
    assert answer.status_code == 422
    assert [words for words in said if words not in answer.text] == []
    assert event.state is EventState.DRAFT


def test_a_whole_event_is_published_archived_and_published_again(client, event):
    host(event)
    make_session(event, join_url="https://meet.example.org/1")
    for verb, state in (("publish", "published"), ("archive", "archived"), ("publish", "published")):
        assert client.post(f"/en/manage/events/event/{verb}/").status_code == 302
        assert event.state == state
    assert client.post("/en/manage/events/event/publish/").status_code == 302
    assert event.published_at is not None


def host(event):
    from app.events.models import EventOrganisation

    save(EventOrganisation(event=event, organisation=make_organisation(), involvement=Involvement.HOST))


def test_cancelling_and_restoring_tell_the_upper_rooms(client, event):
    event.state = EventState.PUBLISHED
    db.session.commit()
    heard = []
    with event_changed.connected_to(lambda sender, change: heard.append((sender, change))):
        assert client.post("/en/manage/events/event/postpone/", data={}).status_code == 422
        assert client.post("/en/manage/events/event/postpone/", data={"reason-en": "Strike"}).status_code == 302
        assert (event.standing, event.standing_reason) == (Standing.POSTPONED, {"en": "Strike"})
        assert "Strike" in client.get("/en/manage/events/event/").text
        client.post("/en/manage/events/event/cancel/", data={"reason-en": "Flood", "reason-ro": "Inundație"})
        client.post("/en/manage/events/event/restore/")
    assert heard == [(event, Change.POSTPONED), (event, Change.CANCELLED), (event, Change.RESTORED)]
    assert (event.standing, event.standing_reason) == (Standing.CONFIRMED, {})


def test_nobody_is_told_about_a_draft(client, event):
    heard = []
    with event_changed.connected_to(lambda sender, change: heard.append(change)):
        client.post("/en/manage/events/event/cancel/", data={"reason-en": "Flood"})
    assert heard == []


def test_organisations_are_chosen_or_made_in_place(client, event):
    known = make_organisation(slug="known")
    base = "/en/manage/events/event/organisations/"
    client.post(base, data={"organisation": "known", "involvement": "partner"})
    client.post(base, data={
        "organisation": "", "name-en": "New Library", "url": "https://library.example", "involvement": "host",
    })  # fmt: skip
    client.post(base, data={"organisation": "known", "involvement": "partner"})
    assert [(row.organisation.name["en"], row.involvement) for row in event.involved] == [
        (known.name["en"], Involvement.PARTNER), ("New Library", Involvement.HOST),
    ]  # fmt: skip
    assert client.post(base, data={"organisation": "", "involvement": "host"}).status_code == 422
    assert client.post(base, data={"organisation": "known", "name-en": "x", "involvement": "host"}).status_code == 422
    client.post(base + "move/", data={"organisation": "new-library", "part": "host", "to": "up"})
    db.session.expire(event, ["involved"])
    assert [row.organisation.slug for row in event.involved] == ["new-library", "known"]
    assert client.post(base + "remove/", data={"organisation": "new-library", "part": "host"}).status_code == 302
    assert client.post(base + "remove/", data={"organisation": "new-library", "part": "host"}).status_code == 404
    assert db.session.query(Organisation).filter_by(slug="new-library").count() == 1


@pytest.mark.parametrize(("kind", "rows"), [("themes", "themes"), ("rooms", "rooms")])
def test_themes_and_rooms(client, event, kind, rows):
    base = f"/en/manage/events/event/{kind}/"
    assert client.get(base + "new/").status_code == 200
    assert client.post(base + "new/", data={"colour": "#112233"}).status_code == 422
    for name in ("Red", "Blue", "Red"):
        assert client.post(base + "new/", data={"name-en": name, "colour": "#112233"}).status_code == 302
    assert [row.slug for row in getattr(event, rows)] == ["red", "blue", "red-2"]
    client.post(base + "red-2/move/", data={"to": "up"})
    client.post(base + "red/move/", data={"to": "down"})
    db.session.expire(event, [rows])
    assert [row.slug for row in getattr(event, rows)] == ["red-2", "red", "blue"]
    client.post(base + "blue/", data={"name-en": "Green", "name-ro": "Verde", "colour": "#00ff00"})
    assert getattr(event, rows)[2].name == {"en": "Green", "ro": "Verde"}
    assert client.post(base + "blue/delete/").status_code == 302
    assert [row.slug for row in getattr(event, rows)] == ["red-2", "red"]
    assert client.get(base + "blue/").status_code == 404
    assert client.get("/en/manage/events/event/themes/").status_code == 200


def test_a_colour_is_a_colour(client, event):
    data = {"name-en": "Red", "colour": "red;}body{display:none"}
    assert client.post("/en/manage/events/event/themes/new/", data=data).status_code == 422


def test_a_role_for_an_unknown_address_makes_an_account_and_a_letter(client, event):
    answer = client.post("/en/manage/events/event/roles/", data={"email": "New@Example.org", "role": "organiser"})
    assert answer.status_code == 302
    account = db.session.query(Account).filter_by(email="new@example.org").one()
    assert db.session.query(Grant).filter_by(event=event, account=account).one().role is Role.ORGANISER
    letter = db.session.query(Letter).one()
    assert (letter.recipient, letter.kind) == ("new@example.org", "people.link")
    client.post("/en/manage/events/event/roles/", data={"email": "new@example.org", "role": "reader"})
    assert db.session.query(Grant).filter_by(event=event, account=account).one().role is Role.READER
    assert db.session.query(Letter).count() == 1


def test_the_last_owner_stays(client, event, owner):
    base = "/en/manage/events/event/roles/"
    assert client.post(base, data={"email": owner.email, "role": "reader"}).status_code == 422
    answer = client.post(base + "take/", data={"account": owner.id})
    assert answer.status_code == 422
    assert "always has an owner" in answer.text
    other = make_account()
    client.post(base, data={"email": other.email, "role": "owner"})
    assert client.post(base + "take/", data={"account": other.id}).status_code == 302
    assert [row.role for row in event.grants] == [Role.OWNER]
    assert client.post(base + "take/", data={"account": "x"}).status_code == 404


def test_the_trail_names_who_did_what(client, event, owner):
    client.post("/en/manage/events/event/facts/", data=facts())
    page = client.get("/en/manage/events/event/trail/").text
    assert "Facts of the event changed" in page
    assert owner.name in page


def test_a_series_is_made_and_edited_by_those_who_run_its_events(client, event):
    assert client.post("/en/manage/series/new/", data={}).status_code == 422
    assert client.post("/en/manage/series/new/", data={"title-en": "Occupy Library"}).status_code == 302
    series = db.session.query(Series).one()
    assert client.post("/en/manage/series/occupy-library/", data={"title-en": "Occupy"}).status_code == 302
    assert series.title == {"en": "Occupy"}
    client.post("/en/manage/events/event/facts/", data=facts(series="occupy-library"))
    assert event.series is series
    make_event(series=save(Series(slug="foreign", title={"en": "Of others"})))
    assert client.get("/en/manage/series/foreign/").status_code == 404
    assert client.post("/en/manage/events/event/facts/", data=facts(series="foreign")).status_code == 422


WRITES = [
    "facts/", "publish/", "archive/", "cancel/", "postpone/", "restore/", "organisations/", "organisations/remove/",
    "organisations/move/", "themes/new/", "themes/blue/", "themes/blue/delete/", "themes/blue/move/", "rooms/new/",
    "rooms/red/", "rooms/red/delete/", "rooms/red/move/", "roles/", "roles/take/",
]  # fmt: skip


@pytest.mark.parametrize("address", WRITES)
def test_a_stranger_a_reader_and_a_wrong_method_change_nothing(client, app, address):
    event = make_event(slug="event", state=EventState.DRAFT)
    make_theme(event, slug="blue")
    url = f"/en/manage/events/event/{address}"
    answer = client.post(url, data=facts())
    assert (answer.status_code, "sign-in" in answer.location) == (302, True)
    sign_in(client, make_account())
    assert client.post(url, data=facts()).status_code == 404
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    assert client.post(url, data=facts()).status_code == 403
    assert client.put(url, data=facts()).status_code == 405
    assert event.revision == db.session.scalar(db.select(Event.revision))


def test_an_organiser_gives_no_roles(client, app):
    event, account = make_event(slug="event"), make_account()
    grant(event, account)
    sign_in(client, account)
    assert client.post("/en/manage/events/event/roles/", data={"email": "a@b.org", "role": "owner"}).status_code == 403


def test_a_reader_sees_no_button_that_would_refuse(client, app):
    event, account = make_event(slug="event"), make_account()
    grant(event, account, Role.READER)
    sign_in(client, account)
    page = client.get("/en/manage/events/event/").text
    assert 'action="' not in page.split("<main")[1]
    assert "/roles/" not in page


def test_a_speaker_s_role_opens_no_organisers_page(client, app):
    event, account = make_event(slug="event"), make_account()
    grant(event, account, Role.SPEAKER)
    sign_in(client, account)
    assert client.get("/en/manage/events/event/").status_code == 403


def links_of(client, page: str) -> list[str]:
    navigation = client.get(page).text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="(?:/en/manage/events/event)?([^"]*)"', navigation)


def test_tabs_stand_in_groups_and_each_page_shows_those_beside_it(owner, event, client):
    groups = ["/", "/sessions/", "/languages/", "/registrations/", "/reminders/"]
    for page, beside in (
        ("/", ["/", "/facts/", "/organisations/", "/themes/", "/roles/", "/trail/"]),
        ("/sessions/new/", ["/sessions/", "/speakers/", "/busy/", "/schedule-exchange/"]),
    ):
        assert links_of(client, f"/en/manage/events/event{page}") == groups + beside


def test_a_group_leads_to_the_first_page_that_its_reader_may_open(app, client):
    reader = make_account(email="reader@example.org")
    grant(make_event(slug="event"), reader, Role.READER)
    sign_in(client, reader)
    assert links_of(client, "/en/manage/events/event/")[:5] == [
        "/",
        "/sessions/",
        "/languages/",
        "/questions/",
        "/reminders/",
    ]
