"""What organisers look through: the registrations of an event, filtered and sorted, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.lib.filters import SortedFilters, digits, one_of, words
from app.lib.text import searchable
from app.registration.models import (
    Attendance,
    Booking,
    Claim,
    Origin,
    Registration,
    RegistrationState,
)

PAGE = 50
NAME: sa.ColumnElement[str] = sa.literal_column("substr(registration.search, 1, 60)")
"""By letters, without regard to case and accents; as the index has it."""
SORTS: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {
    "registered": (Registration.created_at.expression,), "name": (NAME,),
    "country": (Registration.country.expression,),
    "state": (Registration.state.expression, Registration.queue_number.expression),
}  # fmt: skip
"""Each as an index has it, so that no page of a hundred thousand is sorted first."""


@dataclass(frozen=True, slots=True)
class Filters(SortedFilters):
    usual: ClassVar = "-registered"
    q: str = ""
    state: str = ""
    country: str = ""
    language: str = ""
    session: str = ""
    """Number of a session that they booked."""
    code: str = ""
    """Number of the code that they came with; `any`: one of them."""
    origin: str = ""
    attended: str = ""
    """`yes` or `no`."""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        code = arguments.get("code")
        return cls(
            q=words(arguments.get("q"), 100),
            state=one_of(set(RegistrationState), arguments.get("state")),
            country=words(arguments.get("country"), 2),
            language=words(arguments.get("language"), 35),
            session=digits(arguments.get("session")),
            code="any" if code == "any" else digits(code),
            origin=one_of(set(Origin), arguments.get("origin")),
            attended=one_of({"yes", "no"}, arguments.get("attended")),
            sort=cls.sort_in(arguments, SORTS),
        )


class Page(NamedTuple):
    rows: Sequence[Registration]
    number: int
    """Of all that match."""
    page: int
    pages: int


def query(event: Event, filters: Filters) -> sa.Select[Registration]:
    """Those that match, in the order that is asked for."""
    return _found(event, filters, sa.select(Registration)).order_by(*_order(filters))


def page_of(event: Event, filters: Filters, page: int, counts: Mapping[RegistrationState, int] | None = None) -> Page:
    """A page of them; the last one where there are not so many. `counts`: how many are in each state, where known."""
    found = _found(event, filters, sa.select(Registration.id))
    number = _number_of(found, filters, counts)
    pages = max(1, -(-number // PAGE))
    page = min(max(page, 1), pages)
    start, end = (page - 1) * PAGE, min(page * PAGE, number)
    # From the nearer end of the index; only those that are shown are read whole.
    backwards = start > number - end
    ids = db.session.scalars(
        found.order_by(*_order(filters, backwards)).limit(end - start).offset(number - end if backwards else start)
    ).all()
    rows = {row.id: row for row in db.session.scalars(sa.select(Registration).where(Registration.id.in_(ids)))}
    # Whoever registers between the two questions shifts a row; whoever is deleted is gone.
    ordered = [rows[each] for each in (reversed(ids) if backwards else ids) if each in rows]
    return Page(ordered, number, page, pages)


def _number_of(found: sa.Select[int], filters: Filters, counts: Mapping[RegistrationState, int] | None) -> int:
    if counts is not None and not filters.arguments.keys() - {"state", "sort"}:
        return counts[RegistrationState(filters.state)] if filters.state else sum(counts.values())
    return db.session.scalar(found.with_only_columns(sa.func.count())) or 0


def looked_through(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """For what no index answers: SQLite reads the rows about in the order in which they lie in its file.

    By any other index of the event it reads the same pages over and over, six times as long.
    """
    return statement.with_hint(Registration, "INDEXED BY ix_registration_created", "sqlite")


def positions(event: Event, rows: Sequence[Registration]) -> dict[int, int]:
    """Places on the waiting list, 1 for the next, by the number of the registration."""
    waiting = [row.id for row in rows if row.state is RegistrationState.WAITING]
    if not waiting:
        return {}
    line = (
        sa.select(Registration.id, sa.func.row_number().over(order_by=Registration.queue_number).label("position"))
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.WAITING)
        .subquery()
    )
    found = db.session.execute(sa.select(line.c.id, line.c.position).where(line.c.id.in_(waiting)))
    return {row.id: row.position for row in found}


def of_event(event: Event, number: int) -> Registration | None:
    """One by its number, if it is of this event."""
    return db.session.scalar(
        sa.select(Registration).where(Registration.id == number, Registration.event_id == event.id)
    )


def countries(event: Event) -> Sequence[str]:
    """Where they are from: found in the index from one country to the next, past the people between."""

    def next_after(country: Any) -> sa.ScalarSelect[str]:
        of_event = sa.select(sa.func.min(Registration.country)).where(Registration.event_id == event.id)
        return of_event.where(Registration.country > country).scalar_subquery()

    found = sa.select(next_after("").label("country")).cte(recursive=True)
    found = found.union_all(sa.select(next_after(found.c.country)).where(found.c.country.is_not(None)))
    return db.session.scalars(sa.select(found.c.country).where(found.c.country.is_not(None))).all()


def _found(event: Event, filters: Filters, statement: sa.Select[Any]) -> sa.Select[Any]:
    statement = statement.where(*_conditions(event, filters))
    return looked_through(statement) if filters.q or filters.language or filters.origin or filters.code else statement


def _conditions(event: Event, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Registration.event_id == event.id]
    if filters.q:
        conditions.append(Registration.search.contains(searchable(filters.q), autoescape=True))
    if filters.state:
        conditions.append(Registration.state == RegistrationState(filters.state))
    if filters.country:
        conditions.append(Registration.country == filters.country)
    if filters.language:
        conditions.append(Registration.language == filters.language)
    if filters.origin:
        conditions.append(Registration.origin == Origin(filters.origin))
    if filters.session:
        booked = sa.select(Booking.registration_id).where(
            Booking.session_id == int(filters.session), Booking.claim == Claim.BOOKED
        )
        conditions.append(Registration.id.in_(booked))
    if filters.code:
        is_any = filters.code == "any"
        conditions.append(Registration.code_id.is_not(None) if is_any else Registration.code_id == int(filters.code))
    if filters.attended:
        was_there = sa.exists().where(Attendance.registration_id == Registration.id)
        conditions.append(was_there if filters.attended == "yes" else ~was_there)
    return conditions


def _order(filters: Filters, backwards: bool = False) -> list[sa.ColumnElement[Any]]:
    name, downwards = filters.sorted_by
    columns = [*SORTS[name], Registration.id.expression]
    return [column.desc() if downwards != backwards else column.asc() for column in columns]
