"""When a rule is due for whom: at its moment, but not while people sleep, and only while it is of use."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.lib import clock
from app.mail.facts import shared
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind
from app.reminders.quiet import Quiet
from app.schedule.models import EventSession
from app.schedule.service import is_over

SHORT = timedelta(hours=3)
"""A reminder of less than this comes when it is due: who goes to a session at night is awake for it."""
MARGIN = timedelta(minutes=15)
"""How long before quiet hours a reminder comes that would be due in them, so that it is there when they begin."""
OF_USE = timedelta(days=5)
"""How long after its moment a letter is still sent that tells of what is over."""
FURTHEST = timedelta(days=63)
"""A rule is at most sixty days away from its event."""


class Beginning(NamedTuple):
    event: Event
    starts_at: datetime
    session_id: int | None
    """The session that it begins with; None while none has a time."""


@shared
def beginning(event: Event) -> Beginning:
    """When an event begins: with its first session that takes place, else with its first day."""
    first = db.session.execute(
        _standing(event).add_columns(EventSession.starts_at).order_by(EventSession.starts_at, EventSession.id).limit(1)
    ).first()
    return Beginning(event, first.starts_at, first.id) if first else Beginning(event, event.begins_at, None)


def ending(event: Event) -> datetime:
    """When it ends: with the last session that takes place, else with its last day."""
    last = sa.select(sa.func.max(EventSession.ends_at, type_=clock.UtcDateTime()))
    found: datetime | None = db.session.scalar(last.where(EventSession.id.in_(_standing(event))))
    return found or event.over_at


def _standing(event: Event) -> sa.Select[int]:
    return sa.select(EventSession.id).where(
        EventSession.event_id == event.id, EventSession.starts_at.is_not(None),
        EventSession.standing == Standing.CONFIRMED,
    )  # fmt: skip


def is_reminded_of(event: Event) -> bool:
    return event.state is EventState.PUBLISHED and event.takes_place and not is_over(event)


def in_force(*anchors: Anchor) -> dict[Event, list[Rule]]:
    """The rules that count from these anchors, of events for which any of them can be due about now."""
    moment = clock.now()
    first, last = moment - FURTHEST - OF_USE, moment + FURTHEST
    by_days = sa.and_(Event.starts_on <= last.date(), Event.ends_on >= first.date())
    by_session = sa.exists().where(EventSession.event_id == Event.id, EventSession.starts_at.between(first, last))
    rules = db.session.scalars(
        sa.select(Rule)
        .join(Rule.event)
        .where(
            Rule.is_on, Rule.anchor.in_(anchors), Rule.kind != RuleKind.RECORDING,
            Event.state == EventState.PUBLISHED, Event.standing == Standing.CONFIRMED,
            sa.or_(by_days, by_session),
        )
        .options(orm.contains_eager(Rule.event))
        .order_by(Rule.event_id, Rule.id)
    ).all()  # fmt: skip
    spans = _spans({rule.event for rule in rules})
    by_event: dict[Event, list[Rule]] = defaultdict(list)
    for rule in rules:
        if _is_about_now(rule, spans[rule.event], moment):
            by_event[rule.event].append(rule)
    return by_event


class _Span(NamedTuple):
    begins_at: datetime
    ends_at: datetime
    """With the last session that takes place."""
    over_at: datetime


def _spans(events: Iterable[Event]) -> dict[Event, _Span]:
    """From when to when they last. A session may lie outside the days of its event: it was postponed, or imported."""
    by_number = {event.id: event for event in events}
    moment = clock.UtcDateTime()
    found: Iterable[Any] = db.session.execute(
        sa.select(
            EventSession.event_id, sa.func.min(EventSession.starts_at, type_=moment),
            sa.func.max(EventSession.ends_at, type_=moment),
        )
        .where(EventSession.event_id.in_(by_number), EventSession.starts_at.is_not(None))
        .where(EventSession.standing == Standing.CONFIRMED)
        .group_by(EventSession.event_id)
    )  # fmt: skip
    spans = {event: _Span(event.begins_at, event.over_at, event.over_at) for event in by_number.values()}
    for number, first, last in found:
        event = by_number[number]
        spans[event] = _Span(min(first, event.begins_at), last, max(last, event.over_at))
    return spans


def _is_about_now(rule: Rule, span: _Span, moment: datetime) -> bool:
    """Roughly: a day for zones and for quiet hours on either side."""
    day, shift = timedelta(days=1), timedelta(minutes=rule.minutes)
    first = span.ends_at if rule.anchor is Anchor.EVENT_END else span.begins_at
    last = span.over_at + (day if rule.minutes < 0 else shift + OF_USE + day)
    return first + shift - day <= moment <= last


def nearest_first(rules: Iterable[Rule]) -> list[Rule]:
    """What is due last stands first: it takes the place of what was due before. Of two at a time, the one that is
    meant for fewer people, then the one with words of its own."""
    return sorted(
        rules,
        key=lambda rule: (-rule.minutes, rule.audience in (AudienceKind.ALL, AudienceKind.BOOKED), not rule.text,
                          rule.id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Occasion:
    """A rule applied to one moment: the start or the end of a session, or of the event."""

    rule: Rule
    anchor: datetime
    quiet: Quiet
    nearer: Sequence[Rule] = ()
    """The rules that come between this one and the anchor."""

    @property
    def is_before(self) -> bool:
        return self.rule.minutes < 0

    def due_at(self, zone: str) -> datetime:
        """Reminders of hours come before people go to sleep."""
        due_at = self.anchor + timedelta(minutes=self.rule.minutes)
        night = self.quiet.around(due_at, zone) if self.is_before and not self.is_short else None
        return night.starts_at - MARGIN if night else due_at

    def until(self, zone: str) -> datetime:
        """From when on it is of no use: when the next reminder of the same to the same people is due, and at last
        when it begins."""
        if not self.is_before:
            return self.anchor + timedelta(minutes=self.rule.minutes) + OF_USE
        nexts = [
            Occasion(rule, self.anchor, self.quiet).due_at(zone) for rule in self.nearer if _is_for_all_of(rule, self)
        ]
        return min([*nexts, self.anchor])

    def is_due(self, zone: str, moment: datetime) -> bool:
        """Who sleeps is left to sleep, if the letter is still of use when they get up."""
        until = self.until(zone)
        if not self.due_at(zone) <= moment < until:
            return False
        night = None if self.is_short else self.quiet.around(moment, zone)
        return night is None or night.ends_at >= until

    @property
    def is_short(self) -> bool:
        return self.is_before and timedelta(minutes=self.rule.ahead) < SHORT

    def is_near(self, moment: datetime) -> bool:
        """Whether it can be due anywhere; a night is at most a day long."""
        due_at = self.anchor + timedelta(minutes=self.rule.minutes)
        earliest = due_at if self.is_short else due_at - timedelta(days=1)
        return earliest <= moment < (self.anchor if self.is_before else due_at + OF_USE)


def _is_for_all_of(rule: Rule, other: Occasion) -> bool:
    """Whether everyone whom the other concerns gets this one, too, at the latest moment that it can be due."""
    if rule.since > other.anchor + timedelta(minutes=rule.minutes):
        return False
    everyone = rule.audience is AudienceKind.ALL or (rule.audience is AudienceKind.BOOKED and not rule.audience_value)
    same = (rule.audience, rule.audience_value) == (other.rule.audience, other.rule.audience_value)
    registered = other.rule.audience not in (
        AudienceKind.SPEAKERS, AudienceKind.INTERPRETERS, AudienceKind.UNCONFIRMED, AudienceKind.WAITING,
    )  # fmt: skip
    return same or (registered and everyone)
