"""The places of an event or of a session, and the count of those that are taken.

Whoever takes or frees a place, or joins or leaves a waiting list, locks the row of `Places` first and holds it until
the transaction ends. The order of locks is the event's places, a registration, its sessions' places by their number,
so that two transactions never wait for each other.
"""

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db, insert_into
from app.lib import clock
from app.registration.models import Booking, Claim, Places, Registration, RegistrationState
from app.schedule.models import EventSession

Subject = Event | EventSession


def take(subject: Subject, line: Places) -> bool:
    """Counts one place more for who comes, unless all are taken or somebody waits for the next. `line` is locked."""
    if not has_room(subject, line) or (line.last_number and _any(_waiting(subject))):
        return False
    line.taken += 1
    return True


def next_number(line: Places) -> int:
    """The end of the waiting list, for who finds no place. `line` is locked."""
    line.last_number += 1
    return line.last_number


def free(subject: Subject, number: int = 1) -> None:
    lock(subject).taken -= number
    db.session.flush()


def has_room(subject: Subject, places: Places) -> bool:
    return subject.capacity is None or places.taken < subject.capacity


def room(subject: Subject, places: Places) -> int | None:
    """How many are left; None: as many as come."""
    return None if subject.capacity is None else max(subject.capacity - places.taken, 0)


def any_left(subject: Subject) -> bool:
    """Whether the next to come would get a place at once, as far as one can tell without locking anything."""
    if subject.capacity is None:
        return True
    row = db.session.execute(sa.select(Places.taken, Places.last_number).where(_is_of(subject))).one_or_none()
    taken, numbers = row or (0, 0)
    if taken >= subject.capacity:
        taken -= _count(_overdue(subject))
    return taken < subject.capacity and not (numbers and _any(_waiting(subject)))


def left(subject: Subject) -> int | None:
    """How many would get a place at once, 0 while others wait; None: as many as come."""
    if subject.capacity is None:
        return None
    taken = db.session.scalar(sa.select(Places.taken).where(_is_of(subject))) or 0
    return 0 if _any(_waiting(subject)) else max(subject.capacity - taken, 0)


def number_waiting(subject: Subject) -> int:
    return _count(_waiting(subject))


def position(subject: Subject, number: int | None) -> int:
    """Where a number of the waiting list stands: 1 for the next to be offered a place."""
    column = Registration.queue_number if isinstance(subject, Event) else Booking.number
    return _count(sa.and_(_waiting(subject), column < number)) + 1


def lock(subject: Subject) -> Places:
    """The subject's row, made when it is first needed. PostgreSQL locks the row, SQLite had to lock the file."""
    row = _locked(subject)
    if row is None:
        number = {"event_id": subject.id} if isinstance(subject, Event) else {"session_id": subject.id}
        db.session.execute(insert_into(Places).values(taken=0, last_number=0, **number).on_conflict_do_nothing())
        row = _locked(subject)
        assert row is not None  # noqa: S101 - inserted in the line above, by us or by another transaction
    # Somebody else may have changed the capacity while we waited for the lock.
    db.session.refresh(subject, ["capacity"])
    return row


def _locked(subject: Subject) -> Places | None:
    return db.session.scalar(
        sa.select(Places).where(_is_of(subject)).with_for_update().execution_options(populate_existing=True)
    )


def _is_of(subject: Subject) -> sa.ColumnElement[bool]:
    return Places.event_id == subject.id if isinstance(subject, Event) else Places.session_id == subject.id


def _overdue(subject: Subject) -> sa.ColumnElement[bool]:
    if isinstance(subject, Event):
        return sa.and_(
            Registration.event_id == subject.id, Registration.state == RegistrationState.PENDING,
            Registration.held_until <= clock.now(),
        )  # fmt: skip
    return sa.and_(Booking.session_id == subject.id, Booking.claim == Claim.OFFERED, Booking.held_until <= clock.now())


def _waiting(subject: Subject) -> sa.ColumnElement[bool]:
    if isinstance(subject, Event):
        return sa.and_(Registration.event_id == subject.id, Registration.state == RegistrationState.WAITING)
    return sa.and_(Booking.session_id == subject.id, Booking.claim == Claim.WAITING)


def _count(condition: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(condition)) or 0


def _any(condition: sa.ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(condition))))
