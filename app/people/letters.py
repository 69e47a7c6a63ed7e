"""The letter with a link to sign in."""

from flask_babel import gettext as _

from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, compose, renders
from app.people import service
from app.people.links import Purpose, address_of_link


@renders("people.link", Priority.AWAITED, kept=False)
def link(letter: Letter) -> Content:
    account = service.by_address(letter.recipient)
    if account is None:
        raise Stale("nobody has an account under this address")
    purpose = Purpose(letter.payload["purpose"])
    subject = {
        Purpose.SIGN_IN: _("Your link to sign in"),
        Purpose.INVITATION: _("You are invited to organise on Polyforum"),
        Purpose.RESET: _("Choose a new password"),
    }[purpose]
    address = address_of_link(account, purpose, letter.language, letter.payload.get("target"))
    return compose(f"people/letter_{purpose.name.lower()}", subject, account=account, address=address)
