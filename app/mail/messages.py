"""A letter as an RFC 5322 message."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import cache

import idna

from app.lib import clock
from app.mail.flowed import flowed
from app.mail.mime import bare_header, file_part, header, mailbox_header, multipart, text_part
from app.mail.models import Letter
from app.mail.rendering import Content

_USUAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(?:\.[\w-]+)*", re.ASCII)


class Unsendable(ValueError):  # noqa: N818 - an outcome
    """What this letter is made of can be no message; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a transport takes: the envelope and the very bytes that are signed and sent."""

    sender: str
    recipient: str
    data: bytes

    def as_bytes(self) -> bytes:
        return self.data


def compose_message(letter: Letter, content: Content, sender: str) -> Message:
    """Its envelope's sender is that of its header. Raises Unsendable when an address is none; line breaks in names
    and subjects become spaces."""
    try:
        from_address, from_header = _sender(sender)
        recipient = ascii_address(letter.recipient)
        headers = [
            from_header,
            mailbox_header("To", one_line(letter.recipient_name), recipient),
            header("Subject", one_line(content.subject)),
            header("Date", format_datetime(clock.now())),
            bare_header("Message-ID", letter.message_id),
            header("Content-Language", letter.language),
            # RFC 3834: automatic replies of people on holiday need not come.
            b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
        ]
        if content.reply_to:
            headers.append(mailbox_header("Reply-To", "", ascii_address(content.reply_to)))
        if content.unsubscribe_url:
            headers.append(bare_header("List-Unsubscribe", f"<{content.unsubscribe_url}>"))
            headers.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return Message(from_address, recipient, b"".join(headers) + _body(content))
    except (ValueError, IndexError) as fault:
        raise Unsendable(str(fault)) from fault


@cache
def _sender(sender: str) -> tuple[str, bytes]:
    name, address = parseaddr(sender)
    ascii_only = ascii_address(address)
    return ascii_only, mailbox_header("From", one_line(name), ascii_only)


def _body(content: Content) -> bytes:
    """Text, HTML and calendar as alternatives; the calendar once more as a file, which any program can open.

    A message has one such alternative, so of several invitations the first is offered there.
    """
    alternatives = [text_part(flowed(content.text), "plain", format="flowed"), text_part(content.html, "html")]
    invitations = [file for file in content.attachments if _parsed(file.mimetype)[0] == "text/calendar"]
    for first in invitations[:1]:
        method = _parsed(first.mimetype)[1].get("method", "PUBLISH")
        alternatives.append(text_part(first.content.decode(), "calendar", method=method))
    body = multipart("alternative", alternatives)
    if not content.attachments:
        return body
    return multipart("mixed", [body, *(
        file_part(
            file.content, "application/ics" if file in invitations else _parsed(file.mimetype)[0],
            one_line(file.filename),
        )
        for file in content.attachments
    )])  # fmt: skip


def _parsed(mimetype: str) -> tuple[str, dict[str, str]]:
    kind, *given = (part.strip() for part in mimetype.split(";"))
    return kind.lower(), {name.lower(): value for name, _, value in (part.partition("=") for part in given)}


def ascii_address(address: str) -> str:
    """The address as a server takes it: its domain in ASCII (RFC 5890). Raises Unsendable when it is none."""
    if _USUAL.fullmatch(address):
        return address
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(c.isspace() or not c.isprintable() or c in "<>,;" for c in address):
        raise Unsendable(f"{address!r} is no e-mail address")
    ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return Address(addr_spec=f"{local}@{ascii_domain}").addr_spec


def one_line(text: str) -> str:
    """Without line breaks and other controls, which could begin another header."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
