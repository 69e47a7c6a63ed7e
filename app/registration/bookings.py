"""Places in sessions that have few: booked, offered when one comes free, or waited for, first come, first served.

Only who has a place in the event has any here. A booked session is on the person's agenda, so that calendar, letters
and reminders know of it.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.events.models import Event, Standing
from app.extensions import db
from app.lib import clock
from app.registration import admission, agenda, letters, places
from app.registration.models import Booking, Claim, Registration
from app.schedule.models import EventSession

LEAST = timedelta(minutes=15)


class Over(Exception):  # noqa: N818 - a rule of the house
    """The session has begun, does not take place, or has no time yet: there is nothing to book."""


def needs_booking(session: EventSession) -> bool:
    return session.capacity is not None


def is_open(session: EventSession) -> bool:
    return session.takes_place and session.starts_at is not None and clock.now() < session.starts_at


def book(registration: Registration, session: EventSession) -> Booking:
    """Books a place, or joins the waiting list. Doing it again changes nothing. Raises Over.

    The caller has locked the registration, and it holds a place in the event.
    """
    if not is_open(session):
        raise Over
    line = places.lock(session)
    if booking := of(registration, session):
        return booking
    taken = places.take(session, line)
    if not taken:
        serve(session)
        taken = places.take(session, line)
    booking = Booking(
        registration=registration, session=session,
        claim=Claim.BOOKED if taken else Claim.WAITING, number=None if taken else places.next_number(line),
    )  # fmt: skip
    db.session.add(booking)
    if taken:
        agenda.add(registration, session)
    db.session.flush()
    return booking


def take(registration: Registration, session: EventSession) -> bool:
    """Makes an offered place one's own; True when it is, now or since before."""
    places.lock(session)
    booking = of(registration, session)
    if booking is not None and booking.claim is Claim.OFFERED:
        booking.claim, booking.held_until, booking.number = Claim.BOOKED, None, None
        agenda.add(registration, session)
        db.session.flush()
    return booking is not None and booking.claim is Claim.BOOKED


def give_up(registration: Registration, session: EventSession) -> None:
    """Frees the place, or leaves the waiting list. Doing it again changes nothing."""
    _give_up(session, Booking.registration_id == registration.id)


def give_up_all(registrations: Sequence[Registration]) -> None:
    """For who has no place in the event any more. Sessions come last, in the order of their number (see `places`)."""
    theirs = Booking.registration_id.in_([registration.id for registration in registrations])
    booked = sa.select(EventSession).where(EventSession.id.in_(sa.select(Booking.session_id).where(theirs)))
    for session in db.session.scalars(booked.order_by(EventSession.id)).all():
        _give_up(session, theirs)


def _give_up(session: EventSession, whose: sa.ColumnElement[bool]) -> None:
    line = places.lock(session)
    for booking in _locked(session, whose):
        if booking.holds_place:
            line.taken -= 1
        if booking.claim is Claim.BOOKED:
            agenda.remove(booking.registration, session)
        booking.registration.bookings.remove(booking)
    db.session.flush()
    serve(session)


def serve(session: EventSession) -> None:
    """Ends the offers that nobody took in time, then offers every free place to who waits longest."""
    line = places.lock(session)
    for booking in _locked(session, (Booking.claim == Claim.OFFERED) & (Booking.held_until <= clock.now())):
        line.taken -= 1
        letters.tell_booking_passed_on(booking)
        db.session.delete(booking)
    db.session.flush()
    if not is_open(session) or not line.last_number:
        return
    hours = timedelta(hours=admission.of(session.event).offer_hours)
    for booking in _locked(session, Booking.claim == Claim.WAITING, places.room(session, line)):
        line.taken += 1
        left = max(((session.starts_at or clock.now()) - clock.now()) / 4, LEAST)
        booking.claim, booking.held_until = Claim.OFFERED, clock.now() + min(hours, left)
        letters.offer_booking(booking)
    db.session.flush()


def _locked(session: EventSession, which: sa.ColumnElement[bool], number: int | None = None) -> Sequence[Booking]:
    """Bookings in the order of the list. Only who has locked the session's places changes any."""
    return db.session.scalars(
        sa.select(Booking)
        .where(Booking.session_id == session.id, which)
        .order_by(Booking.number, Booking.id)
        .limit(number)
        .execution_options(populate_existing=True)
    ).all()


# Questions.


def is_booked(registration: Registration, session: EventSession) -> bool:
    """Whether somebody books the session rather than stars it: it has few places, or had when they booked."""
    return needs_booking(session) or of(registration, session) is not None


def bookable(event: Event, registration: Registration | None = None) -> list[EventSession]:
    """Sessions that are booked and have not begun, for everyone or for somebody, in the order of time."""
    theirs = sa.select(Booking.session_id).where(Booking.registration_id == (registration and registration.id))
    found = db.session.scalars(
        sa.select(EventSession)
        .where(
            EventSession.event_id == event.id, EventSession.capacity.is_not(None) | EventSession.id.in_(theirs),
            EventSession.standing == Standing.CONFIRMED, EventSession.starts_at > clock.now(),
        )
        .order_by(EventSession.starts_at, EventSession.id)
    )  # fmt: skip
    return list(found)


def of_registration(registration: Registration) -> dict[int, Booking]:
    """By the number of the session."""
    rows = db.session.scalars(sa.select(Booking).where(Booking.registration_id == registration.id))
    return {booking.session_id: booking for booking in rows}


def of(registration: Registration, session: EventSession) -> Booking | None:
    return db.session.scalar(
        sa.select(Booking)
        .where(Booking.registration_id == registration.id, Booking.session_id == session.id)
        .execution_options(populate_existing=True)
    )


def may_join(registration: Registration, session: EventSession) -> bool:
    """Whether the ways into a session are this person's: everyone's, or of who has one of its few places."""
    if not needs_booking(session):
        return True
    booking = of(registration, session)
    return booking is not None and booking.claim is Claim.BOOKED


def closed_to(registration: Registration) -> set[int]:
    """The numbers of the sessions of the event that this person may not join: `may_join` for all of them at once."""
    booked = sa.select(Booking.session_id).where(
        Booking.registration_id == registration.id, Booking.claim == Claim.BOOKED
    )
    return set(
        db.session.scalars(
            sa.select(EventSession.id).where(
                EventSession.event_id == registration.event_id, EventSession.capacity.is_not(None),
                EventSession.id.not_in(booked),
            )
        )
    )  # fmt: skip


def position(booking: Booking) -> int:
    """1 for the next to be offered a place."""
    return places.position(booking.session, booking.number)


def overlapping(registration: Registration, session: EventSession) -> list[EventSession]:
    """What else the person booked or waits for while this session runs."""
    if session.starts_at is None:
        return []
    return list(
        db.session.scalars(
            sa.select(EventSession)
            .join(Booking)
            .where(
                Booking.registration_id == registration.id, EventSession.id != session.id,
                EventSession.starts_at < session.ends_at, EventSession.ends_at > session.starts_at,
            )
            .order_by(EventSession.starts_at, EventSession.id)
        )
    )  # fmt: skip


def due() -> list[EventSession]:
    """Sessions with an offer that ran out, or with people who wait."""
    open_lines = sa.select(Booking.session_id).where(
        sa.or_(
            Booking.claim == Claim.WAITING, sa.and_(Booking.claim == Claim.OFFERED, Booking.held_until <= clock.now())
        )
    )
    return list(
        db.session.scalars(sa.select(EventSession).where(EventSession.id.in_(open_lines)).order_by(EventSession.id))
    )
