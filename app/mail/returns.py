"""Return addresses that say what came back (VERP): the local part of MAIL_FROM, `+`, and a mark.

A mark is a letter for its purpose, a number and a short mac of both: nothing has to be kept to read it, and nobody
can make one up and so speak of other people's letters. Servers on the way may change the case of a local part.
"""

import base64
import enum
import hashlib
import hmac
import re

from flask import current_app

from app.mail.models import Letter
from app.mail.service import own_address

MAC = 13
"""Characters of base 32 in the mac: 65 bits."""
LONGEST_LOCAL_PART = 64
"""Octets, RFC 5321 4.5.3.1.1."""
LONGEST_MARK = 1 + 1 + 19 + 1 + MAC

_MARK = re.compile(rf"\+([a-z])([1-9][0-9]{{0,18}})-([a-z2-7]{{{MAC}}})\Z")


class Purpose(enum.StrEnum):
    LETTER = "b"  # Its number is a Letter's; bounces come there.
    INVITATION = "i"  # A Registration's; it is the organiser of that person's calendar entries.


def return_address(letter: Letter) -> str:
    """The sender in the letter's envelope: where a report about it goes."""
    return address_for(Purpose.LETTER, letter.id)


def letter_of(address: str) -> int | None:
    """Whose return address this is; None when it is none of ours."""
    known = read(address)
    return known[1] if known and known[0] is Purpose.LETTER else None


def are_read() -> bool:
    """Whether anybody reads what comes back."""
    return bool(current_app.config["INBOX_URL"])


def address_for(purpose: Purpose, number: int) -> str:
    """MAIL_FROM's own address when nobody reads what comes back (no INBOX_URL)."""
    local, domain = own_address()
    if not are_read():
        return f"{local}@{domain}"
    return f"{local}+{purpose}{number}-{_mac(purpose, number)}@{domain}"


def read(address: str) -> tuple[Purpose, int] | None:
    """What an address was made for; None when we did not make it. Its domain may be another: mail is forwarded."""
    found = _MARK.search(address.rpartition("@")[0].lower())
    if found is None or found[1] not in set(Purpose):
        return None
    purpose, number = Purpose(found[1]), int(found[2])
    return (purpose, number) if hmac.compare_digest(found[3], _mac(purpose, number)) else None


def check() -> None:
    """Raises ValueError when MAIL_FROM is no address, or leaves no room for a mark though the inbox is to be read."""
    local, domain = own_address()
    if not (local and domain):
        raise ValueError(f"MAIL_FROM is {current_app.config['MAIL_FROM']!r}; write Name <name@example.org>")
    if current_app.config["INBOX_URL"] and len(local.encode()) + LONGEST_MARK > LONGEST_LOCAL_PART:
        room = LONGEST_LOCAL_PART - LONGEST_MARK
        raise ValueError(f"MAIL_FROM: with INBOX_URL, what stands before the @ may have {room} characters at most")


def _mac(purpose: Purpose, number: int) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(key, f"return address {purpose}{number}".encode(), hashlib.sha256)
    return base64.b32encode(digest)[:MAC].decode().lower()
