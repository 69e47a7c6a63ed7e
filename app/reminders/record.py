"""The record of an event's letters: what was sent to whom, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db, holds
from app.lib.filters import SortedFilters, digits, one_of, words
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.reminders.kinds import KINDS

PAGE, MOST = 50, 1000
"""How many letters a page has, and all pages of a search together."""
SORTS: Mapping[str, sa.ColumnElement[Any]] = {"written": Letter.id.expression, "to": Letter.recipient.expression}
_SAID = (Letter.recipient.expression, Letter.recipient_name.expression, Letter.subject.expression)


@dataclass(frozen=True, slots=True)
class Filters(SortedFilters):
    usual: ClassVar = "-written"
    q: str = ""
    """A part of the address, the name or the subject."""
    state: str = ""
    kind: str = ""
    message: str = ""
    """Number of a message to a group."""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        return cls(
            q=words(arguments.get("q"), 100),
            state=one_of(set(LetterState), arguments.get("state")),
            kind=one_of(KINDS, arguments.get("kind")),
            message=digits(arguments.get("message")),
            sort=cls.sort_in(arguments, SORTS),
        )

    def in_state(self, state: str = "") -> Self:
        return replace(self, state=state)


class Page(NamedTuple):
    rows: Sequence[Letter]
    number: int
    """Of all that match, as far as they are counted."""
    page: int
    pages: int
    more: bool = False
    """Whether more match than are counted."""


def page_of(event: Event, filters: Filters, page: int, counts: Mapping[LetterState, int]) -> Page:
    """A page of them; the last one where there are not so many. `counts`: how many are in each state."""
    found = numbers(event, filters)
    if filters.q:
        # No index knows what is searched for: it is looked for once, and only until there is more than anybody reads.
        searched = db.session.scalars(found.limit(MOST + 1)).all()
        number = min(len(searched), MOST)
    else:
        searched, number = None, _number_of(event, filters, counts)
    pages = max(1, -(-number // PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE
    if searched is None:
        ids = db.session.scalars(found.limit(PAGE).offset(start)).all()
    else:
        ids = searched[:MOST][start : start + PAGE]
    # Only those that are shown are read whole; the others are counted off in the index.
    rows = {row.id: row for row in db.session.scalars(sa.select(Letter).where(Letter.id.in_(ids)))}
    more = searched is not None and len(searched) > MOST
    return Page([rows[each] for each in ids if each in rows], number, page, pages, more)


def _number_of(event: Event, filters: Filters, counts: Mapping[LetterState, int]) -> int:
    if filters.arguments.keys() - {"state", "sort"}:
        return db.session.scalar(sa.select(sa.func.count()).where(*_conditions(event, filters))) or 0
    return counts.get(LetterState(filters.state), 0) if filters.state else sum(counts.values())


def numbers(event: Event, filters: Filters) -> sa.Select[int]:
    """Of the letters that match, in the order that is asked for."""
    name, downwards = filters.sorted_by
    columns = (SORTS[name],) if name == "written" else (SORTS[name], Letter.id.expression)
    if filters.q and name == "to":
        # Sorted when it is found: along the index of addresses it would be looked for in the letters of all events.
        columns = (Letter.recipient + "", *columns)
    ordered = [column.desc() if downwards else column.asc() for column in columns]
    return sa.select(Letter.id).where(*_conditions(event, filters)).order_by(*ordered)


def of_number(event: Event, number: int) -> Letter | None:
    return db.session.scalar(sa.select(Letter).where(Letter.id == number, is_of(event)))


def counts_of(event: Event) -> dict[LetterState, int]:
    counted = sa.select(Letter.state, sa.func.count()).where(is_of(event)).group_by(Letter.state)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: found[state] for state in LetterState if state in found}


def is_of(event: Event) -> sa.ColumnElement[bool]:
    return Letter.about == f"event:{event.id}"


def _conditions(event: Event, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions = [is_of(event)]
    if filters.state:
        conditions.append(Letter.state == LetterState(filters.state))
    if filters.kind:
        conditions.append(Letter.kind == filters.kind)
    if filters.message:
        conditions.append(Letter.cause == f"message:{filters.message}")
    if filters.q:
        conditions.append(_searched(event, filters.q))
    return conditions


def _searched(event: Event, text: str) -> sa.ColumnElement[bool]:
    """Whoever gives a whole address that is known wants the letters to it, which an index has."""
    to_address = Letter.id.in_(sa.select(Letter.id).where(Letter.recipient == text.lower()))
    is_known = "@" in text and db.session.scalar(sa.select(Letter.id).where(is_of(event), to_address).limit(1))
    return to_address if is_known else holds(text, *_SAID)


# What nobody knows, a person decides.


def undecided(event: Event, most: int = PAGE) -> Sequence[Letter]:
    """Handed over and never confirmed, the oldest first."""
    return db.session.scalars(_undecided(event).limit(most)).all()


def decide(event: Event, chosen: Sequence[int] | None, *, again: bool) -> list[Letter]:
    """Sends them once more, or leaves them as they are; of those chosen, or all, the letters that it was true of."""
    wanted = _undecided(event).with_for_update(skip_locked=True)
    letters = db.session.scalars(wanted if chosen is None else wanted.where(Letter.id.in_(chosen))).all()
    return [letter for letter in letters if (outbox.send_again(letter) if again else outbox.leave(letter))]


def _undecided(event: Event) -> sa.Select[Letter]:
    return sa.select(Letter).where(is_of(event), Letter.state == LetterState.UNSURE).order_by(Letter.id)
