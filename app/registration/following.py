"""Agendas and bookings follow their sessions out of the programme, back into it, into others and into two.

Written by the database for everyone at once, since a session may be on thousands of agendas.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.registration import bookings, places
from app.registration.models import (
    AgendaItem,
    Booking,
    Claim,
    FormerAgendaItem,
    Places,
    Registration,
    RegistrationState,
)
from app.schedule.models import EventSession, FormerSession
from app.schedule.signals import session_left, session_merged, session_returned, session_split

_ORDER = {Claim.BOOKED: 0, Claim.OFFERED: 1, Claim.WAITING: 2}


@session_left.connect
def _leave(session: EventSession, *, former: FormerSession) -> None:
    booked = sa.exists().where(
        Booking.registration_id == AgendaItem.registration_id, Booking.session_id == session.id,
        Booking.claim == Claim.BOOKED,
    )  # fmt: skip
    had = sa.select(AgendaItem.registration_id, sa.literal(former.id), booked).where(
        AgendaItem.session_id == session.id
    )
    columns = ["registration_id", "former_id", "was_booked"]
    db.session.execute(sa.insert(FormerAgendaItem).from_select(columns, had))


@session_returned.connect
def _return(session: EventSession, *, former: FormerSession) -> None:
    """Within a flush, which writes these rows after the session that they are of."""
    had = sa.select(FormerAgendaItem.registration_id).where(FormerAgendaItem.former_id == former.id)
    for registration_id in db.session.scalars(had):
        db.session.add(AgendaItem(registration_id=registration_id, session=session))


@session_merged.connect
def _go_along(session: EventSession, *, into: EventSession, former: FormerSession | None) -> None:
    lines = {each.id: places.lock(each) for each in sorted((session, into), key=lambda each: each.id)}
    who = _meant_to_come(session)
    if bookings.needs_booking(into):
        who = _book(who, into, lines[into.id])
    _put_on_agenda(who, into)
    _forget_what_was_loaded()


def _meant_to_come(session: EventSession) -> list[int]:
    """The numbers of the confirmed registrations that booked, chose or wait, in the order of their claims."""
    confirmed = Registration.state == RegistrationState.CONFIRMED
    claims = db.session.execute(
        sa.select(Booking.registration_id, Booking.claim)
        .join(Registration).where(Booking.session_id == session.id, confirmed).order_by(Booking.number, Booking.id)
    ).all()  # fmt: skip
    chosen = db.session.scalars(
        sa.select(AgendaItem.registration_id)
        .join(Registration).where(AgendaItem.session_id == session.id, confirmed)
        .order_by(AgendaItem.added_at, AgendaItem.id)
    )  # fmt: skip
    order = dict.fromkeys(chosen, 1)
    order |= {registration_id: _ORDER[claim] for registration_id, claim in claims}
    return sorted(order, key=lambda registration_id: order[registration_id])


def _book(who: Iterable[int], session: EventSession, line: Places) -> list[int]:
    """Places for as many as there are, the waiting list for the others; answers who has a place. `line` is locked."""
    had = set(db.session.scalars(sa.select(Booking.registration_id).where(Booking.session_id == session.id)))
    left = 0 if places.number_waiting(session) else places.room(session, line) or 0
    booked: list[int] = []
    for registration_id in who:
        if registration_id in had:
            continue
        booking = Booking(registration_id=registration_id, session=session, claim=Claim.WAITING)
        if len(booked) < left:
            booking.claim = Claim.BOOKED
            line.taken += 1
            booked.append(registration_id)
        else:
            booking.number = places.next_number(line)
        db.session.add(booking)
    db.session.flush()
    return booked


def _put_on_agenda(who: Iterable[int], session: EventSession) -> None:
    has = set(db.session.scalars(sa.select(AgendaItem.registration_id).where(AgendaItem.session_id == session.id)))
    rows = [
        {"registration_id": number, "session_id": session.id, "added_at": clock.now()}
        for number in who if number not in has
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(AgendaItem), rows)


@session_split.connect
def _go_on(session: EventSession, *, second: EventSession) -> None:
    lines = [places.lock(each) for each in (session, second)] if bookings.needs_booking(session) else []
    chosen = sa.select(AgendaItem.registration_id, sa.literal(second.id), AgendaItem.added_at).where(
        AgendaItem.session_id == session.id
    )
    columns = ["registration_id", "session_id", "added_at"]
    db.session.execute(sa.insert(AgendaItem).from_select(columns, chosen))
    if lines:
        _book_both(session, second, *lines)
    _forget_what_was_loaded()


def _book_both(session: EventSession, second: EventSession, line: Places, second_line: Places) -> None:
    """As many places, the same people in them, and the same waiting list; who is offered the first waits for this."""
    for booking in db.session.scalars(sa.select(Booking).where(Booking.session_id == session.id)).all():
        is_booked = booking.claim is Claim.BOOKED
        second_line.taken += is_booked
        db.session.add(Booking(
            registration_id=booking.registration_id, session=second, created_at=booking.created_at,
            claim=Claim.BOOKED if is_booked else Claim.WAITING, number=None if is_booked else booking.number,
        ))  # fmt: skip
    second_line.last_number = line.last_number
    db.session.flush()
    bookings.serve(second)


def _forget_what_was_loaded() -> None:
    """Registrations that this transaction has read know nothing of rows written past them."""
    for row in db.session.identity_map.values():
        if isinstance(row, Registration):
            db.session.expire(row, ["agenda", "bookings"])
