"""Another address for a registration: mended before it is confirmed, changed and proved afterwards."""

from datetime import datetime
from typing import NamedTuple

from app.events.models import Event
from app.extensions import db
from app.mail.suppression import SAID_BY_SERVERS, allow, suppression_of
from app.registration import codes, erasure, letters, places
from app.registration.links import replace_links, revoke
from app.registration.models import LASTING, AccessCode, Purpose, Registration
from app.registration.service import (
    CodeRefused,
    Entry,
    Outcome,
    cancel,
    lock,
    of_address,
    outcome_of,
    register,
)  # fmt: skip
from app.registration.signals import address_changed


class Hold(NamedTuple):
    """A place that one filling-in of the form got."""

    registration: int
    attempt: int


def correct(event: Event, hold: Hold | None, entry: Entry) -> Outcome:
    """The same entry with a mended address. `hold` is what the mistyped one got, if anything.

    The held place moves with it, and the links that went to the wrong address end. An address that has a
    registration of its own is told so by letter, as after any form, and the held place is given back. Raises
    CodeRefused for an invitation that was sent to the first address alone.
    """
    places.lock(event)
    held = db.session.get(Registration, hold.registration) if hold else None
    if hold is None or held is None or held.event_id != event.id:
        return register(event, entry)
    lock(held)
    if held.is_confirmed or not held.is_live or held.attempt != hold.attempt:
        return register(event, entry)
    code = db.session.get(AccessCode, held.code_id) if held.code_id else None
    if code is not None and not codes.is_for(code, entry.email):
        raise CodeRefused
    if of_address(event, entry.email) is not None:
        cancel(held)
        return register(event, entry)
    held.email = entry.email
    replace_links(held, *LASTING)
    letters.tell_standing(held)
    return outcome_of(held)


def fails_since(registration: Registration) -> datetime | None:
    """Since when nothing is sent there, because a server said that it does not work. Only who has the private link may
    be told: on any other page it would tell a stranger who was written to."""
    found = suppression_of(registration.email) if registration.email else None
    return found.created_at if found and found.grounds in SAID_BY_SERVERS else None


def ask(registration: Registration, email: str) -> None:
    """Writes to another address, which replaces the present one when its owner follows the link.

    One that is registered itself gets its own letter again, and nobody here learns of it.
    """
    registration.new_email = email
    # Made in either case, since whoever asks can see the dates of their links.
    replace_links(registration, Purpose.NEW_ADDRESS)
    other = of_address(registration.event, email)
    if other is not None and other.is_live:
        letters.write_again(other)
    else:
        letters.ask_new_address(registration)
    db.session.flush()


def withdraw(registration: Registration) -> None:
    """Stays with the present address."""
    registration.new_email = ""
    revoke(registration, Purpose.NEW_ADDRESS)
    db.session.flush()


def prove(registration: Registration) -> bool:
    """The owner of `new_email` followed the link. False when that address has meanwhile got a place of its own."""
    places.lock(registration.event)
    lock(registration)
    previous, email = registration.email, registration.new_email
    other = of_address(registration.event, email)
    if other is not None and other is not registration:
        if other.is_live:
            return False
        # An ended registration of the same person makes way.
        erasure.remove(other)
    registration.email, registration.new_email = email, ""
    allow(email)
    revoke(registration, Purpose.NEW_ADDRESS)
    replace_links(registration, *LASTING)
    if registration.is_confirmed:
        address_changed.send(registration, previous=previous)
    return True
