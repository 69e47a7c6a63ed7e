"""Reminders to the language team: the day before with all that somebody does that day, and an hour before its first.

A day is one of the event's zone. Each reminder is known by the moment at which that day begins for the person: when
that moves, the old letter is dropped at sending and a new one becomes due.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

from app.events.models import EventState
from app.extensions import db
from app.languages import duties
from app.languages.duties import Duty
from app.languages.models import Linguist, Rota
from app.lib import clock
from app.mail.service import enqueue_all, letter_row

REMINDER = "reminders.team"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def remind() -> None:
    """Writes what is due, each once. Flushes; the caller commits."""
    moment = clock.now()
    days: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in duties.between(moment - DAY, moment + 2 * DAY):
        if duty.stands and duty.session.event.state is EventState.PUBLISHED:
            days[duty.linguist.id, duty.session.event.day_of(duty.starts_at)].append(duty)
    enqueue_all([
        _row(of_day[0], ahead)
        for of_day in days.values() for ahead in (DAY, HOUR)
        if _is_due(of_day[0], ahead, moment)
    ])  # fmt: skip


def on_day(linguist: Linguist, start: datetime) -> list[Duty]:
    """What somebody does on the day of a moment, as things stand."""
    day = linguist.event.day_of(start)
    return [duty for duty in duties.of(linguist) if duty.stands and linguist.event.day_of(duty.starts_at) == day]


def _is_due(first: Duty, ahead: timedelta, moment: datetime) -> bool:
    due_at = first.starts_at - ahead
    return due_at <= moment < due_at + ahead / 2 and not _told_since(first, due_at)


def _told_since(first: Duty, due_at: datetime) -> bool:
    """Whether the letter with the rota came when the reminder was due already: it says the same."""
    rota = db.session.get(Rota, first.session.event_id) if first.own else None
    return rota is not None and rota.told_at is not None and rota.told_at > due_at


def _row(first: Duty, ahead: timedelta) -> dict[str, object]:
    linguist, start, minutes = first.linguist, int(first.starts_at.timestamp()), int(ahead.total_seconds()) // 60
    return letter_row(
        REMINDER, f"{linguist.id}:{minutes}:{start}", linguist.email, recipient_name=linguist.name,
        language=linguist.language, about=f"event:{linguist.event_id}", linguist=linguist.id, start=start,
        minutes=minutes,
    )  # fmt: skip
