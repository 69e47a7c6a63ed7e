"""The letters about one's own registration: confirm it, here it is again, what became of the wait for a place."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.lib.tokens import new_token
from app.lib.urls import absolute, interface_language
from app.mail.facts import read_ahead
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration import places
from app.registration.models import Booking, Claim, Purpose, Registration, RegistrationState
from app.schedule.models import EventSession

CONFIRM, KNOWN, NEW_ADDRESS = "registration.confirm", "registration.known", "registration.new-address"
REQUESTED, DECLINED, WAITING = "registration.requested", "registration.declined", "registration.waiting"
OFFER, PASSED_ON = "registration.offer", "registration.passed-on"
BOOKING_OFFER, BOOKING_PASSED_ON = "registration.booking-offer", "registration.booking-passed-on"
MOST_AN_HOUR = 5
"""Letters of one kind that others, by filling in the form, can have sent to a registered address."""


def write_again(registration: Registration) -> bool:
    """What an address hears that is entered again: the question once more, or where its registration is.

    False when it had as many lately as one may cause.
    """
    kind = KNOWN if registration.is_confirmed else _kind_of(registration)
    lately = db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(
        Letter.recipient == registration.email,
        Letter.kind == kind,
        Letter.key.startswith(f"{kind}:{registration.id}:"),
        Letter.created_at > clock.now() - timedelta(hours=1),
    ))  # fmt: skip
    if (lately or 0) >= MOST_AN_HOUR:
        return False
    _write_once_more(kind, registration, registration.email)
    return True


def tell_standing(registration: Registration) -> None:
    """What became of a request: confirm the held place, wait, or no."""
    _write_once_more(_kind_of(registration), registration, registration.email)


def _kind_of(registration: Registration) -> str:
    if registration.is_offered:
        return OFFER
    return {
        RegistrationState.PENDING: CONFIRM, RegistrationState.WAITING: WAITING,
        RegistrationState.REQUESTED: REQUESTED, RegistrationState.DECLINED: DECLINED,
    }[registration.state]  # fmt: skip


def ask_new_address(registration: Registration) -> None:
    _write_once_more(NEW_ADDRESS, registration, registration.new_email)


def offer(registration: Registration) -> None:
    _write(OFFER, _version(registration), registration, registration.email)


def tell_passed_on(registration: Registration) -> None:
    _write(PASSED_ON, _version(registration), registration, registration.email)


def offer_booking(booking: Booking) -> None:
    registration = booking.registration
    _write(BOOKING_OFFER, str(booking.id), registration, registration.email, booking=booking.id)


def tell_booking_passed_on(booking: Booking) -> None:
    registration = booking.registration
    _write(BOOKING_PASSED_ON, str(booking.id), registration, registration.email, session=booking.session_id)


def _version(registration: Registration) -> str:
    return f"{registration.id}:{registration.attempt}"


def _write_once_more(kind: str, registration: Registration, recipient: str) -> None:
    """Each is asked for by a person and sent each time, so its key is its own."""
    _write(kind, f"{_version(registration)}:{new_token()}", registration, recipient)


def _write(kind: str, key: str, registration: Registration, recipient: str, **more: Any) -> None:
    enqueue(
        kind,
        key,
        recipient,
        recipient_name=registration.name,
        language=registration.language,
        about=f"event:{registration.event_id}",
        registration=registration.id,
        attempt=registration.attempt,
        **more,
    )


@renders(CONFIRM, Priority.AWAITED)
def _confirm(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.PENDING)
    subject = _("Please confirm: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "confirm", subject, "registration.confirm")


@renders(KNOWN, Priority.AWAITED)
def _known(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.CONFIRMED)
    subject = _("You are registered: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "known", subject, "personal.page")


@renders(NEW_ADDRESS, Priority.AWAITED)
def _new_address(letter: Letter) -> Content:
    registration = _of(letter)
    if registration.new_email != letter.recipient:
        raise Stale("another address was given since, or none is wanted")
    subject = _("Confirm your new address: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "new_address", subject, "personal.new_address", Purpose.NEW_ADDRESS)


@renders(REQUESTED)
def _requested(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.REQUESTED)
    subject = _("Your request has come: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "requested", subject, "personal.page")


@renders(DECLINED)
def _declined(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.DECLINED)
    subject = _("No place this time: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "declined", subject, "site.event")


@renders(WAITING)
def _waiting(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.WAITING)
    position = places.position(registration.event, registration.queue_number)
    subject = _("You are on the waiting list: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "waiting", subject, "personal.page", position=position)


@renders(OFFER, Priority.AWAITED)
def _offer(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.PENDING)
    if registration.held_until is None or registration.held_until <= clock.now():
        raise Stale("the offer has run out")
    subject = _("A place is free for you: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "offer", subject, "registration.confirm")


@renders(PASSED_ON)
def _passed_on(letter: Letter) -> Content:
    registration = _expected(letter, RegistrationState.LAPSED)
    subject = _("Your place went to the next person: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "passed_on", subject, "personal.page")


@renders(BOOKING_OFFER, Priority.AWAITED)
def _booking_offer(letter: Letter) -> Content:
    registration = _of(letter)
    booking = db.session.get(Booking, letter.payload["booking"])
    if booking is None or booking.claim is not Claim.OFFERED or registration.email != letter.recipient:
        raise Stale("the place is offered no more")
    if booking.held_until is None or booking.held_until <= clock.now():
        raise Stale("the offer has run out")
    subject = _("A place is free for you: %(event)s", event=chosen(booking.session.title))
    return _written(letter, registration, "booking_offer", subject, "personal.page", booking=booking)


@renders(BOOKING_PASSED_ON)
def _booking_passed_on(letter: Letter) -> Content:
    registration = _of(letter)
    session = db.session.get(EventSession, letter.payload["session"])
    if session is None or not registration.holds_place or registration.email != letter.recipient:
        raise Stale("they have left")
    subject = _("Your place went to the next person: %(event)s", event=chosen(session.title))
    return _written(letter, registration, "booking_passed_on", subject, "personal.page", session=session)


@read_ahead
def _registrations(letters: Sequence[Letter]) -> Sequence[Registration]:
    """Those that letters are about or go to, with what every such letter shows."""
    named = ("registration", "registration_id")
    numbers = {letter.payload[name] for letter in letters for name in named if name in letter.payload}
    numbers |= {letter.payload["number"] for letter in letters if letter.payload.get("role") == "registration"}
    shown = (orm.selectinload(Registration.event), orm.selectinload(Registration.links))
    with_links = sa.select(Registration).options(*shown)
    return db.session.scalars(with_links.where(Registration.id.in_(numbers))).all() if numbers else ()


def _expected(letter: Letter, state: RegistrationState) -> Registration:
    """The registration, if it still stands as it did when the letter was asked for."""
    registration = _of(letter)
    if registration.state is not state or registration.attempt != letter.payload["attempt"]:
        raise Stale("the registration has another state now")
    if registration.email != letter.recipient:
        raise Stale("the address was mended")
    return registration


def _of(letter: Letter) -> Registration:
    registration = db.session.get(Registration, letter.payload["registration"])
    if registration is None:
        raise Stale("the registration is gone")
    return registration


def _written(
    letter: Letter, registration: Registration, template: str, subject: str, endpoint: str,
    purpose: Purpose = Purpose.PAGE, **context: Any,
) -> Content:  # fmt: skip
    event = registration.event
    values = {"event": event.slug} if endpoint.startswith("site.") else {"token": registration.token(purpose)}
    link = absolute(endpoint, lang=interface_language(letter.language), **values)
    return compose(
        f"registration/mail/{template}", subject, reply_to=event.reply_to,
        registration=registration, event=event, link=link, **context,
    )  # fmt: skip
