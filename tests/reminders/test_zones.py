"""A change of the tz database, as people hear of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from app.events.models import Event
from app.extensions import db
from app.reminders.models import Message, MessageState
from app.schedule import service, zones
from app.schedule.models import EventSession
from tests import tz
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, make_speaker, save
from tests.reminders.reading import entries, html, recipients, text

Run = Callable[[datetime], list[EmailMessage]]
TEN = datetime(2027, 6, 10, 7, tzinfo=UTC)
"""In Bucharest and Chisinau, by the rules of before."""
HOUR, SOON = timedelta(hours=1), timedelta(minutes=2)


@pytest.fixture
def session(app: Flask) -> EventSession:
    event = make_event(title={"en": "Libraries"}, starts_on=date(2027, 6, 10), ends_on=date(2027, 6, 11))
    return make_session(
        event, slug="talk", title={"en": "The talk"}, starts_at=TEN, join_url="https://meet.example.org"
    )


@pytest.fixture
def readers(session: EventSession) -> Event:
    """In the event's zone, in one that changes with it and in one that does not, and who speaks from afar."""
    for name, zone in (("ana", "Europe/Bucharest"), ("ion", "Europe/Chisinau"), ("ben", "Europe/Berlin")):
        make_registration(session.event, email=f"{name}@example.org", name=name.title(), zone=zone)
    make_speaker(session.event, session, email="rin@example.org", name={"en": "Rin"}, zone="Asia/Tokyo")
    return session.event


def new_rules(folder: Path):
    """Both countries give up summer time."""
    return tz.rules(folder, "Europe/Bucharest", "Europe/Chisinau", hours=2, changes=tz.ENDS_SUMMER_TIME)


def follow() -> None:
    zones.follow()
    db.session.commit()


@pytest.mark.both_databases
def test_only_who_has_another_hour_is_told_and_once(
    readers: Event, session: EventSession, tmp_path: Path, letters_at: Run
) -> None:
    follow()
    sequence = session.sequence
    with new_rules(tmp_path):
        follow()
        assert letters_at(NOON) == []
        told = letters_at(NOON + SOON)
        assert recipients(told) == ["ben@example.org", "rin@example.org"]
        to_ben, to_rin = told
        assert to_ben["Subject"] == "Another hour for you: The talk"
        for body in (text(to_ben), html(to_ben)):
            assert "The rules of the clocks in Bucharest have changed" in body
            assert "Thursday, 10 June 2027, 10:00–11:00 (Berlin)" in body
            assert "Thursday, 10 June 2027, 09:00 (Berlin)" in body  # Before.
            assert "09:00 (Bucharest)" not in body
        assert "17:00–18:00 (Tokyo)" in text(to_rin)
        assert "16:00 (Tokyo)" in text(to_rin)
        assert "10:00–11:00 (Bucharest)" in text(to_rin)
        ((method, entry),) = entries(to_ben)
        assert (method, entry["SEQUENCE"], entry["DTSTART"].dt.astimezone(UTC)) == ("REQUEST", sequence + 1, TEN + HOUR)
        follow()
        assert letters_at(NOON + 2 * SOON) == []


def test_an_organiser_who_moves_it_at_the_same_time_tells_everyone(
    readers: Event, session: EventSession, tmp_path: Path, letters_at: Run
) -> None:
    follow()
    with new_rules(tmp_path):
        follow()
        service.move_session(session, session.starts_at + HOUR, session.ends_at + HOUR)
        db.session.commit()
        told = letters_at(NOON + SOON)
    assert len(told) == 4
    assert {message["Subject"] for message in told} == {"Moved: The talk"}


def test_rules_that_are_taken_back_before_anyone_was_told_are_no_news(
    readers: Event, session: EventSession, tmp_path: Path, letters_at: Run
) -> None:
    follow()
    with new_rules(tmp_path):
        follow()
    follow()
    assert session.starts_at == TEN
    assert letters_at(NOON + SOON) == []


def test_a_feed_says_the_new_rules(readers: Event, tmp_path: Path, client: FlaskClient) -> None:
    address = f"/events/{readers.slug}/calendar.ics"
    follow()
    before = client.get(address)
    with new_rules(tmp_path):
        follow()
        feed = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
        assert feed.status_code == 200
        calendar = Calendar.from_ical(feed.data)
        (zone,) = calendar.walk("VTIMEZONE")
        assert [part.name for part in zone.subcomponents] == ["STANDARD"]
        assert zone.subcomponents[0]["TZOFFSETTO"].td == 2 * HOUR
        (entry,) = calendar.walk("VEVENT")
        assert (entry["DTSTART"].params["TZID"], entry["DTSTART"].dt.hour) == ("Europe/Bucharest", 10)
    formerly = Calendar.from_ical(before.data)
    assert entry["SEQUENCE"] == formerly.walk("VEVENT")[0]["SEQUENCE"] + 1
    assert [part["TZOFFSETTO"].td for part in formerly.walk("DAYLIGHT")] == [3 * HOUR]


def test_a_message_goes_out_at_the_hour_that_was_written(readers: Event, tmp_path: Path) -> None:
    facts = {"event": readers, "subject": {"en": "Tomorrow"}, "text": {"en": "Come."}, "send_at": TEN}
    waiting = save(Message(state=MessageState.SCHEDULED, **facts))
    cancelled = save(Message(state=MessageState.CANCELLED, **facts))
    follow()
    with new_rules(tmp_path):
        follow()
        follow()
    assert (waiting.send_at, cancelled.send_at) == (TEN + HOUR, TEN)
