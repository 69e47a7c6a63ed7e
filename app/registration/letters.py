"""The letters about one's own registration: confirm it, here it is again, confirm another address."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.lib.tokens import new_token
from app.lib.urls import absolute, interface_language
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration.models import Purpose, Registration, RegistrationState

CONFIRM, KNOWN, NEW_ADDRESS = "registration.confirm", "registration.known", "registration.new-address"
MOST_AN_HOUR = 5
"""Letters of one kind that others, by filling in the form, can have sent to a registered address."""


def write_again(registration: Registration) -> None:
    """What an address hears that is entered again: the question once more, or where its registration is."""
    kind = KNOWN if registration.is_confirmed else CONFIRM
    lately = db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(
        Letter.recipient == registration.email,
        Letter.kind == kind,
        Letter.key.startswith(f"{kind}:{registration.id}:"),
        Letter.created_at > clock.now() - timedelta(hours=1),
    ))  # fmt: skip
    if (lately or 0) < MOST_AN_HOUR:
        _write(kind, registration, registration.email)


def ask_to_confirm(registration: Registration) -> None:
    _write(CONFIRM, registration, registration.email)


def ask_new_address(registration: Registration) -> None:
    _write(NEW_ADDRESS, registration, registration.new_email)


def _write(kind: str, registration: Registration, recipient: str) -> None:
    enqueue(
        kind,
        # Each is asked for by a person and sent each time, so its key is its own.
        f"{registration.id}:{registration.attempt}:{new_token()}",
        recipient,
        recipient_name=registration.name,
        language=registration.language,
        registration=registration.id,
        attempt=registration.attempt,
    )


@renders(CONFIRM)
def _confirm(letter: Letter) -> Content:
    registration = _of(letter)
    if registration.state is not RegistrationState.PENDING or registration.attempt != letter.payload["attempt"]:
        raise Stale("the registration does not wait for a confirmation any more")
    if registration.email != letter.recipient:
        raise Stale("the address was mended")
    subject = _("Please confirm: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "confirm", subject, "registration.confirm")


@renders(KNOWN)
def _known(letter: Letter) -> Content:
    registration = _of(letter)
    if not registration.is_confirmed or registration.email != letter.recipient:
        raise Stale("the address holds no confirmed registration any more")
    subject = _("You are registered: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "known", subject, "personal.page")


@renders(NEW_ADDRESS)
def _new_address(letter: Letter) -> Content:
    registration = _of(letter)
    if registration.new_email != letter.recipient:
        raise Stale("another address was given since, or none is wanted")
    subject = _("Confirm your new address: %(event)s", event=chosen(registration.event.title))
    return _written(letter, registration, "new_address", subject, "personal.new_address", Purpose.NEW_ADDRESS)


def _of(letter: Letter) -> Registration:
    registration = db.session.get(Registration, letter.payload["registration"])
    if registration is None:
        raise Stale("the registration is gone")
    return registration


def _written(
    letter: Letter, registration: Registration, template: str, subject: str, endpoint: str,
    purpose: Purpose = Purpose.PAGE,
) -> Content:  # fmt: skip
    event = registration.event
    link = absolute(endpoint, lang=interface_language(letter.language), token=registration.token(purpose))
    return compose(
        f"registration/mail/{template}", subject, reply_to=event.reply_to,
        registration=registration, event=event, link=link,
    )  # fmt: skip
