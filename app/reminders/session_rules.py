"""Writes what an event's rules say about its sessions, one letter for what begins together.

A letter tells of several sessions, so the ledger of who was told of which stands in a table of its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, Standing
from app.extensions import db, insert_into
from app.lib import clock
from app.mail.service import enqueue_all, letter_row
from app.registration import attendance
from app.registration.models import Attendance
from app.reminders import audiences, news, occasions, openings, quiet
from app.reminders.audiences import Audience, Person
from app.reminders.event_rules import AFTER, ROLES, TOGETHER
from app.reminders.models import Anchor, AudienceKind, Rule, SessionReminder
from app.reminders.occasions import Occasion
from app.reminders.quiet import Quiet
from app.schedule.models import EventSession, SessionKind

AGENDA, SPEAKER = "reminders.agenda", "reminders.speaker"
A_DAY = timedelta(days=1)


def due() -> dict[Event, list[Rule]]:
    """The rules that may be due about now, of each event."""
    return occasions.in_force(Anchor.SESSION_START, Anchor.SESSION_END)


def write(event: Event, rules: Sequence[Rule]) -> None:
    """What is due of them, each once. Flushes."""
    hours = quiet.of(event)
    before = [rule for rule in rules if rule.anchor is Anchor.SESSION_START and rule.audience not in ROLES]
    speakers = [rule for rule in rules if rule.anchor is Anchor.SESSION_START and rule.audience in ROLES[:1]]
    for ordered in (occasions.nearest_first(before), occasions.nearest_first(speakers)):
        for place, rule in enumerate(ordered):
            _Round(event, rule, hours, ordered[:place], is_for_speakers_too=not speakers).write()
    for rule in rules:
        if rule.anchor is Anchor.SESSION_END and rule.kind in AFTER and rule.audience is not ROLES[1]:
            _Round(event, rule, hours).write()


@dataclass(frozen=True, slots=True)
class Telling:
    """One session for one person."""

    person: Person
    session_id: int
    occasion: Occasion
    since: datetime
    """When they chose it, or were told of its last change."""

    @property
    def due_at(self) -> datetime:
        return self.occasion.due_at(self.person.zone)

    @property
    def is_due(self) -> bool:
        return self.occasion.is_due(self.person.zone, clock.now())

    @property
    def is_news(self) -> bool:
        """Who came later than its moment has just had a letter that says the same; so has who was told of a change."""
        return self.since <= self.due_at or not self.occasion.is_before

    @property
    def entry(self) -> dict[str, Any]:
        """Its line in the ledger."""
        registration = self.person.number if self.person.role == "registration" else None
        return {
            "session_id": self.session_id, "moment": self.occasion.anchor, "person": self.person.key,
            "ahead": self.occasion.rule.ahead, "registration_id": registration,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Round:
    """One rule of an event, applied to its sessions."""

    event: Event
    rule: Rule
    hours: Quiet
    nearer: Sequence[Rule] = ()
    is_for_speakers_too: bool = False
    """Who speaks in a session is reminded of it as a speaker, where speakers are reminded."""

    def write(self) -> None:
        sessions = self._due_sessions()
        if not sessions:
            return
        by_person: dict[str, list[Telling]] = defaultdict(list)
        for telling in self._tellings(sessions):
            by_person[telling.person.email.lower()].append(telling)
        self._write_letters([letter for theirs in by_person.values() if (letter := self._together(theirs))])

    def _due_sessions(self) -> dict[int, Occasion]:
        """Those that are due for anybody, and those that would be told of in one letter with them."""
        moment, ahead = clock.now(), timedelta(minutes=self.rule.ahead)
        column = EventSession.starts_at if self._is_before else EventSession.ends_at
        first, last = (moment, moment + ahead + 2 * A_DAY) if self._is_before else (
            moment + ahead - occasions.OF_USE, moment + ahead
        )  # fmt: skip
        rows = db.session.execute(
            sa.select(EventSession.id, column.label("anchor"))
            .where(EventSession.event_id == self.event.id, EventSession.standing == Standing.CONFIRMED)
            .where(column > first, column <= last, *self._kinds())
            .order_by(column)
        ).all()
        found = {row.id: Occasion(self.rule, row.anchor, self.hours, self.nearer) for row in rows}
        due = [each for each in found.values() if each.is_near(moment)]
        zones = self._zones() if due and not due[0].is_short else [self.event.zone]
        due = [each for each in due if any(each.is_due(zone, moment) for zone in zones)]
        told_with_event: set[int] = set()
        if due and self._is_before and self.rule.audience not in ROLES:
            told_with_event = openings.told_with_event(self.event, self.rule)
        return {
            number: each for number, each in found.items()
            if number not in told_with_event and any(self._belongs(first, each) for first in due)
        }  # fmt: skip

    @property
    def _is_before(self) -> bool:
        return self.rule.minutes < 0

    def _belongs(self, first: Occasion, other: Occasion) -> bool:
        """Whether two are one letter: a reminder of hours tells of the day, a short one of the hour."""
        if not self._is_before or first.is_short:
            return first.anchor <= other.anchor < first.anchor + TOGETHER
        return first.anchor <= other.anchor and self.event.day_of(first.anchor) == self.event.day_of(other.anchor)

    def _kinds(self) -> list[sa.ColumnElement[bool]]:
        """Nobody needs reminding of lunch but who speaks at it."""
        return [] if self.rule.audience in ROLES else [EventSession.kind != SessionKind.BREAK]

    def _zones(self) -> list[str]:
        people = audiences.query(self.event, self._audience).order_by(None).subquery()
        zone = sa.func.coalesce(sa.func.nullif(people.c.zone, ""), self.event.zone)
        return list(db.session.scalars(sa.select(zone).distinct()))

    @property
    def _audience(self) -> Audience:
        of_session = self.rule.audience in (AudienceKind.PRESENT, AudienceKind.ABSENT)
        return Audience(AudienceKind.BOOKED if of_session else self.rule.audience, self.rule.audience_value)

    def _tellings(self, sessions: dict[int, Occasion]) -> list[Telling]:
        letter = "s" if self.rule.audience in ROLES else "r"
        chosen = audiences.with_sessions(self.event, self._audience)
        people = chosen.where(EventSession.id.in_(sessions)).order_by(None).subquery()
        mark = sa.literal(letter).concat(sa.cast(people.c.number, sa.String))
        anchor = people.c.starts_at if self._is_before else people.c.ends_at
        minutes = [rule.ahead for rule in (self.rule, *self.nearer)]
        told = sa.exists().where(
            SessionReminder.session_id == people.c.session_id, SessionReminder.moment == anchor,
            SessionReminder.person == mark, SessionReminder.ahead.in_(minutes),
        )  # fmt: skip
        rows = db.session.execute(sa.select(people).where(~told).order_by(people.c.starts_at, people.c.session_id))
        changes = news.last_changes(sessions, [self.event.id]) if self._is_before else {}
        changed = changes.get(None, clock.LONG_AGO)
        skipped = self._skipped(sessions)
        return [
            Telling(
                audiences.person_of(self.event, row), row.session_id, sessions[row.session_id],
                max(row.since or clock.LONG_AGO, changed, changes.get(row.session_id, clock.LONG_AGO)),
            )
            for row in rows
            if row.email and (row.email.lower(), row.session_id) not in skipped
        ]  # fmt: skip

    def _skipped(self, sessions: dict[int, Occasion]) -> set[tuple[str, int]]:
        """Whom this letter about a session is not for: its speakers, who get their own; who was, or was not, there."""
        if self.rule.audience in ROLES:
            return set()
        skipped: set[tuple[str, int]] = set()
        if self._is_before and not self.is_for_speakers_too:
            speaking = audiences.with_sessions(self.event, Audience(AudienceKind.SPEAKERS))
            rows = db.session.execute(speaking.where(EventSession.id.in_(sessions)))
            skipped = {(row.email.lower(), row.session_id) for row in rows if row.email}
        if self.rule.audience in (AudienceKind.PRESENT, AudienceKind.ABSENT):
            skipped |= self._other_half(sessions)
        return skipped

    def _other_half(self, sessions: dict[int, Occasion]) -> set[tuple[str, int]]:
        """Where nobody's attendance is known, all count as present and none as absent."""
        known = attendance.counts_by_session(self.event)
        came = set(db.session.execute(
            sa.select(Attendance.registration_id, Attendance.session_id).where(Attendance.session_id.in_(sessions))
        ))  # fmt: skip
        people = audiences.with_sessions(self.event, self._audience).where(EventSession.id.in_(sessions))
        wants_present = self.rule.audience is AudienceKind.PRESENT
        return {
            (row.email.lower(), row.session_id) for row in db.session.execute(people)
            if ((row.number, row.session_id) in came or row.session_id not in known) is not wants_present
        }  # fmt: skip

    def _together(self, tellings: list[Telling]) -> list[Telling]:
        """What one person is told now: all that is due, with what begins together with the first of it."""
        wanted = [each for each in tellings if each.is_news and self.rule.since <= each.due_at]
        due = [each for each in wanted if each.is_due]
        return [
            each for each in wanted
            if each in due or (due and self._is_before and self._belongs(due[0].occasion, each.occasion))
        ]  # fmt: skip

    def _write_letters(self, letters: list[list[Telling]]) -> None:
        """The ledger decides: what another sweep wrote down at this moment is in its letter, not in ours."""
        entries = [telling.entry for letter in letters for telling in letter]
        entries.sort(key=itemgetter("session_id", "person"))  # So that no two sweeps wait for each other in a circle.
        if not entries:
            return
        new = insert_into(SessionReminder).on_conflict_do_nothing().returning(
            SessionReminder.person, SessionReminder.session_id
        )  # fmt: skip
        gained = {tuple(row) for row in db.session.execute(new, entries)}
        ours = [[each for each in letter if (each.person.key, each.session_id) in gained] for letter in letters]
        enqueue_all([self._row(letter) for letter in ours if letter])

    def _row(self, letter: list[Telling]) -> dict[str, Any]:
        first, person = letter[0], letter[0].person
        kind = AFTER.get(self.rule.kind) or (SPEAKER if self.rule.audience in ROLES else AGENDA)
        start = int(first.occasion.anchor.timestamp())
        return letter_row(
            kind, f"{person.key}:{first.session_id}:{self.rule.ahead}:{start}", person.email,
            recipient_name=person.name, language=person.language, about=f"event:{self.event.id}",
            topic=f"{person.key}:{first.session_id}" if self._is_before else "",
            not_before=min(each.due_at for each in letter), **self.rule.payload, **person.payload,
            sessions={str(each.session_id): int(each.occasion.anchor.timestamp()) for each in letter},
            untils={str(each.session_id): int(each.occasion.until(person.zone).timestamp()) for each in letter},
        )  # fmt: skip
