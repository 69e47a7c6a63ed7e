"""Registering without an account: a form asks for a place, the mailed link makes it one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db, lock_row
from app.lib import clock
from app.mail.suppression import allow
from app.registration import admission, bookings, codes, letters, links, places, questions, waitlist
from app.registration.agenda import touch
from app.registration.models import (
    LASTING,
    NeedKind,
    Origin,
    Places,
    Purpose,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from app.registration.signals import registration_cancelled
from app.schedule.models import EventSession


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person says in the form; the address is normalised."""

    name: str
    email: str
    country: str
    language: str
    zone: str
    code: str = ""
    sessions: tuple[EventSession, ...] = ()
    """Sessions with places that they want to book."""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """By the number of the question."""
    needs: tuple[tuple[NeedKind, str, str], ...] = ()
    """Kind, language and note of what they need to follow."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry. Only `full` may be shown: the rest would tell who is registered."""

    held: Registration | None = None
    """The registration that this entry, and no earlier one, made or brought back."""
    full: bool = False
    """There was no place to be had at once."""


class CodeRefused(Exception):  # noqa: N818 - a rule of the house
    """The event asks for a code, and this one lets nobody in, or not this address."""


def register(event: Event, entry: Entry, origin: Origin = Origin.FORM) -> Outcome:
    """Asks for a place, and the address to confirm. Raises CodeRefused.

    An address that is on the way already gets its letter again and keeps everything else as it is: whoever fills in
    the form has proved nothing.
    """
    line = places.lock(event)
    # Before anything else, since what a registered address hears must not tell a guesser that it is registered.
    code_id = _admit(event, entry)
    registration = of_address(event, entry.email)
    if registration is not None and registration.is_live:
        letters.write_again(registration)
        return Outcome(full=not places.any_left(event))
    registration = _written(event, registration, entry, origin, code_id)
    _put_in_line(registration, line, entry.sessions)
    questions.store(registration, entry.answers, entry.needs)
    letters.tell_standing(registration)
    return outcome_of(registration)


def outcome_of(registration: Registration) -> Outcome:
    """Of a registration on the way; who waits for an organiser's word hears no more than a registered address."""
    is_asking = registration.state is RegistrationState.REQUESTED
    full = not places.any_left(registration.event) if is_asking else not registration.holds_place
    return Outcome(held=registration, full=full)


def enter(event: Event, entry: Entry, origin: Origin, *, tell: bool = True) -> Registration:
    """For somebody whose word an organiser has: a place for good while there are any, else the waiting list.

    An address that is on the way already stays as it is.
    """
    line = places.lock(event)
    registration = of_address(event, entry.email) if entry.email else None
    if registration is not None and registration.is_live:
        return registration
    registration = _written(event, registration, entry, origin, None)
    waitlist.join(registration, line)
    questions.store(registration, entry.answers, entry.needs)
    if registration.state is RegistrationState.PENDING:
        waitlist.settle(registration, tell=tell)
        _book(registration, entry.sessions)
    elif tell:
        letters.tell_standing(registration)
    return registration


def _admit(event: Event, entry: Entry) -> int | None:
    if not admission.terms(event).by_code:
        return None
    code = codes.opening(event, entry.code, entry.email)
    if code is None:
        raise CodeRefused
    return code.id


def _written(
    event: Event, registration: Registration | None, entry: Entry, origin: Origin, code_id: int | None
) -> Registration:
    """The row of a new person, or of one who comes back, with what was said this time."""
    if registration is None:
        registration = Registration(event=event, email=entry.email)
        registration.links = [RegistrationLink(purpose=purpose) for purpose in LASTING]
        db.session.add(registration)
    else:
        registration.attempt += 1
        registration.new_email = ""
        registration.unsubscribed_at = registration.cancelled_at = registration.confirmed_at = None
        links.revoke(registration, Purpose.NEW_ADDRESS)
    registration.name, registration.country = entry.name, entry.country
    registration.language, registration.zone = entry.language, entry.zone
    registration.origin, registration.code_id = origin, code_id
    registration.consented_at = clock.now()
    touch(registration)
    return registration


