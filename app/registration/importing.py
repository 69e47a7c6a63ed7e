"""A table of people becomes registrations. First all of it is read and every fault named; then all comes in, or nobody.

An address that is registered already stays as it is, so that a table can be brought twice. Who is said to have
cancelled, or to have been declined, stays out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db
from app.lib.text import pick
from app.people.addresses import InvalidAddress, normal_address
from app.registration import questions, sheets
from app.registration.admission import LIVE
from app.registration.cells import Faulty, country_of, language_of, line_of, needs_of, value_of, zone_of
from app.registration.columns import TOLD_ONLY, Column, Heading, heading_of
from app.registration.models import Question, Registration, RegistrationState
from app.registration.service import Entry
from app.registration.sheets import Row
from app.schedule.models import EventSession

MOST_FAULTS = 200
"""That are named; more are counted."""
MOST_FAULTS_COUNTED = 10_000
"""A table with more is another table, and is read no further."""
PREVIEW = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for who leaves it empty."""

    country: str = ""
    language: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    column: str
    """Its heading; empty for what concerns the whole line."""
    text: str

    def __str__(self) -> str:
        if not self.column:
            return str(_("line %(line)s: %(text)s", line=self.line, text=self.text))
        return str(_("line %(line)s, column %(column)s: %(text)s", line=self.line, column=self.column, text=self.text))


@dataclass(slots=True)
class Report:
    """What a table holds: who would come in, and what stands against it."""

    entries: list[Entry] = field(default_factory=list)
    rows: int = 0
    known: int = 0
    """Registered already; they stay as they are."""
    ended: int = 0
    """Said to have cancelled, been declined, or let their place lapse."""
    faults: list[Fault] = field(default_factory=list)
    number_of_faults: int = 0

    def note(self, line: int, column: str, text: str) -> None:
        self.number_of_faults += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, column[:60], text))


def check(
    event: Event, path: Path, encoding: str = "", defaults: Defaults | None = None,
    progress: Progress = lambda done, total: None,
) -> Report:  # fmt: skip
    """Reads the whole table and writes nothing. Raises sheets.Unreadable for what is no table."""
    table = sheets.rows(path, encoding)
    first = next(table, None)
    report = Report()
    if first is None:
        raise sheets.Unreadable(_("The file is empty."))
    reading = _Reading(event, first, report, defaults or Defaults())
    if report.number_of_faults:
        return report
    for row in table:
        report.rows += 1
        reading.take(row)
        progress(report.rows, 0)
        if report.number_of_faults >= MOST_FAULTS_COUNTED:
            break
    if not report.rows:
        report.note(first.line, "", _("There is nobody below the headings."))
    return report


