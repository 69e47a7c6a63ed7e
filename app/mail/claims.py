"""Which letters are whose: due letters are claimed, and what becomes of them is written down by whoever holds them."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.lib import clock
from app.mail import pace, reasons
from app.mail.models import Letter, LetterState, Priority

LEASE = timedelta(minutes=5)
PATIENCE = (0.1, 0.5, 2, 5, 10, 20, 30)
"""Seconds before each new try of a transaction while the database is away."""

T = TypeVar("T")
_letter = cast("sa.Table", Letter.__table__)
# Who holds a letter that was taken for UNSURE was slow, not dead, and knows better than who gave it up.
_HELD = sa.or_(_letter.c.state == LetterState.CLAIMED, _letter.c.state == LetterState.UNSURE)


class Claim(NamedTuple):
    """A letter that is ours while its count of claims is the one that our claim gave it."""

    id: int
    number: int
    domain: str


@contextmanager
def of_session() -> Iterator[None]:
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def lasting(step: Callable[[], T], transaction: Callable[[], AbstractContextManager[object]] = of_session) -> T:
    """What `step` gives, committed. Where the database goes away in the middle it is done anew, so a step must be
    one that may be done twice: nobody can tell whether a commit that was not answered took place."""
    for pause in (*PATIENCE, None):
        try:
            with transaction():
                return step()
        except DBAPIError as fault:
            if pause is None or not is_passing(fault):
                raise
            time.sleep(pause)
    raise AssertionError


def is_passing(fault: BaseException) -> bool:
    """Whether it is the connection to the database that failed, or a lock that did not come, and not what was asked."""
    return isinstance(fault, DBAPIError) and (
        fault.connection_invalidated or isinstance(fault, (sa.exc.OperationalError, sa.exc.InterfaceError))
    )


def requeue_expired() -> None:
    """Takes back what senders held that have not been heard of since."""

    def take_back() -> None:
        expired = sa.and_(Letter.state == LetterState.CLAIMED, Letter.lease_until < clock.now())
        handed_over = Letter.handed_over_at.is_not(None)
        ledger = db.session.connection()
        update(ledger, expired, handed_over, state=LetterState.UNSURE, lease_until=None, last_error=reasons.STOPPED)
        update(ledger, expired, ~handed_over, state=Letter.returns_to, lease_until=None)

    lasting(take_back)


def claim(most: int, limits: pace.Limits = pace.Limits()) -> list[Claim]:  # noqa: B008 - it never changes
    """Makes up to `most` due letters ours, the most urgent first; each goes to one claimer, whoever else asks at this
    moment."""
    return lasting(lambda: _claim(most, limits))


def _claim(most: int, limits: pace.Limits) -> list[Claim]:
    room = pace.Room(limits) if limits else None
    if room is not None and room.of_server is not None:
        most = min(most, room.of_server)
    found: list[sa.Row[int, str]] = []
    for priority in Priority:
        if len(found) < most:
            due = _due(priority, most - len(found), room.full if room else [])
            found += [row for row in db.session.execute(due).all() if room is None or room.take(row.domain)]
    if not found:
        return []
    claimed = db.session.execute(
        sa.update(Letter)
        .where(Letter.id.in_([row.id for row in found]))
        .values(state=LetterState.CLAIMED, lease_until=clock.now() + LEASE, claims=Letter.claims + 1)
        .returning(Letter.id, Letter.claims, Letter.domain)
        .execution_options(synchronize_session=False)
    ).all()
    if room is not None:
        room.count()
    order = {row.id: place for place, row in enumerate(found)}
    return sorted((Claim(*row) for row in claimed), key=lambda ours: order[ours.id])


def _due(priority: Priority, most: int, full: Iterable[str]) -> sa.Select[int, str]:
    """One priority at a time is one stretch of `ix_letter_due`, however many wait for later in the others."""
    return (
        sa.select(Letter.id, Letter.domain)
        .where(Letter.state == LetterState.QUEUED, Letter.priority == priority, Letter.not_before <= clock.now())
        .where(Letter.domain.not_in(pace.resting()), *([Letter.domain.not_in(full)] if full else []))
        .order_by(Letter.not_before, Letter.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Letter)  # SQLite has no such clause and needs none: it has one writer.
    )


def give_back(ledger: sa.Connection, claims: Iterable[Claim]) -> None:
    """Letters that were not tried after all wait as before."""
    for ours in claims:
        update(ledger, is_ours(ours), Letter.handed_over_at.is_(None), state=Letter.returns_to, lease_until=None)


def is_ours(ours: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(Letter.id == ours.id, Letter.claims == ours.number, _HELD)


def update(ledger: sa.Connection, *conditions: sa.ColumnElement[bool], **values: object) -> bool:
    return bool(ledger.execute(sa.update(_letter).where(*conditions).values(values)).rowcount)


class Change(NamedTuple):
    """What becomes of a letter: values of its columns."""

    ours: Claim
    values: dict[str, object]


def change(ledger: sa.Connection, changes: Sequence[Change]) -> set[int]:
    """Writes them down in one statement, since each is a word to the database and back; the numbers of the letters
    that were still ours."""
    if not changes:
        return set()
    given: dict[str, object] = {}
    for place, (ours, values) in enumerate(changes):
        given |= {f"id_{place}": ours.id, f"claims_{place}": ours.number}
        given |= {f"{name}_{place}": value for name, value in values.items()}
    return set(ledger.execute(_change(*(tuple(each.values) for each in changes)), given).scalars())


@cache
def _change(*columns: tuple[str, ...]) -> sa.Update:
    """Made once for letters of which these columns change, since to put it together costs more than to run it."""
    of_letters = [_letter.c.id == sa.bindparam(f"id_{place}") for place in range(len(columns))]
    are_ours = [is_it & (_letter.c.claims == sa.bindparam(f"claims_{n}")) for n, is_it in enumerate(of_letters)]

    def value(column: sa.Column[Any]) -> sa.Case[Any]:
        return sa.case(*(
            (of_letters[place], sa.bindparam(f"{column.name}_{place}", type_=column.type))
            for place, names in enumerate(columns) if column.name in names
        ), else_=column)  # fmt: skip

    changed = {name: value(_letter.c[name]) for names in columns for name in names}
    return sa.update(_letter).where(sa.or_(*are_ours), _HELD).values(changed).returning(_letter.c.id)
