"""Writes what an event's rules say about the event as a whole: reminders before it begins, thanks after it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.mail.service import enqueue_all, letter_row
from app.registration import attendance
from app.registration.models import AgendaItem, Registration
from app.reminders import audiences, news, occasions, quiet
from app.reminders.audiences import Audience, Person
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind
from app.reminders.occasions import Beginning, Occasion
from app.schedule.models import EventSession

EVENT, THANKS, FEEDBACK = "reminders.event", "reminders.thanks", "reminders.feedback"
AFTER = {RuleKind.THANKS: THANKS, RuleKind.FEEDBACK: FEEDBACK}
TOGETHER = timedelta(hours=1)
"""What begins within this time of one another is told of together."""
A_DAY = 24 * 60
ROLES = (AudienceKind.SPEAKERS, AudienceKind.INTERPRETERS)
"""Who is at an event for a part of their own."""


def due() -> dict[Event, list[Rule]]:
    """The rules that may be due about now, of each event."""
    return occasions.in_force(Anchor.EVENT_START, Anchor.SESSION_START, Anchor.EVENT_END)


def write(event: Event, rules: Sequence[Rule]) -> None:
    """What is due of them, each once. Flushes."""
    before = [rule for rule in rules if rule.anchor is Anchor.EVENT_START]
    if before:
        _remind(event, before, [rule for rule in rules if rule.anchor is Anchor.SESSION_START])
    _follow_up(event, [rule for rule in rules if rule.anchor is Anchor.EVENT_END and rule.kind in AFTER])


def _remind(event: Event, rules: list[Rule], of_sessions: list[Rule]) -> None:
    begins, moment, hours = occasions.beginning(event), clock.now(), quiet.of(event)
    if begins.starts_at <= moment:
        return
    if begins.session_id is None:
        # It begins at midnight only because nobody has said when: what is nearer than a day would be wrong.
        rules = [rule for rule in rules if rule.ahead >= A_DAY]
    start, ordered = int(begins.starts_at.timestamp()), occasions.nearest_first(rules)
    changes = _Changes.of(begins)
    for place, rule in enumerate(ordered):
        occasion = Occasion(rule, begins.starts_at, hours, ordered[:place])
        versions = [f":{each.ahead}:{start}" for each in (rule, *ordered[:place])]
        people = list(_people(occasion, EVENT, versions, begins.session_id))
        others = _told_otherwise(rule, rules) | _opening_speakers(begins, rule, of_sessions) if people else set()
        enqueue_all([
            _row(occasion, EVENT, f"{person.key}{versions[0]}", person, topic=f"{person.key}:begins", start=start)
            for person, since, chose_first in people
            if person.email.lower() not in others and changes.known(since, chose_first) <= occasion.due_at(person.zone)
        ])  # fmt: skip


def _follow_up(event: Event, rules: list[Rule]) -> None:
    """Each letter once for good: it says nothing of when the event was, so nothing becomes untrue when that changes."""
    if not rules:
        return
    ends_at, hours, anybody = occasions.ending(event), quiet.of(event), attendance.attended_count(event) > 0
    for rule in rules:
        if rule.audience is AudienceKind.ABSENT and not anybody:
            continue  # Nobody knows who was absent.
        occasion, kind = Occasion(rule, ends_at, hours), AFTER[rule.kind]
        everyone = rule.audience is AudienceKind.PRESENT and not anybody
        version = f":{rule.minutes}"
        people = list(_people(occasion, kind, [version], everyone=everyone))
        others = _told_otherwise(rule, rules) if people else set()
        enqueue_all([
            _row(occasion, kind, f"{person.key}{version}", person)
            for person, _since, _chose in people if person.email.lower() not in others
        ])  # fmt: skip


def _row(occasion: Occasion, kind: str, key: str, person: Person, topic: str = "", **payload: Any) -> dict[str, Any]:
    rule = occasion.rule
    return letter_row(
        kind, key, person.email, recipient_name=person.name, language=person.language, topic=topic,
        about=f"event:{rule.event_id}",
        # Should the clock have been wrong, and be put back, the letter waits until its moment really comes.
        not_before=occasion.due_at(person.zone),
        minutes=rule.ahead, until=int(occasion.until(person.zone).timestamp()),
        **rule.payload, **person.payload, **payload,
    )  # fmt: skip


def _people(
    occasion: Occasion, kind: str, versions: Sequence[str], first_session: int | None = None, *, everyone: bool = False
) -> Iterator[tuple[Person, datetime, bool]]:
    """Who is due now and has no such letter yet, nor a later one: with the moment since which they belong to the
    audience, and whether they chose the event's first session.

    Whether a letter exists is asked of the unique index of keys, person by person.
    """
    rule, moment, event = occasion.rule, clock.now(), occasion.rule.event
    if not occasion.is_near(moment):
        return
    audience = Audience(AudienceKind.ALL if everyone else rule.audience, rule.audience_value)
    chosen = audiences.query(event, audience)
    if rule.audience in ROLES:
        chosen = chosen.add_columns(sa.null().label("since"), sa.true().label("chose"))
    else:
        since = sa.func.coalesce(Registration.confirmed_at, Registration.created_at, type_=clock.UtcDateTime())
        chosen = chosen.add_columns(since.label("since"), _chose(event, first_session).label("chose"))
    rows = chosen.order_by(None).subquery()
    zone = sa.func.coalesce(sa.func.nullif(rows.c.zone, ""), event.zone)
    zones = [name for name in db.session.scalars(sa.select(zone).distinct()) if occasion.is_due(name, moment)]
    if not zones:
        return
    keys = [sa.literal(f"{kind}:{_letter_of(rule)}").concat(sa.cast(rows.c.number, sa.String)).concat(version)
            for version in versions]  # fmt: skip
    written = sa.exists().where(Letter.key.in_(keys))
    seen: set[str] = set()
    for row in db.session.execute(sa.select(rows).where(~written, zone.in_(zones)).order_by(rows.c.number)):
        person = audiences.person_of(event, row)
        due_at = occasion.due_at(person.zone)
        if person.email and person.email.lower() not in seen and rule.since <= due_at:
            seen.add(person.email.lower())
            yield person, row.since or clock.LONG_AGO, bool(row.chose)


def _letter_of(rule: Rule) -> str:
    return {AudienceKind.SPEAKERS: "s", AudienceKind.INTERPRETERS: "l"}.get(rule.audience, "r")


def _chose(event: Event, session_id: int | None) -> sa.ColumnElement[bool]:
    if event.kind is not EventKind.CONFERENCE:
        return sa.true()
    return sa.exists().where(AgendaItem.registration_id == Registration.id, AgendaItem.session_id == session_id)


@dataclass(frozen=True, slots=True)
class _Changes:
    """When the event, and its first session, was changed last. The letter about that stands in for the reminder, for
    whom it went to: of a session, in a conference, those who chose it."""

    event: datetime
    session: datetime

    @classmethod
    def of(cls, begins: Beginning) -> "_Changes":
        found = news.last_changes([begins.session_id] if begins.session_id else [], [begins.event.id])
        return cls(found.get(None, clock.LONG_AGO), found.get(begins.session_id or 0, clock.LONG_AGO))

    def known(self, since: datetime, chose_first: bool) -> datetime:
        """Since when somebody knows what the reminder says: who came later has just had a letter with it."""
        return max(since, self.event, self.session if chose_first else clock.LONG_AGO)


def _told_otherwise(rule: Rule, rules: Sequence[Rule]) -> set[str]:
    """Who gets the same letter, at the same time, as a speaker or a member of the language team."""
    if rule.audience in ROLES[:1]:
        return set()
    kinds = [
        other.audience for other in rules
        if other.audience in ROLES and other is not rule and (other.kind, other.minutes) == (rule.kind, rule.minutes)
    ]  # fmt: skip
    return audiences.addresses(rule.event, *map(Audience, kinds)) if kinds else set()


def _opening_speakers(begins: Beginning, rule: Rule, of_sessions: Sequence[Rule]) -> set[str]:
    """Who speaks when the event begins is reminded as a speaker, where speakers are reminded."""
    if rule.audience in ROLES or not any(each.audience is AudienceKind.SPEAKERS for each in of_sessions):
        return set()
    opening = db.session.scalars(
        sa.select(EventSession.id)
        .where(EventSession.event_id == begins.event.id, EventSession.starts_at >= begins.starts_at)
        .where(EventSession.starts_at < begins.starts_at + TOGETHER)
    ).all()
    return audiences.addresses(begins.event, Audience(AudienceKind.SPEAKERS), sessions=opening)
