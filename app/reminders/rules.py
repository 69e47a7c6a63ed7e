"""The rules of an event: which letters it sends by itself. Every event begins with the usual ones."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.events import service as events
from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.people import audit
from app.people.models import Account
from app.reminders import quiet
from app.reminders.models import Anchor, AudienceKind, Reminding, Rule, RuleKind

HOUR, DAY = 60, 24 * 60
LONGEST = 60 * DAY
"""How far from its event a letter may be, in minutes."""

USUAL: Sequence[dict[str, Any]] = (
    {"anchor": Anchor.EVENT_START, "minutes": -DAY, "audience": AudienceKind.ALL},
    {"anchor": Anchor.EVENT_START, "minutes": -HOUR, "audience": AudienceKind.ALL},
    {"anchor": Anchor.SESSION_START, "minutes": -30, "audience": AudienceKind.BOOKED},
    {"anchor": Anchor.SESSION_START, "minutes": -DAY, "audience": AudienceKind.SPEAKERS},
    {"anchor": Anchor.SESSION_START, "minutes": -HOUR, "audience": AudienceKind.SPEAKERS},
    {"anchor": Anchor.EVENT_START, "minutes": -3 * DAY, "audience": AudienceKind.UNCONFIRMED, "is_on": False},
    {"kind": RuleKind.THANKS, "anchor": Anchor.EVENT_END, "minutes": 2 * HOUR, "audience": AudienceKind.PRESENT},
    {"kind": RuleKind.RECORDING, "anchor": Anchor.EVENT_END, "minutes": DAY, "audience": AudienceKind.ALL},
)


def usual() -> list[dict[str, Any]]:
    """The usual rules as rows, but for the event that they are of."""
    words = {"subject": {}, "text": {}, "audience_value": "", "since": clock.now()}
    return [{"kind": RuleKind.REMINDER, "is_on": True, **words, **row} for row in USUAL]


@sa.event.listens_for(Event, "after_insert")
def _write_usual(_mapper: object, connection: sa.Connection, event: Event) -> None:
    """Where nobody who makes an event can forget it: organisers, imports and demonstrations alike."""
    connection.execute(sa.insert(Rule), [{**row, "event_id": event.id} for row in usual()])


def of_event(event: Event) -> Sequence[Rule]:
    return db.session.scalars(sa.select(Rule).where(Rule.event_id == event.id).order_by(Rule.id)).all()


def of_number(event: Event, number: int) -> Rule | None:
    return db.session.scalar(sa.select(Rule).where(Rule.event_id == event.id, Rule.id == number))


def add(event: Event, by: Account, kind: RuleKind, **facts: Any) -> Rule:
    rule = Rule(event_id=event.id, kind=kind, **facts)
    db.session.add(rule)
    db.session.flush()
    _record(rule, by, "added")
    return rule


def change(rule: Rule, by: Account, **facts: Any) -> None:
    """A rule of another kind, moment or audience begins anew: what would have been due by now stays unsaid, and what
    was written and waits is not sent."""
    changed = events.change(rule, facts)
    if not {"kind", "anchor", "minutes", "audience", "audience_value"}.isdisjoint(changed):
        rule.since = clock.now()
    if changed:
        _record(rule, by, "changed", changed=changed)
    db.session.flush()


def switch(rule: Rule, by: Account, is_on: bool) -> None:
    if rule.is_on is is_on:
        return
    rule.is_on, rule.since = is_on, clock.now()
    _record(rule, by, "switched-on" if is_on else "switched-off")
    db.session.flush()


def delete(rule: Rule, by: Account) -> None:
    _record(rule, by, "deleted")
    db.session.delete(rule)
    db.session.flush()


def restore_usual(event: Event, by: Account) -> int:
    """Adds those of the usual rules that are gone or were changed into others; tells how many."""
    there = {_mark(rule) for rule in of_event(event)}
    missing = [rule for row in usual() if _mark(rule := Rule(event_id=event.id, **row)) not in there]
    db.session.add_all(missing)
    if missing:
        audit.record(by, "rule.restored", events.subject(event), number=len(missing))
    db.session.flush()
    return len(missing)


def set_quiet_hours(event: Event, by: Account, begins: int, ends: int) -> None:
    """In minutes after midnight; the same twice: none."""
    if quiet.of(event) == quiet.Quiet(begins, ends):
        return
    db.session.merge(Reminding(event_id=event.id, quiet_from=begins, quiet_to=ends))
    audit.record(by, "rule.quiet-hours", events.subject(event), begins=begins, ends=ends)
    db.session.flush()


def _mark(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.anchor, rule.minutes, rule.audience, rule.audience_value


def _record(rule: Rule, by: Account, verb: str, **detail: Any) -> None:
    facts = {"kind": rule.kind.value, "minutes": rule.minutes, "audience": rule.audience.value, **detail}
    audit.record(by, f"rule.{verb}", f"event:{rule.event_id}/reminder:{rule.id}", **facts)
