"""The waiting list of an event: first come, first served, and nobody is passed over.

A place is always *offered*, for a time, and then taken by a press on the mailed link, or passed on. Who comes while
there are places is offered one at once; everyone else gets the next number. `serve` is all that moves the list, and
whatever may free a place calls it in the same transaction: cancelling, the end of an offer, more places, a sweep.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.registration import admission, bookings, letters, places
from app.registration.agenda import touch
from app.registration.models import Places, Registration, RegistrationState
from app.registration.signals import registration_confirmed

HOLD = timedelta(days=2)
"""How long whoever comes while there are places has to confirm."""
LEAST = timedelta(minutes=30)


def join(registration: Registration, line: Places) -> None:
    """Offers a place at once while there are any, else puts the registration at the end of the locked `line`."""
    event = registration.event
    taken = places.take(event, line)
    if not taken:
        serve(event)
        taken = places.take(event, line)
    if taken:
        registration.queue_number = None
        _hold(registration, clock.now() + HOLD)
    else:
        registration.queue_number = places.next_number(line)
        registration.state, registration.held_until = RegistrationState.WAITING, None
    db.session.flush()


def serve(event: Event) -> None:
    """Ends the offers that nobody took in time, then offers every free place to who waits longest."""
    line = places.lock(event)
    lapsed = _lapse(event)
    line.taken -= len(lapsed)
    for registration in lapsed:
        if registration.queue_number is not None:
            registration.queue_number = None
            letters.tell_passed_on(registration)
    if line.last_number and event.state is EventState.PUBLISHED and event.takes_place and clock.now() < event.over_at:
        until = _end_of_offer(event)
        for registration in _first(event, places.room(event, line)):
            line.taken += 1
            if registration.email:
                _hold(registration, until)
                letters.offer(registration)
            else:
                settle(registration)  # Nobody can be asked; an organiser took their word.
    db.session.flush()
    bookings.give_up_all(lapsed)


def _lapse(event: Event) -> list[Registration]:
    overdue = db.session.scalars(
        sa.select(Registration)
        .where(
            Registration.event_id == event.id, Registration.state == RegistrationState.PENDING,
            Registration.held_until <= clock.now(),
        )
        .order_by(Registration.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    for registration in overdue:
        registration.state, registration.held_until = RegistrationState.LAPSED, None
    return list(overdue)


def _first(event: Event, number: int | None) -> list[Registration]:
    """Who waits longest. Locked by the event's places: nobody else changes a waiting registration's state."""
    return list(
        db.session.scalars(
            sa.select(Registration)
            .where(Registration.event_id == event.id, Registration.state == RegistrationState.WAITING)
            .order_by(Registration.queue_number)
            .limit(number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _end_of_offer(event: Event) -> datetime:
    """Near the event an offer is short, so that no place stays empty for want of a word."""
    left = max((event.begins_at - clock.now()) / 4, LEAST)
    return clock.now() + min(timedelta(hours=admission.of(event).offer_hours), left)


def _hold(registration: Registration, until: datetime) -> None:
    registration.state, registration.held_until = RegistrationState.PENDING, until


def settle(registration: Registration, *, tell: bool = True) -> None:
    """Makes a held place one's own."""
    registration.state, registration.held_until = RegistrationState.CONFIRMED, None
    registration.queue_number = None
    registration.confirmed_at = clock.now()
    touch(registration)
    db.session.flush()
    if tell:
        registration_confirmed.send(registration)


def position(registration: Registration) -> int:
    """1 for the next to be offered a place."""
    return places.position(registration.event, registration.queue_number)


def due() -> list[Event]:
    """Events with an offer that ran out, or with people who wait for places that came free unnoticed."""
    overdue = sa.select(Registration.event_id).where(
        Registration.state == RegistrationState.PENDING, Registration.held_until <= clock.now()
    )
    waiting = sa.select(Registration.event_id).where(Registration.state == RegistrationState.WAITING)
    lines = sa.or_(Event.id.in_(overdue), sa.and_(Event.id.in_(waiting), Event.ends_on >= clock.ago(days=2).date()))
    return list(db.session.scalars(sa.select(Event).where(lines).order_by(Event.id)))
