"""Whatever happens to an event and its people while the worker runs: each is told the truth, once."""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from app.events.models import EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.lib.present import hour
from app.mail.models import Letter, LetterState
from app.registration import agenda, service
from app.registration.models import Registration
from app.schedule.models import EventSession
from app.schedule.service import move_session, set_standing
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session
from tests.reminders.reading import text

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SEEDS = 200 if os.environ.get("SOAK") else 8
STEPS = 60

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_letter_is_true_when_it_is_sent_and_comes_once(app: Flask, letters_at: Run, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same story each time
    event = make_event(kind=chance.choice(list(EventKind)))
    sessions = [make_session(event, starts_at=START + HOUR * n, title={"en": f"Talk {n}"}) for n in range(4)]
    people = [make_registration(event, email=f"reader{n}@example.org", zone="UTC") for n in range(5)]
    for person in people:
        agenda.add(person, chance.choice(sessions))
    db.session.commit()

    moment = NOON
    for _ in range(STEPS):
        # Longer steps while the event is far, so that the story ends after it.
        moment += timedelta(minutes=chance.choice((1, 5, 29) if START - moment < 26 * HOUR else (1, 300, 600)))
        with clock.stopped_at(moment):
            for _ in range(chance.choice((0, 1, 1, 3))):
                happen(chance, moment, people, sessions)
        for message in letters_at(moment):
            judge(message, moment)
    for step in range(48):
        for message in letters_at(moment + step * HOUR / 2):
            judge(message, moment + step * HOUR / 2)

    assert set(db.session.scalars(sa.select(Letter.state))) <= {LetterState.SENT, LetterState.DROPPED}
    sessions_told = Counter(
        (recipient, session, start)
        for recipient, payload in sent("reminders.agenda", Letter.payload)
        for session, start in payload["sessions"].items()
    )
    assert max(sessions_told.values(), default=0) <= 1
    events_told = Counter(sent("reminders.event", Letter.subject))
    assert max(events_told.values(), default=0) <= 2, "a day before and an hour before"


def sent(kind: str, column: Any) -> list[tuple[str, Any]]:
    """Recipient and a column of the letters of this kind that went out."""
    query = sa.select(Letter.recipient, column).where(Letter.state == LetterState.SENT, Letter.kind == kind)
    return [tuple(row) for row in db.session.execute(query)]


def happen(chance: random.Random, moment: datetime, people: list[Registration], sessions: list[EventSession]) -> None:
    person, session = chance.choice(people), chance.choice(sessions)
    match chance.choice(("move", "cancel session", "bring back", "leave", "return", "unsubscribe", "choose", "drop")):
        case "move" if session.starts_at:
            starts_at = max(moment + 10 * MINUTE, session.starts_at + chance.choice((-90, -15, 30, 120)) * MINUTE)
            starts_at = min(starts_at.replace(second=0), START + 20 * HOUR)
            move_session(session, starts_at, starts_at + HOUR)
        case "cancel session":
            set_standing(session, Standing.CANCELLED, {"en": "The speaker is ill."})
        case "bring back":
            set_standing(session, Standing.CONFIRMED, {})
        case "leave":
            service.cancel(person)
        case "return":
            service.renew(person)
        case "unsubscribe":
            service.stop_reminders(person)
        case "choose":
            agenda.add(person, session)
        case "drop":
            agenda.remove(person, session)
    db.session.commit()


def judge(message: EmailMessage, moment: datetime) -> None:
    """Compares a letter that arrived with what is so."""
    recipient = message["To"].addresses[0].addr_spec
    letter = db.session.scalars(sa.select(Letter).where(Letter.message_id == str(message["Message-ID"]))).one()
    person = db.session.scalars(sa.select(Registration).where(Registration.email == recipient)).one()
    db.session.refresh(person)
    assert letter.state is LetterState.SENT
    if letter.kind == "reminders.cancelled":
        assert not person.is_confirmed
        return
    assert person.is_confirmed, letter.kind
    if letter.kind in ("reminders.agenda", "reminders.event"):
        assert person.unsubscribed_at is None
    body = text(message)
    for session in db.session.scalars(sa.select(EventSession)):
        title = session.title["en"]
        if letter.kind == "reminders.agenda" and title in body:
            assert session.standing is Standing.CONFIRMED
            assert session.starts_at is not None
            assert session.starts_at > moment
            assert told_hour(session) in body
        if letter.kind == "reminders.change" and f"Cancelled: {title}" in body:
            assert session.standing is Standing.CANCELLED
        if letter.kind == "reminders.change" and f"Moved: {title}" in body:
            assert session.standing is Standing.CONFIRMED
            assert told_hour(session) in body


def told_hour(session: EventSession) -> str:
    with force_locale("en"):
        return hour(session.starts_at, "UTC")
