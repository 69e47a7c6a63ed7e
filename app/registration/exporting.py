"""The registrations of an event as a table, CSV or XLSX, written a batch at a time however many there are."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from app.events.models import Event
from app.extensions import db
from app.lib.text import pick
from app.registration import attendance, questions
from app.registration.columns import Column
from app.registration.listing import Filters, query
from app.registration.models import (
    AccessCode,
    Attendance,
    Booking,
    Claim,
    Need,
    NeedKind,
    Question,
    QuestionKind,
    Registration,
    RegistrationState,
)
from app.registration.sheets import guarded
from app.schedule.models import EventSession

BATCH = 1000
NOTHING = Filters()
Progress = Callable[[int, int], None]
Cells = Sequence[str | int]
_SHOWN = (
    Registration.id, Registration.name, Registration.email, Registration.country, Registration.language,
    Registration.zone, Registration.state, Registration.created_at, Registration.confirmed_at,
    Registration.cancelled_at, AccessCode.code,
)  # fmt: skip


def write(
    event: Event, file: IO[bytes], kind: str, language: str,
    filters: Filters = NOTHING, progress: Progress = lambda done, total: None,
) -> int:  # fmt: skip
    """Writes those who match into the file, as `csv` or `xlsx`; how many. Headings are in the locale's language."""
    return {"csv": _write_csv, "xlsx": _write_xlsx}[kind](file, _Table(event, language, filters), progress)


def _write_csv(file: IO[bytes], table: "_Table", progress: Progress) -> int:
    """RFC 4180, with the mark by which spreadsheets know UTF-8; nothing in it is taken for a formula."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([guarded(heading) for heading in table.headings])
    number = 0
    for cells in table.rows():
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
        number += 1
        progress(number, len(table.numbers))
    text.detach()
    return number


def _write_xlsx(file: IO[bytes], table: "_Table", progress: Progress) -> int:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append(list(table.headings))

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        return cell

    number = 0
    for cells in table.rows():
        # A cell of text that begins with = would become a formula if it were not said that it is text.
        sheet.append([text(cell) if isinstance(cell, str) and cell[:1] == "=" else cell or None for cell in cells])
        number += 1
        progress(number, len(table.numbers))
    workbook.save(file)
    return number


class _Table:
    def __init__(self, event: Event, language: str, filters: Filters) -> None:
        self.event, self.language = event, language
        numbers = query(event, filters).with_only_columns(Registration.id).order_by(None).order_by(Registration.id)
        # The numbers alone are held, so that no batch is looked for among all the others.
        self.numbers = db.session.scalars(numbers).all()
        self.questions = [row for row in questions.of_event(event) if row.kind is not QuestionKind.NEEDS]
        self.headings = [column.label for column in Column] + [_heading(row, language) for row in self.questions]
        waiting = query(event, Filters(state=RegistrationState.WAITING)).order_by(None)
        in_line = db.session.scalars(waiting.with_only_columns(Registration.id).order_by(Registration.queue_number))
        self.positions = {number: position for position, number in enumerate(in_line, start=1)}
        sessions = db.session.scalars(sa.select(EventSession).where(EventSession.event_id == event.id))
        self.sessions = {session.id: session for session in sessions}

    def rows(self) -> Iterator[Cells]:
        """In the order of registering."""
        columns = sa.select(*_SHOWN).outerjoin(AccessCode, AccessCode.id == Registration.code_id)
        for start in range(0, len(self.numbers), BATCH):
            ids = self.numbers[start : start + BATCH]
            batch = db.session.execute(columns.where(Registration.id.in_(ids)).order_by(Registration.id))
            booked = self._sessions(Booking, ids, Booking.claim == Claim.BOOKED)
            attended = self._sessions(Attendance, ids, Attendance.session_id.is_not(None))
            needs = _needs(ids)
            answers = questions.values_of(self.questions, ids) if self.questions else {}
            for row in batch:
                there = [self.sessions[number] for number in attended[row.id]]
                yield [
                    row.name, row.email, row.country, row.language, row.zone, row.state.value,
                    _moment(row.created_at), _moment(row.confirmed_at), _moment(row.cancelled_at), row.code or "",
                    self.positions.get(row.id, ""), self._names(booked[row.id]), self._names(attended[row.id]),
                    attendance.minutes(there) if there else "", "; ".join(needs[row.id]),
                    *(self._answer(question, answers[row.id].get(question.id)) for question in self.questions),
                ]  # fmt: skip

    def _sessions(self, model: Any, ids: Sequence[int], condition: sa.ColumnElement[bool]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        of_whom = sa.select(model.registration_id, model.session_id).where(model.registration_id.in_(ids), condition)
        for registration, session in db.session.execute(of_whom.order_by(model.session_id)):
            found[registration].append(session)
        return found

    def _names(self, numbers: list[int]) -> str:
        """By their addresses, which are theirs in every language."""
        return "; ".join(self.sessions[number].slug for number in numbers)

    def _answer(self, question: Question, value: Any) -> str | int:
        if question.kind is QuestionKind.NUMBER and isinstance(value, int):
            return value
        return questions.text_of(question, value, self.language)


def _heading(question: Question, language: str) -> str:
    return pick(question.label, (language,)).text


def _needs(ids: Sequence[int]) -> dict[int, list[str]]:
    """As an import reads them."""
    found: dict[int, list[str]] = defaultdict(list)
    wished = sa.select(Need.registration_id, Need.kind, Need.language, Need.note).where(Need.registration_id.in_(ids))
    for registration, kind, language, note in db.session.execute(wished.order_by(Need.id)):
        found[registration].append(need_in_words(kind, language, note))
    return found


def need_in_words(kind: NeedKind, language: str, note: str) -> str:
    """`interpretation ru: on the phone`: the kind, its language, a note; each word is the same in every language."""
    said = f"{kind.value} {language}".strip()
    note = note.replace(";", ",")
    return f"{said}: {note}" if note else said


def _moment(value: Any) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%SZ") if value else ""
