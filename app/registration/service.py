"""Registering without an account: a form holds a place, the mailed link makes it one's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.registration import letters, places
from app.registration.models import LASTING, Purpose, Registration, RegistrationLink, RegistrationState
from app.registration.signals import registration_cancelled, registration_confirmed

HOLD = timedelta(days=2)
"""How long an unconfirmed registration keeps its place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person says in the form; the address is normalised."""

    name: str
    email: str
    country: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry. Only `full` may be shown: the rest would tell who is registered."""

    held: Registration | None = None
    """The registration that this entry, and no earlier one, got a place for."""
    full: bool = False


def is_open(event: Event) -> bool:
    return event.state is EventState.PUBLISHED and event.takes_place and clock.now() < event.over_at


def register(event: Event, entry: Entry) -> Outcome:
    """Holds a place and asks the address to confirm.

    An address that has one already gets its letter again and keeps everything else as it is: whoever fills in the
    form has proved nothing.
    """
    places.lapse(event.id)
    registration = of_address(event, entry.email)
    if registration is not None and registration.holds_place:
        letters.write_again(registration)
        return Outcome(full=not places.any_left(event))
    if not places.take(event):
        return Outcome(full=True)
    if registration is None:
        registration = Registration(event=event, email=entry.email, consented_at=clock.now())
        registration.links = [RegistrationLink(purpose=purpose) for purpose in LASTING]
        db.session.add(registration)
    else:
        registration.attempt += 1
        registration.new_email = ""
        registration.unsubscribed_at = registration.cancelled_at = registration.confirmed_at = None
        revoke(registration, Purpose.NEW_ADDRESS)
    registration.name, registration.country = entry.name, entry.country
    registration.language, registration.zone = entry.language, entry.zone
    registration.state, registration.held_until = RegistrationState.PENDING, clock.now() + HOLD
    registration.consented_at = clock.now()
    touch(registration)
    db.session.flush()
    letters.ask_to_confirm(registration)
    return Outcome(held=registration)


def send_link(event: Event, email: str) -> None:
    """Writes to an address that holds a place where its registration is; to any other, nothing."""
    registration = of_address(event, email)
    if registration is not None and registration.holds_place:
        letters.write_again(registration)


def confirm(registration: Registration) -> bool:
    """Makes a held place one's own; True when it is, now or since before. What has ended needs `renew`."""
    lock(registration)
    if registration.state is RegistrationState.PENDING:
        _settle(registration)
    return registration.is_confirmed


def renew(registration: Registration) -> bool:
    """A place again after lapsing or cancelling, for someone whose link proves the address; False when full."""
    places.lapse(registration.event_id)
    lock(registration)
    if registration.state is RegistrationState.PENDING:
        _settle(registration)
    if registration.is_confirmed:
        return True
    if not places.take(registration.event):
        return False
    registration.attempt += 1
    registration.cancelled_at = None
    _settle(registration)
    return True


def _settle(registration: Registration) -> None:
    registration.state, registration.held_until = RegistrationState.CONFIRMED, None
    registration.confirmed_at = clock.now()
    touch(registration)
    db.session.flush()
    registration_confirmed.send(registration)


def cancel(registration: Registration) -> None:
    """Gives the place back. Doing it again changes nothing."""
    places.lock(registration.event_id)
    lock(registration)
    if not registration.holds_place:
        return
    was_confirmed = registration.is_confirmed
    registration.state, registration.held_until = RegistrationState.CANCELLED, None
    registration.cancelled_at = clock.now()
    touch(registration)
    places.free(registration.event_id)
    db.session.flush()
    if was_confirmed:
        registration_cancelled.send(registration)


def lapse_holds() -> int:
    """Frees the places of all events that were not confirmed in time; for the worker. Returns how many."""
    events = db.session.scalars(
        sa.select(Registration.event_id)
        .where(Registration.state == RegistrationState.PENDING, Registration.held_until <= clock.now())
        .distinct()
        .order_by(Registration.event_id)
    ).all()
    return sum(places.lapse(event_id) for event_id in events)


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
    db.session.refresh(registration, with_for_update=True)


def touch(registration: Registration) -> None:
    """Tells the personal feed that it says something else now, and differently for each change within a second."""
    before: datetime | None = registration.agenda_changed_at
    registration.agenda_changed_at = max(clock.now(), before + timedelta(seconds=1)) if before else clock.now()


# Private links.


def by_token(token: str, purpose: Purpose) -> Registration | None:
    """The registration that a link in force belongs to."""
    link = link_of(token, purpose)
    return link.registration if link and link.revoked_at is None else None


def link_of(token: str, purpose: Purpose) -> RegistrationLink | None:
    """The link, revoked or not, with its registration and event."""
    return db.session.scalar(
        sa.select(RegistrationLink)
        .where(RegistrationLink.token == token, RegistrationLink.purpose == purpose)
        .options(orm.joinedload(RegistrationLink.registration).joinedload(Registration.event))
    )


def revoke(registration: Registration, *purposes: Purpose) -> None:
    for link in registration.links:
        if link.purpose in purposes and link.revoked_at is None:
            link.revoked_at = clock.now()


def replace_links(registration: Registration, *purposes: Purpose) -> None:
    """Ends the links of these purposes and makes new ones."""
    revoke(registration, *purposes)
    registration.links.extend(RegistrationLink(purpose=purpose) for purpose in purposes)
    touch(registration)
    db.session.flush()


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
