"""What organisers do with the programme, as a browser does it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.events.models import Event, EventState, Standing
from app.events.signals import Change
from app.extensions import db
from app.people.models import Role
from app.schedule.models import EventSession, Part, SessionKind
from app.schedule.signals import session_changed
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_room,
    make_session,
    make_speaker,
    make_theme,
    sign_in,
)

BASE = "/en/manage/events/event/sessions/"


@pytest.fixture
def event(app, client) -> Event:
    event, account = make_event(slug="event"), make_account()
    grant(event, account)
    sign_in(client, account)
    return event


def talk(**changes):
    return {
        "title-en": "Reading aloud", "kind": "talk", "languages": "en", "theme": "", "room": "", "day": "2027-03-10",
        "start": "10:00", "end": "11:00",
    } | changes  # fmt: skip


def version_in(page: str) -> str:
    return re.search(r'name="version"[^>]*value="([^"]+)"', page)[1]


def test_a_session_is_made_with_everything(client, event):
    theme, room = make_theme(event), make_room(event)
    ana, ion = make_speaker(event), make_speaker(event)
    answer = client.post(BASE + "new/", data=talk(**{
        "title-ro": "Citit cu voce", "subtitle-en": "Sub", "abstract-en": "**What**", "description-en": "More",
        "kind": "panel", "languages": "en, Romanian", "theme": theme.slug, "room": room.slug, "capacity": "50",
        "join_url": "https://meet.example.org/1", "join_phone": "+40 1", "join_passcode": "1234",
        "recording_url": "https://video.example.org/1", "recording_licence": "CC BY 4.0", "not_recorded": "y",
        "people-0-speaker": ion.slug, "people-0-part": "moderator",
        "people-1-speaker": ana.slug, "people-1-part": "speaker",
        "links-0-kind": "slides", "links-0-url": "https://example.org/s.pdf", "links-0-title-ro": "Diapozitive",
    }))  # fmt: skip
    assert answer.status_code == 302
    session = db.session.query(EventSession).one()
    assert (session.slug, session.kind, session.languages) == ("reading-aloud", SessionKind.PANEL, ["en", "ro"])
    assert session.starts_at == datetime(2027, 3, 10, 10, tzinfo=ZoneInfo("Europe/Bucharest"))
    assert (session.theme, session.room, session.capacity, session.recorded) == (theme, room, 50, False)
    assert session.people(Part.MODERATOR) == [ion]
    assert [(link.kind, link.title, link.url) for link in session.links] == [
        ("slides", {"ro": "Diapozitive"}, "https://example.org/s.pdf"),
    ]  # fmt: skip
    page = client.get(BASE + "reading-aloud/").text
    assert 'value="10:00' in page
    assert "Diapozitive" in page
    assert "Reading aloud" in client.get(BASE).text


def test_saving_the_page_as_it_came_changes_nothing(client, event):
    session = make_session(event, slug="talk", subtitle={"en": "Sub"})
    make_speaker(event, session, slug="ana")
    before = session.sequence, event.revision
    client.post(
        BASE + "talk/",
        data=talk(**{"title-en": session.title["en"], "people-0-speaker": "ana", "people-0-part": "speaker"}),
    )
    assert (session.sequence, event.revision) == before


@pytest.mark.parametrize(("field", "value", "said"), [
    ("title-en", "", "one language at least"), ("title-en", "x" * 301, "at most 300"), ("day", "2027-03-09", "lasts"),
    ("day", "", "none of the three"), ("end", "09:00", "before it begins"), ("end", "25:00", "Not a valid time"),
    ("join_url", "javascript:alert(1)", "https://"), ("recording_url", "//evil.example", "https://"),
    ("recording_url", "/\\evil.example", "https://"), ("recording_url", "/a b", "https://"),
    ("languages", "elvish", "no language"), ("capacity", "0", "Number must be"), ("room", "none", "Not a valid"),
    ("links-0-url", "ftp://example.org", "https://"), ("links-0-title-en", "No address", "Write the address"),
    ("people-0-speaker", "nobody", "Not a valid"), ("abstract-en", "x" * 20_001, "20000"),
])  # fmt: skip
def test_a_fault_is_one_clear_message_and_nothing_is_saved(client, event, field, value, said):
    base = {"links-0-kind": "slides", "people-0-part": "speaker", "people-0-speaker": ""}
    answer = client.post(BASE + "new/", data=talk(**base | {field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(EventSession).count() == 0


def test_a_move_is_told_once_and_the_previous_start_is_known(client, event):
    session = make_session(event, slug="talk")
    before, heard = session.starts_at, []

    def hear(sender, change, previous_start):
        heard.append((sender, change, previous_start))

    with session_changed.connected_to(hear):
        assert client.post(BASE + "talk/", data=talk(start="12:00", end="13:00")).status_code == 302
        client.post(BASE + "talk/", data=talk(start="12:00", end="13:00", capacity="10"))
    assert heard == [(session, Change.MOVED, before)]


def test_an_organiser_learns_whether_people_hear_of_it(client, event):
    def said(address, **data):
        answer = client.post(BASE + address, data=data, follow_redirects=True)
        return "Everyone concerned gets one letter in about a minute." in answer.text

    make_session(event, slug="talk")
    assert said("talk/", **talk(start="12:00", end="13:00"))
    assert not said("talk/", **talk(start="12:00", end="13:00", capacity="10"))
    assert said("talk/cancel/", **{"reason-en": "Illness"})
    assert not said("talk/cancel/", **{"reason-en": "Influenza"})
    assert said("talk/restore/")
    event.state = EventState.DRAFT
    db.session.commit()
    assert not said("talk/", **talk(start="15:00", end="16:00"))
    assert not said("talk/cancel/", **{"reason-en": "Illness"})


@pytest.mark.parametrize("address", ["/static/demo/two-views.webm", "https://video.example.org/1", ""])
def test_a_recording_lies_here_or_elsewhere(client, event, address):
    session = make_session(event, slug="talk", recording_url=address)
    form = client.post(BASE + "talk/", data=talk(recording_url=address, **{"title-en": "Renamed"}))
    assert form.status_code == 302
    assert (session.title["en"], session.recording_url) == ("Renamed", address)


def test_an_announced_session_keeps_its_time(client, event):
    session = make_session(event, slug="talk")
    answer = client.post(BASE + "talk/", data=talk(day="", start="", end=""))
    assert answer.status_code == 422
    assert "Postpone it instead" in answer.text
    assert db.session.get(EventSession, session.id).is_scheduled


def test_the_second_of_two_organisers_loses_nothing(client, event):
    session = make_session(event, slug="talk")
    version = version_in(client.get(BASE + "talk/").text)
    session.abstract = {"en": "Written by somebody else"}
    db.session.commit()
    answer = client.post(BASE + "talk/", data=talk(version=version))
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert "they changed: Abstract" in answer.text
    assert 'value="Reading aloud"' in answer.text
    assert session.title["en"] != "Reading aloud"
    assert client.post(BASE + "talk/", data=talk(version=version_in(answer.text))).status_code == 302


def test_a_renamed_theme_does_not_stand_in_the_way_of_an_editor(client, event):
    theme = make_theme(event)
    session = make_session(event, slug="talk", theme=theme)
    version = version_in(client.get(BASE + "talk/").text)
    theme.name = {"en": "Other"}
    db.session.commit()
    assert client.post(BASE + "talk/", data=talk(version=version, theme=theme.slug)).status_code == 302
    assert session.title["en"] == "Reading aloud"


def test_conflicts_stand_where_they_are(client, event):
    room = make_room(event)
    make_session(event, slug="one", room=room, title={"en": "One"})
    make_session(event, slug="two", room=room, title={"en": "Two"})
    assert "At the same time in" in client.get(BASE).text
    page = client.get(BASE + "one/").text
    assert "At the same time in" in page
    assert ">Two</a>" in page


def test_the_list_shows_what_is_lacking_and_filters_by_it(client, event):
    make_session(event, title={"en": "Whole", "ro": "Întreg"}, join_url="https://meet.example.org/1")
    make_session(event, title={"en": "Bare", "ro": "Gol"}, starts_at=None)
    page = client.get(BASE).text
    assert "no time" in page
    page = client.get(BASE + "?lacks=time").text
    assert "Bare" in page
    assert "Whole" not in page
    assert client.get(BASE + "?lacks=nonsense").status_code == 200


def test_cancel_postpone_restore_delete(client, event):
    session = make_session(event, slug="talk")
    assert client.post(BASE + "talk/cancel/", data={}).status_code == 422
    assert client.post(BASE + "talk/cancel/", data={"reason-en": "Illness"}).status_code == 302
    assert (session.standing, session.standing_reason) == (Standing.CANCELLED, {"en": "Illness"})
    assert "Illness" in client.get(BASE + "talk/").text
    client.post(BASE + "talk/restore/")
    assert session.standing is Standing.CONFIRMED
    client.post(BASE + "talk/postpone/", data={"reason-ro": "Grevă"})
    assert session.standing is Standing.POSTPONED
    client.post(BASE + "talk/restore/")
    assert "Cancel it first" in client.post(BASE + "talk/delete/", follow_redirects=True).text
    client.post(BASE + "talk/cancel/", data={"reason-en": "Illness"})
    assert client.post(BASE + "talk/delete/").status_code == 302
    assert client.get(BASE + "talk/").status_code == 404


def test_markup_and_sql_are_shown_as_text(client, event):
    nasty = "<img src=x onerror=alert(1)>'; DROP TABLE event_session;--"
    fields = ("title-en", "subtitle-en", "abstract-en", "description-en", "join_phone", "recording_licence",
              "links-0-title-en")  # fmt: skip
    data = talk(**dict.fromkeys(fields, nasty[:100]), **{"links-0-kind": "slides", "links-0-url": "https://e.org/"})
    answer = client.post(BASE + "new/", data=data, follow_redirects=True)
    assert answer.status_code == 200
    for text in (answer.text, client.get(BASE).text):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
    assert "<img src=x" not in client.get("/en/manage/events/event/trail/").text


WRITES = ["new/", "talk/", "talk/cancel/", "talk/postpone/", "talk/restore/", "talk/delete/"]


@pytest.mark.parametrize("address", WRITES)
def test_a_stranger_a_reader_and_a_wrong_method_change_nothing(client, app, address):
    event = make_event(slug="event", state=EventState.DRAFT)
    make_session(event, slug="talk")
    answer = client.post(BASE + address, data=talk())
    assert (answer.status_code, "sign-in" in answer.location) == (302, True)
    sign_in(client, make_account())
    assert client.post(BASE + address, data=talk()).status_code == 404
    reader = make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    assert client.post(BASE + address, data=talk()).status_code == 403
    assert client.put(BASE + address, data=talk()).status_code == 405
    assert client.get(BASE).status_code == 200
    assert db.session.query(EventSession).one().sequence == 0


def test_a_session_of_another_event_is_not_here(client, event):
    make_session(make_event(), slug="foreign")
    assert client.get(BASE + "foreign/").status_code == 404
    assert client.post(BASE + "foreign/delete/").status_code == 404
