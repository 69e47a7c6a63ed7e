"""Calendar entries by letter: asked to, moved, called off, and one UID whether by letter or feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.registration import agenda, replies
from app.registration import service as registrations
from app.registration.models import Purpose, Registration
from app.registration.signals import registration_confirmed
from app.schedule.models import EventSession
from app.schedule.service import move_session, set_standing
from tests.calendar.reading import read
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session
from tests.reminders.reading import entries, text

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)
Entry = tuple[str, str, int, datetime]


@pytest.fixture
def sessions(app: Flask) -> list[EventSession]:
    event = make_event(kind=EventKind.CONFERENCE)
    return [make_session(event, title={"en": title}, starts_at=START) for title in ("One", "Two", "Three")]


@pytest.fixture
def registration(sessions: list[EventSession]) -> Registration:
    """Of somebody whose calendar has the first two sessions by letter."""
    registration = make_registration(sessions[0].event, email="ana@example.org")
    for session in sessions[:2]:
        agenda.add(registration, session)
    registration_confirmed.send(registration)
    db.session.commit()
    return registration


def enclosed(message: EmailMessage) -> list[Entry]:
    return [
        (method, str(entry["UID"]), int(entry["SEQUENCE"]), entry["DTSTART"].dt.astimezone(UTC))
        for method, entry in entries(message)
    ]


def test_a_session_is_asked_to_moved_and_called_off_under_one_uid(
    registration: Registration, sessions: list[EventSession], letters_at: Run, client: FlaskClient
) -> None:
    session = sessions[0]
    (welcome,) = letters_at(NOON)
    asked = enclosed(welcome)[0]
    assert asked == ("REQUEST", session.guid, session.sequence, START)

    later = NOON + timedelta(hours=1)
    with clock.stopped_at(later):
        move_session(session, START + timedelta(hours=2), START + timedelta(hours=3), None)
        db.session.commit()
    (moved,) = letters_at(later + timedelta(hours=1))
    assert enclosed(moved) == [("REQUEST", session.guid, asked[2] + 1, START + timedelta(hours=2))]
    feed = read(client, f"/calendars/{registration.token(Purpose.CALENDAR)}.ics").walk("VEVENT")
    assert [(entry["UID"], entry["SEQUENCE"]) for entry in feed if entry["UID"] == session.guid] == [
        enclosed(moved)[0][1:3]
    ]

    with clock.stopped_at(later + timedelta(hours=3)):
        set_standing(session, Standing.CANCELLED)
        db.session.commit()
    (called_off,) = letters_at(later + timedelta(hours=4))
    assert enclosed(called_off) == [("CANCEL", session.guid, asked[2] + 2, START + timedelta(hours=2))]


def test_what_leaves_the_agenda_leaves_the_calendar_in_one_letter(
    registration: Registration, sessions: list[EventSession], letters_at: Run
) -> None:
    letters_at(NOON)
    for minutes, session in enumerate(sessions):
        with clock.stopped_at(NOON + timedelta(minutes=minutes)):
            agenda.remove(registration, session)
            db.session.commit()
    messages = letters_at(NOON + timedelta(hours=1))
    (message,) = [message for message in messages if "Off your agenda" in str(message["Subject"])]
    assert [entry[:2] for entry in enclosed(message)] == [("CANCEL", session.guid) for session in sessions[:2]]
    assert "One" in text(message)
    assert "Three" not in text(message)
    assert replies.standing(registration) == []


def test_nothing_is_said_of_what_came_back_or_never_came_by_letter(
    registration: Registration, sessions: list[EventSession], letters_at: Run
) -> None:
    letters_at(NOON)
    agenda.remove(registration, sessions[0])
    agenda.add(registration, sessions[0])
    agenda.add(registration, sessions[2])
    agenda.remove(registration, sessions[2])
    db.session.commit()
    assert letters_at(NOON + timedelta(hours=1)) == []
    assert replies.standing(registration) == sessions[:2]


def test_who_cancels_is_rid_of_all_that_came_by_letter(
    registration: Registration, sessions: list[EventSession], letters_at: Run
) -> None:
    letters_at(NOON)
    agenda.add(registration, sessions[2])
    registrations.cancel(registration)
    db.session.commit()
    (message,) = letters_at(NOON + timedelta(hours=1))
    assert [entry[:2] for entry in enclosed(message)] == [("CANCEL", session.guid) for session in sessions[:2]]
