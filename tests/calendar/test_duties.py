"""The calendar of a member of the language team."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Component

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.languages import team
from app.languages.models import LanguageTrack, Linguist, LinkPurpose, Rota, TrackKind, TrackState, Turn
from app.lib import clock
from tests.calendar.reading import read
from tests.conftest import NOON
from tests.factories import make_event, make_linguist, make_session, make_track, save

HALF = timedelta(minutes=30)


@pytest.fixture
def event(client: FlaskClient) -> Event:
    return make_event(slug="autumn", state=EventState.DRAFT)


@pytest.fixture
def track(event: Event) -> LanguageTrack:
    """An hour in which Ana and Maria take turns; both live in Bucharest."""
    ana, maria = make_linguist(event, name="Ana", language="en"), make_linguist(event, name="Maria")
    made = make_track(make_session(event, title={"en": "Open libraries"}, join_url="https://meet.example.org/1"))
    starts_at = made.session.starts_at
    for number, (speaks, beside) in enumerate([(ana, maria), (maria, ana)]):
        save(Turn(track=made, linguist=speaks, partner=beside, starts_at=starts_at + number * HALF,
                  ends_at=starts_at + (number + 1) * HALF))  # fmt: skip
    save(Rota(event=event, told_at=NOON))
    return made


def person(event: Event, name: str = "Ana") -> Linguist:
    return next(each for each in team.members(event) if each.name == name)


def address(event: Event, name: str = "Ana") -> str:
    return f"/calendars/{person(event, name).token(LinkPurpose.CALENDAR)}.ics"


def entries(client: FlaskClient, event: Event) -> list[Component]:
    return read(client, address(event)).walk("VEVENT")


def entry(client: FlaskClient, event: Event) -> Component:
    (only,) = entries(client, event)
    return only


def test_an_entry_is_a_stretch_in_a_booth_with_its_turns(
    client: FlaskClient, event: Event, track: LanguageTrack
) -> None:
    found = entry(client, event)
    assert str(found["SUMMARY"]) == "Interpreting into Romanian: Open libraries"
    assert found["DTSTART"].dt == track.session.starts_at
    assert found["DTEND"].dt == track.session.ends_at
    assert "10:00–10:30 you, beside: Maria\n10:30–11:00 Maria, beside: you" in found["DESCRIPTION"]
    assert found["STATUS"] == "CONFIRMED"
    calendar = client.get(address(event)).text
    assert "meet.example.org" not in calendar
    assert person(event).token(LinkPurpose.PAGE) not in calendar


def test_turns_that_were_not_told_are_in_no_calendar(client: FlaskClient, event: Event, track: LanguageTrack) -> None:
    rota = db.session.get(Rota, event.id)
    rota.told_at = None
    db.session.commit()
    assert entries(client, event) == []


def test_the_sequence_rises_with_what_the_entry_shows_and_with_nothing_else(
    client: FlaskClient, event: Event, track: LanguageTrack
) -> None:
    first, last = db.session.query(Turn).order_by(Turn.starts_at)
    ana, seen = person(event), [entry(client, event)]

    def look(rises: bool) -> None:
        db.session.commit()
        now = entry(client, event)
        assert now["UID"] == seen[0]["UID"]
        assert (now["SEQUENCE"] > seen[-1]["SEQUENCE"]) is rises, now["DESCRIPTION"]
        seen.append(now)

    with clock.stopped_at(NOON + timedelta(hours=1)):
        first.ends_at = last.starts_at = first.ends_at - timedelta(minutes=5)
        look(rises=True)
        assert seen[-1]["LAST-MODIFIED"].dt == clock.now()
        person(event, "Maria").name = "María"
        look(rises=True)
        track.session.title = {"en": "Libraries for all"}
        look(rises=True)
        track.state = TrackState.FAILED
        look(rises=True)
        assert (seen[-1]["STATUS"], str(seen[-1]["SUMMARY"])[:10]) == ("CANCELLED", "Cancelled:")
        track.state = TrackState.CONFIRMED
        look(rises=True)
        first.is_pinned, ana.note = True, "Quick"
        look(rises=False)
        db.session.get(Rota, event.id).told_at = clock.now()
        look(rises=False)
        db.session.delete(last)
        look(rises=True)
        assert seen[-1]["DTEND"].dt == first.ends_at
    track.session.standing = Standing.CANCELLED
    look(rises=True)
    assert seen[-1]["STATUS"] == "CANCELLED"
    db.session.delete(first)
    db.session.commit()
    assert entries(client, event) == []


def test_what_somebody_is_responsible_for_is_there_too_and_subtitles_have_no_hour(
    client: FlaskClient, event: Event
) -> None:
    ana = make_linguist(event, name="Ana", zone="America/New_York")
    session = make_session(event, title={"en": "Talk"})
    make_track(session, kind=TrackKind.CAPTIONS, language="en", linguist=ana)
    make_track(session, kind=TrackKind.SUBTITLES, linguist=ana)
    make_track(make_session(event, starts_at=None), kind=TrackKind.CAPTIONS, linguist=ana)
    found = entry(client, event)
    assert (str(found["SUMMARY"]), found["DTSTART"].dt) == ("Live captions in English: Talk", session.starts_at)


def test_nothing_is_sent_again_while_nothing_changes(client: FlaskClient, event: Event, track: LanguageTrack) -> None:
    path = address(event)

    def ask(tag: str) -> tuple[int, str]:
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.headers["Cache-Control"] == "private, no-cache"
        return answer.status_code, answer.headers["ETag"]

    _status, tag = ask("")
    assert ask(tag) == (304, tag)
    changes = (
        (db.session.query(Turn).first(), "partner", None), (person(event), "zone", "Asia/Tokyo"),
        (db.session.get(Rota, event.id), "told_at", None), (track.session, "title", {"en": "New"}),
    )  # fmt: skip
    for row, name, value in changes:
        setattr(row, name, value)
        db.session.commit()
        status, new = ask(tag)
        assert (status, new != tag) == (200, True), name
        tag = new


def test_a_replaced_address_is_gone_and_a_page_s_link_is_no_calendar(client: FlaskClient, event: Event) -> None:
    ana = make_linguist(event, name="Ana")
    old = address(event)
    team.replace_link(ana, LinkPurpose.CALENDAR)
    db.session.commit()
    assert client.get(old).status_code == 410
    assert client.get(address(event)).status_code == 200
    assert client.get(f"/calendars/{ana.token(LinkPurpose.PAGE)}.ics").status_code == 404
    assert client.get(f"/en/language-team/{ana.token(LinkPurpose.CALENDAR)}/").status_code == 404
    assert client.post(address(event)).status_code == 405
