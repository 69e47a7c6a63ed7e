"""Of which sessions the reminder of their event tells, so that nobody is reminded of them twice."""

from datetime import timedelta

import sqlalchemy as sa

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.registration import attendance
from app.reminders import occasions
from app.reminders.event_rules import TOGETHER
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind


def told_with_event(event: Event, rule: Rule) -> set[int]:
    """The numbers of the sessions of which this rule need not remind.

    Who comes to a webinar is there for all of it, and is reminded when it begins anew, on another day or after a
    pause; the first time the event's own reminder does, if there is one as near as this.
    """
    if event.kind is EventKind.CONFERENCE:
        return set()
    told, reached = set(), clock.LONG_AGO
    beginning = occasions.beginning(event).starts_at if _is_reminded_of(event, rule) else clock.LONG_AGO
    for session in attendance.counted_sessions(event):
        if session.starts_at and session.ends_at:
            if session.starts_at < max(beginning, reached) + TOGETHER:
                told.add(session.id)
            reached = max(reached, session.ends_at)
    return told


def _is_reminded_of(event: Event, rule: Rule) -> bool:
    furthest = max(timedelta(minutes=rule.ahead), occasions.SHORT) // timedelta(minutes=1)
    return bool(db.session.scalar(sa.select(sa.exists().where(
        Rule.event_id == event.id, Rule.is_on, Rule.kind == RuleKind.REMINDER, Rule.anchor == Anchor.EVENT_START,
        Rule.audience == AudienceKind.ALL, Rule.minutes.between(-furthest, -1),
    ))))  # fmt: skip