class _Reading:
    def __init__(self, event: Event, first: Row, report: Report, defaults: Defaults) -> None:
        self.event, self.report = event, report
        self.defaults = Defaults(
            defaults.country, defaults.language or event.language, defaults.zone or event.zone
        )  # fmt: skip
        self.questions = questions.of_event(event)
        self.headings = first.cells
        self.columns = self._columns(first)
        self.seen: dict[tuple[str, str], int] = {}
        known = sa.select(Registration.email, Registration.name).where(
            Registration.event_id == event.id, Registration.state.in_(LIVE)
        )
        self.known = {_identity(email, name) for email, name in db.session.execute(known)}

    def _columns(self, first: Row) -> list[Heading | None]:
        found: list[Heading | None] = []
        for number, text in enumerate(first.cells, start=1):
            heading = heading_of(text, self.questions)
            if not text:
                self.report.note(first.line, str(number), _("The column has no heading."))
            elif heading is None:
                known = ", ".join([*(column.value for column in Column if column not in TOLD_ONLY)])
                said = _("No column of this name is known. Take it out, or name it as one of: %(names)s.", names=known)
                self.report.note(first.line, text, said)
            elif heading in found:
                self.report.note(first.line, text, _("The column stands twice."))
            found.append(heading)
        for column in (Column.NAME, Column.EMAIL):
            if column not in found:
                said = _("The column %(name)s is missing.", name=column.value)
                self.report.note(first.line, "", said)
        return found

    def take(self, row: Row) -> None:
        before = self.report.number_of_faults
        if len(row.cells) > len(self.columns):
            cells = len(row.cells), len(self.columns)
            said = _("It has %(cells)s cells under %(columns)s headings.", cells=cells[0], columns=cells[1])
            self.report.note(row.line, "", said)
            return
        values: dict[Heading, Any] = {}
        for place, heading in enumerate(self.columns):
            if heading is None or heading in TOLD_ONLY:
                continue
            cell = row.cells[place] if place < len(row.cells) else ""
            try:
                values[heading] = self._read(heading, cell)
            except Faulty as fault:
                self.report.note(row.line, self.headings[place], str(fault))
        if self.report.number_of_faults > before:
            return
        entry = self._entry(values)
        identity = _identity(entry.email, entry.name)
        if earlier := self.seen.get(identity):
            self.report.note(
                row.line, self._named(Column.EMAIL), _("The same person as in line %(line)s.", line=earlier)
            )
            return
        self.seen[identity] = row.line
        if values.get(Column.STATE, RegistrationState.CONFIRMED) not in LIVE:
            self.report.ended += 1
        elif identity in self.known:
            self.report.known += 1
        else:
            self.report.entries.append(entry)

    def _read(self, heading: Heading, cell: str) -> Any:
        if isinstance(heading, Question):
            return value_of(heading, cell)
        match heading:
            case Column.NAME:
                return line_of(cell, 200, needed=True)
            case Column.EMAIL:
                return self._address(cell)
            case Column.COUNTRY:
                return country_of(cell or self.defaults.country)
            case Column.LANGUAGE:
                return language_of(cell or self.defaults.language)
            case Column.ZONE:
                return zone_of(cell or self.defaults.zone)
            case Column.STATE:
                return self._state(cell)
            case Column.SESSIONS:
                return tuple(self._session(part.strip()) for part in cell.split(";") if part.strip())
            case Column.NEEDS:
                return needs_of(cell)
        return cell

    def _entry(self, values: Mapping[Heading, Any]) -> Entry:
        answers = {
            heading.id: value for heading, value in values.items()
            if isinstance(heading, Question) and value is not None
        }  # fmt: skip
        return Entry(
            name=values[Column.NAME], email=values[Column.EMAIL],
            country=values.get(Column.COUNTRY, self.defaults.country),
            language=values.get(Column.LANGUAGE, self.defaults.language),
            zone=values.get(Column.ZONE, self.defaults.zone), sessions=values.get(Column.SESSIONS, ()),
            answers=answers, needs=values.get(Column.NEEDS, ()),
        )  # fmt: skip

    def _address(self, cell: str) -> str:
        if not cell:
            return ""
        try:
            return normal_address(line_of(cell, 254))
        except InvalidAddress as fault:
            raise Faulty(_("“%(text)s”: %(fault)s", text=cell[:80], fault=str(fault))) from None

    def _state(self, cell: str) -> RegistrationState:
        if state := self._states.get(cell.casefold()):
            return state
        raise Faulty(_("“%(text)s” is no state.", text=cell[:80]))

    @cached_property
    def _states(self) -> dict[str, RegistrationState]:
        """By value, and by name in the reader's language; who has none is meant to come."""
        states = {name: state for state in RegistrationState for name in (state.value, state.label.casefold())}
        return states | {"": RegistrationState.CONFIRMED}

    def _session(self, text: str) -> EventSession:
        if session := self._sessions.get(text.casefold()):
            return session
        raise Faulty(_("There is no session “%(text)s” in this event.", text=text[:80]))

    @cached_property
    def _sessions(self) -> dict[str, EventSession]:
        """By the last part of the address, and by the title in each language."""
        found: dict[str, EventSession] = {}
        for session in db.session.scalars(sa.select(EventSession).where(EventSession.event_id == self.event.id)):
            for name in (*session.title.values(), session.slug):
                found[name.casefold()] = session
        return found

    def _named(self, column: Column) -> str:
        return self.headings[self.columns.index(column)]


def _identity(email: str, name: str) -> tuple[str, str]:
    """By the address; who has none, by the name."""
    return (email, "") if email else ("", " ".join(name.split()).casefold())


def told(report: Report, language: str) -> dict[str, Any]:
    """The report for a page: primitives, and the first rows as they will be."""
    return {
        "rows": report.rows, "new": len(report.entries), "known": report.known, "ended": report.ended,
        "number_of_faults": report.number_of_faults,
        "faults": [[fault.line, fault.column, fault.text] for fault in report.faults],
        "first": [_shown(entry, language) for entry in report.entries[:PREVIEW]],
    }  # fmt: skip


def _shown(entry: Entry, language: str) -> dict[str, Any]:
    sessions = [pick(session.title, (language,)).text for session in entry.sessions]
    return {
        "name": entry.name, "email": entry.email, "country": entry.country, "language": entry.language,
        "zone": entry.zone, "sessions": sessions,
    }  # fmt: skip
