"""Who is busy when, on the organisers' page and for calendar programs."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.calendar import busy, busy_day
from app.calendar.busy_day import Mark
from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.languages.models import Availability, Rota, Turn
from app.lib import clock
from app.people.models import Role
from app.schedule.models import EventSession
from tests.calendar.reading import read
from tests.conftest import NOON
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_linguist,
    make_session,
    make_speaker,
    make_track,
    save,
    sign_in,
)

TEN = datetime(2027, 3, 10, 8, tzinfo=UTC)
"""At ten in Bucharest."""
HOUR = timedelta(hours=1)
BUSY = "/en/manage/events/autumn/busy/"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="autumn")


@pytest.fixture
def talk(event: Event) -> EventSession:
    return make_session(event, slug="talk", title={"en": "The talk"}, starts_at=TEN)


def marks(event: Event, name: str) -> list[Mark]:
    people = busy.people(event)
    day = busy_day.of(event, people, busy_day.days(event, people)[0])
    return next([cell.mark for cell in row.cells] for row in day.rows if row.person.name == name)


def interprets(event: Event, session: EventSession, **values: object) -> Turn:
    linguist = make_linguist(event, **values)
    return save(Turn(
        track=make_track(session), linguist=linguist, starts_at=session.starts_at, ends_at=session.starts_at + HOUR / 2
    ))  # fmt: skip


def test_the_hours_of_a_day_say_who_is_busy_and_who_twice(event: Event, talk: EventSession) -> None:
    make_session(event, starts_at=TEN + 3 * HOUR)
    panel = make_session(event, starts_at=TEN + HOUR / 2, ends_at=TEN + 2 * HOUR)
    make_speaker(event, talk, panel, name={"en": "Ana"})
    make_speaker(event, talk, name={"en": "Ion"})
    make_speaker(event, name={"en": "Zoe"})
    assert marks(event, "Ana") == [Mark.TWICE, Mark.BUSY]
    assert marks(event, "Ion") == [Mark.BUSY, Mark.FREE]
    assert marks(event, "Zoe") == [Mark.FREE, Mark.FREE]


def test_two_sessions_at_one_time_are_two(event: Event, talk: EventSession) -> None:
    make_speaker(event, talk, make_session(event, starts_at=TEN), name={"en": "Ana"})
    assert marks(event, "Ana") == [Mark.TWICE]


def test_who_speaks_and_interprets_is_one_person(event: Event, talk: EventSession) -> None:
    account = make_account(email="ana@example.org")
    make_speaker(event, talk, name={"en": "Ana"}, account=account)
    interprets(event, talk, name="Ana (booth)", email="Ana@example.org")
    (person,) = busy.people(event)
    assert [(each.part.value, each.is_draft) for each in person.engagements] == [("works", True), ("speaks", False)]
    assert marks(event, "Ana") == [Mark.TWICE]


def test_turns_are_a_draft_until_the_rota_is_told(event: Event, talk: EventSession) -> None:
    make_speaker(event, talk)
    turn = interprets(event, talk, name="Ivo")
    assert marks(event, "Ivo") == [Mark.DRAFT]
    save(Rota(event=event, told_at=NOON))
    assert marks(event, "Ivo") == [Mark.BUSY]
    turn.track.session.standing = Standing.CANCELLED
    db.session.commit()
    assert busy_day.days(event, busy.people(event)) == []


def test_hours_that_somebody_did_not_give_and_nights_at_home_are_marked(event: Event, talk: EventSession) -> None:
    late = make_session(event, starts_at=TEN + 2 * HOUR)
    make_speaker(event, talk, late)
    linguist = make_linguist(event, name="Yui", zone="Asia/Tokyo")
    linguist.availability = [Availability(starts_at=TEN, ends_at=TEN + HOUR)]
    db.session.commit()
    assert marks(event, "Yui") == [Mark.FREE, Mark.AWAY, Mark.AWAY]
    make_linguist(event, name="Lee", zone="America/New_York")
    people = busy.people(event)
    rows = {row.person.name: row for row in busy_day.of(event, people, event.starts_on).rows}
    assert [cell.is_night for cell in rows["Yui"].cells] == [False, False, False]  # From 17:00.
    assert [cell.is_night for cell in rows["Lee"].cells] == [True, True, True]  # From 3:00.


def test_another_event_is_seen_as_busy_and_not_with_what(event: Event, talk: EventSession, client: FlaskClient) -> None:
    make_speaker(event, talk, name={"en": "Ana"}, email="ana@example.org")
    other = make_event(starts_on=event.starts_on, ends_on=event.ends_on)
    secret = make_session(other, title={"en": "Elsewhere and secret"}, starts_at=TEN + HOUR)
    make_session(event, starts_at=TEN + HOUR)
    make_speaker(event, make_session(event, starts_at=TEN + HOUR), name={"en": "Ion"})
    make_speaker(other, secret, email="ANA@example.org")
    assert marks(event, "Ana") == [Mark.BUSY, Mark.ELSEWHERE]
    grant(event, account := make_account())
    sign_in(client, account)
    page = client.get(BUSY).text
    assert "busy elsewhere" in page
    assert "secret" not in page
    assert "secret" not in client.get("/en/manage/events/autumn/busy.ifb").text
    other.state = EventState.DRAFT
    db.session.commit()
    assert marks(event, "Ana") == [Mark.BUSY, Mark.FREE]


def test_the_file_has_the_busy_times_of_each(event: Event, talk: EventSession, client: FlaskClient) -> None:
    make_speaker(
        event, talk, make_session(event, starts_at=TEN + HOUR), name={"en": "Ana, \u202eB"}, email="a@example.org"
    )
    linguist = make_linguist(event, email="", name="Ivo")
    linguist.availability = [Availability(starts_at=TEN - 24 * HOUR, ends_at=TEN + HOUR)]
    db.session.commit()
    grant(event, account := make_account())
    sign_in(client, account)
    calendar = read(client, "/en/manage/events/autumn/busy.ifb")
    assert calendar["METHOD"] == "PUBLISH"
    ana, ivo = calendar.walk("VFREEBUSY")
    assert (ana["ORGANIZER"], ivo["ORGANIZER"]) == ("mailto:a@example.org", "invalid:nomail")
    assert ana["DTSTAMP"].dt == clock.now()
    assert (ana["DTSTART"].dt, ana["DTEND"].dt) == (event.begins_at, event.over_at)
    assert ana["FREEBUSY"].to_ical() == b"20270310T080000Z/20270310T100000Z"
    assert ana["FREEBUSY"].params["FBTYPE"] == "BUSY"
    assert ivo["FREEBUSY"].params["FBTYPE"] == "BUSY-UNAVAILABLE"
    assert ivo["FREEBUSY"].to_ical() == b"20270310T090000Z/20270311T220000Z"
    (own,) = read(client, f"{BUSY}linguist-{linguist.id}.ifb").walk("VFREEBUSY")
    assert own["UID"] == ivo["UID"]
    assert client.get(f"{BUSY}linguist-999.ifb").status_code == 404


@pytest.mark.parametrize(("path", "reader"), [(BUSY, 200), ("/en/manage/events/autumn/busy.ifb", 403)])
def test_a_reader_sees_the_hours_and_no_addresses(
    event: Event, talk: EventSession, client: FlaskClient, path: str, reader: int
) -> None:
    make_speaker(event, talk, email="ana@example.org")
    assert client.get(path).status_code == 302
    sign_in(client, account := make_account())
    assert client.get(path).status_code == 404
    grant(event, account, Role.READER)
    answer = client.get(path)
    assert answer.status_code == reader
    assert "ana@example.org" not in answer.text


def test_an_empty_event_and_absurd_days_have_their_page(event: Event, client: FlaskClient) -> None:
    sign_in(client, make_account(is_admin=True))
    assert "Nobody has anything to do" in client.get(BUSY).text
    make_speaker(event, make_session(event))
    for day in ("2027-03-10", "1999-01-01", "x" * 5000, "%FF"):
        assert "In words" in client.get(f"{BUSY}?day={day}").text
