"""The places of an event: the only module that takes or frees one, so the count is always the number of holders.

Every function locks the event's row of `Places` first and holds it until the transaction ends. A registration's own
row is locked after it, never before, so that two transactions cannot wait for each other.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.registration.models import Places, Registration, RegistrationState


def take(event: Event) -> bool:
    """Counts one place more, unless the event is full."""
    places = lock(event.id)
    if event.capacity is not None and places.taken >= event.capacity:
        return False
    places.taken += 1
    db.session.flush()
    return True


def free(event_id: int, number: int = 1) -> None:
    lock(event_id).taken -= number
    db.session.flush()


def lapse(event_id: int) -> int:
    """Ends the holds that were not confirmed in time, and frees their places. Returns how many."""
    lock(event_id)
    lapsed = db.session.scalars(
        sa.update(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == RegistrationState.PENDING,
            Registration.held_until <= clock.now(),
        )
        .values(state=RegistrationState.LAPSED)
        .returning(Registration.id)
    ).all()
    if lapsed:
        free(event_id, len(lapsed))
    return len(lapsed)


def any_left(event: Event) -> bool:
    """Whether the next attempt would find a place, as far as one can tell without locking anything."""
    if event.capacity is None:
        return True
    taken = db.session.scalar(sa.select(Places.taken).where(Places.event_id == event.id)) or 0
    if taken < event.capacity:
        return True
    overdue = db.session.scalar(sa.select(sa.func.count()).select_from(Registration).where(
        Registration.event_id == event.id,
        Registration.state == RegistrationState.PENDING,
        Registration.held_until <= clock.now(),
    ))  # fmt: skip
    return taken - (overdue or 0) < event.capacity


def lock(event_id: int) -> Places:
    """The event's row, made with the first registration. PostgreSQL locks the row, SQLite had to lock the file."""
    if row := _locked(event_id):
        return row
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(Places).values(event_id=event_id, taken=0).on_conflict_do_nothing())
    row = _locked(event_id)
    assert row is not None  # noqa: S101 - inserted in the line above, by us or by another transaction
    return row


def _locked(event_id: int) -> Places | None:
    return db.session.scalar(
        sa.select(Places).where(Places.event_id == event_id).with_for_update().execution_options(populate_existing=True)
    )
