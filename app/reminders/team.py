"""Reminders to the language team: the day before with all that somebody does that day, and an hour before its first.

A day is one of the event's zone. Each reminder is known by the moment at which that day begins for the person: when
that moves, the old letter is dropped at sending and a new one becomes due.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from app.events.models import EventState
from app.extensions import db
from app.languages import duties
from app.languages.duties import Duty
from app.languages.models import Linguist, Rota
from app.lib import clock
from app.mail.service import enqueue_all, letter_row
from app.reminders import quiet
from app.reminders.models import AudienceKind, Rule
from app.reminders.occasions import Occasion
from app.reminders.quiet import Quiet

REMINDER = "reminders.team"
DAY = timedelta(days=1)
RULES = [Rule(minutes=-ahead, audience=AudienceKind.INTERPRETERS, since=clock.LONG_AGO) for ahead in (60, 24 * 60)]
"""The same for every event, and of none; the nearest first."""


def remind() -> None:
    """Writes what is due, each once. Flushes; the caller commits."""
    moment = clock.now()
    days: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in duties.between(moment - DAY, moment + 2 * DAY):
        if duty.stands and duty.session.event.state is EventState.PUBLISHED:
            days[duty.linguist.id, duty.session.event.day_of(duty.starts_at)].append(duty)
    hours = {event: quiet.of(event) for event in {of_day[0].session.event for of_day in days.values()}}
    enqueue_all([
        _row(of_day[0], occasion)
        for of_day in days.values() for occasion in _occasions(of_day[0], hours[of_day[0].session.event])
        if _is_due(of_day[0], occasion)
    ])  # fmt: skip


def on_day(linguist: Linguist, start: datetime) -> list[Duty]:
    """What somebody does on the day of a moment, as things stand."""
    day = linguist.event.day_of(start)
    return [duty for duty in duties.of(linguist) if duty.stands and linguist.event.day_of(duty.starts_at) == day]


def _occasions(first: Duty, hours: Quiet) -> Iterator[Occasion]:
    for place, rule in enumerate(RULES):
        yield Occasion(rule, first.starts_at, hours, RULES[:place])


def _is_due(first: Duty, occasion: Occasion) -> bool:
    zone = _zone(first)
    return occasion.is_due(zone, clock.now()) and not _told_since(first, occasion.due_at(zone))


def _told_since(first: Duty, due_at: datetime) -> bool:
    """Whether the letter with the rota came when the reminder was due already: it says the same."""
    rota = db.session.get(Rota, first.session.event_id) if first.own else None
    return rota is not None and rota.told_at is not None and rota.told_at > due_at


def _row(first: Duty, occasion: Occasion) -> dict[str, object]:
    linguist, start, ahead = first.linguist, int(first.starts_at.timestamp()), occasion.rule.ahead
    return letter_row(
        REMINDER, f"{linguist.id}:{ahead}:{start}", linguist.email, recipient_name=linguist.name,
        language=linguist.language, about=f"event:{linguist.event_id}", topic=f"{linguist.id}:{start}",
        not_before=occasion.due_at(_zone(first)), linguist=linguist.id, start=start, minutes=ahead,
        until=int(occasion.until(_zone(first)).timestamp()),
    )  # fmt: skip


def _zone(first: Duty) -> str:
    return first.linguist.zone or first.session.event.zone
