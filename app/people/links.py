"""Mailed links: whoever can read the letters to an address may act as its account, once and for a while."""

import enum

from app.extensions import signer
from app.lib.tokens import new_token
from app.lib.urls import absolute
from app.mail.service import enqueue
from app.people import service
from app.people.models import Account

HOUR = 60 * 60


class Purpose(enum.StrEnum):
    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    RESET = "reset"

    @property
    def seconds(self) -> int:
        """How long such a link is good; who was invited may be away for some days."""
        return 7 * 24 * HOUR if self is Purpose.INVITATION else HOUR

    @property
    def endpoint(self) -> str:
        return "people.reset" if self is Purpose.RESET else "people.use_link"


def send(email: str, purpose: Purpose, language: str, target: str | None = None) -> None:
    """Queues the letter for a normal address, whether or not it has an account.

    Who has one is only asked when the letter is written (`letters.py`). So neither the answer to the one who asks nor
    the time it takes can tell.
    """
    enqueue("people.link", new_token(), email, language=language, purpose=purpose.value, target=target)


def address_of_link(account: Account, purpose: Purpose, language: str, target: str | None = None) -> str:
    """The link itself. It ends with the account's version, that is with its use."""
    token = signer.sign(purpose.value, [account.id, account.version])
    return absolute(purpose.endpoint, lang=language, token=token, next=target)


def account_of(token: str, *purposes: Purpose) -> Account | None:
    """The account for which a link was made, locked; None when it is forged, used, too old or for something else."""
    for purpose in purposes:
        said = signer.read(purpose.value, token, purpose.seconds)
        if said is None:
            continue
        number, version = said
        account = service.locked(number)
        return account if account is not None and account.version == version else None
    return None