def _put_in_line(registration: Registration, line: Places, sessions: tuple[EventSession, ...] = ()) -> None:
    if admission.terms(registration.event).by_approval:
        registration.state = RegistrationState.REQUESTED
        db.session.flush()
        return
    waitlist.join(registration, line)
    if registration.holds_place:
        _book(registration, sessions)


def _book(registration: Registration, sessions: tuple[EventSession, ...]) -> None:
    for session in sorted(sessions, key=lambda session: session.id):
        if bookings.needs_booking(session) and bookings.is_open(session):
            bookings.book(registration, session)


def send_link(event: Event, email: str) -> None:
    """Writes to an address that is on the way where its registration is; to any other, nothing."""
    registration = of_address(event, email)
    if registration is not None and registration.is_live:
        letters.write_again(registration)


def send_links(email: str) -> None:
    """The same for every event that is still to come or going on."""
    events = sa.select(Event).join(Registration).where(Registration.email == email).order_by(Event.id)
    for event in db.session.scalars(events).all():
        if clock.now() < event.over_at:
            send_link(event, email)


def confirm(registration: Registration) -> bool:
    """Makes a held place one's own; True when it is, now or since before. What has ended needs `renew`."""
    lock(registration)
    allow(registration.email)  # The letter with the link came.
    if registration.state is RegistrationState.PENDING:
        waitlist.settle(registration)
    return registration.is_confirmed


def renew(registration: Registration) -> bool:
    """Back after lapsing or cancelling, for someone whose link proves the address; False when there is no place yet."""
    line = places.lock(registration.event)
    lock(registration)
    allow(registration.email)
    if not registration.is_live and admission.lets_back_in(registration):
        registration.attempt += 1
        registration.cancelled_at = None
        _put_in_line(registration, line)
        if registration.state is not RegistrationState.PENDING:
            letters.tell_standing(registration)
    if registration.state is RegistrationState.PENDING:
        waitlist.settle(registration)
    return registration.is_confirmed


def approve(registration: Registration) -> None:
    """Lets somebody who asked have a place, or a place on the waiting list. Doing it again changes nothing."""
    line = places.lock(registration.event)
    lock(registration)
    if registration.state is RegistrationState.REQUESTED:
        waitlist.join(registration, line)
        letters.tell_standing(registration)


def decline(registration: Registration) -> None:
    """Tells somebody who asked that there is no place for them. Doing it again changes nothing."""
    lock(registration)
    if registration.state is RegistrationState.REQUESTED:
        registration.state = RegistrationState.DECLINED
        db.session.flush()
        letters.tell_standing(registration)


def cancel(registration: Registration, *, by_organiser: bool = False) -> None:
    """Gives the place back, or leaves the waiting list; whoever is next is offered it. Again changes nothing."""
    places.lock(registration.event)
    lock(registration)
    if not registration.is_live:
        return
    was_confirmed, held = registration.is_confirmed, registration.holds_place
    registration.state, registration.held_until = RegistrationState.CANCELLED, None
    registration.queue_number = None
    registration.cancelled_at = clock.now()
    touch(registration)
    if held:
        places.free(registration.event)
        waitlist.serve(registration.event)
        bookings.give_up_all([registration])
    db.session.flush()
    if was_confirmed or by_organiser:
        registration_cancelled.send(registration)


def change(registration: Registration, *, name: str, country: str, language: str, zone: str) -> None:
    registration.name, registration.country = name, country
    registration.language, registration.zone = language, zone
    touch(registration)
    db.session.flush()


def stop_reminders(registration: Registration) -> None:
    """Letters about their own acts, and about cancellations, still come."""
    registration.unsubscribed_at = registration.unsubscribed_at or clock.now()
    db.session.flush()


def resume_reminders(registration: Registration) -> None:
    registration.unsubscribed_at = None
    db.session.flush()


def lock(registration: Registration) -> None:
    """Reads the row anew and lets nobody else change it until the transaction ends."""
    lock_row(registration)


# Questions.


def of_address(event: Event, email: str) -> Registration | None:
    return db.session.scalar(
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.email == email)
        .execution_options(populate_existing=True)
    )


def counts_by_state(event: Event) -> dict[RegistrationState, int]:
    found = db.session.execute(
        sa.select(Registration.state, sa.func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.state)
    )
    return dict.fromkeys(RegistrationState, 0) | {row.state: row[1] for row in found}
