"""A message that came to us, as far as it can be read: it may be cut off, broken or written to harm.

The parser's `compat32` policy is used on purpose: it gives every header as text and raises for none.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

LONGEST_HEADER = 2000
LONGEST_TEXT = 64 * 1024
DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
"""Headers that say where a message came to; those that our own server writes come first."""

_DAEMON = re.compile(
    r"\bmail(er)?[-_.]?daemon\b|(?<![-\w])post[-_]?master\b|mail delivery|delivery (sub)?system|<>\s*$", re.IGNORECASE
)
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-MS-Exchange-Inbox-Rules-Loop")
_RETURNED = re.compile(
    r"^(Received|Return-Path|Message-ID|DKIM-Signature|MIME-Version|X-Mailer)\s*:"
    r"|^-{2,}.{0,60}(original (message|e-?mail)|copy of|below this line)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where in a plain text the letter begins that it is about."""
_TAG = re.compile(r"<[^<>]{1,500}>")


class Incoming:
    def __init__(self, raw: bytes) -> None:
        self.message: Message = message_from_bytes(raw, policy=policy.compat32)
        self.parts: list[Message] = list(self.message.walk())

    def first(self, kind: str) -> Message | None:
        return next((part for part in self.parts if part.get_content_type() == kind), None)

    @property
    def came_to(self) -> list[str]:
        """The addresses that it was delivered to or written to."""
        return [address for name in DELIVERED for address in addresses(self.message, name)]

    @property
    def sender(self) -> str:
        return next(iter(addresses(self.message, "From")), "")

    @property
    def subject(self) -> str:
        return header(self.message, "Subject")

    @property
    def is_from_daemon(self) -> bool:
        """Whether a mail server wrote it. Many of them also say `Auto-Submitted: auto-replied`, as holidays do."""
        return _DAEMON.search(header(self.message, "From")) is not None

    @property
    def is_automatic(self) -> bool:
        """RFC 3834, and what programs wrote before it."""
        submitted = header(self.message, "Auto-Submitted").lower() or "no"
        return (
            submitted != "no"
            or any(self.message[name] is not None for name in _AUTOMATIC)
            or header(self.message, "Precedence").lower() == "auto_reply"
            or header(self.message, "Return-Path") == "<>"
        )

    @property
    def told(self) -> str:
        """What it says to people, without the letter that it may bring back."""
        written = next((text for text in self._texts() if text.strip()), "")[:LONGEST_TEXT]
        returned = _RETURNED.search(written)
        return written[: returned.start()] if returned and returned.start() else written

    def _texts(self) -> Iterator[str]:
        for part in self.parts:
            kind = part.get_content_type()
            if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), str):
                yield str(part.get_payload())  # Its boundary is not the one announced.
            if kind in ("message/rfc822", "text/rfc822-headers", "message/delivery-status"):
                return
            if kind == "text/plain":
                yield text_of(part)
            elif kind == "text/html":
                yield _TAG.sub(" ", text_of(part)[:LONGEST_TEXT])


def header(message: Message, name: str) -> str:
    """A header decoded, on one line; empty where it is missing."""
    value = str(message.get(name, ""))[:LONGEST_HEADER]
    if "=?" in value:
        with suppress(ValueError, LookupError):  # Then as it came.
            value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def addresses(message: Message, name: str) -> list[str]:
    values = [str(value)[:LONGEST_HEADER] for value in message.get_all(name, [])[:10]]
    return [address for _, address in getaddresses(values) if address]


def text_of(part: Message) -> str:
    """The text of a part, whatever its character set says."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def inside(part: Message) -> list[Message]:
    """The messages that a `message/…` part holds, or the blocks of fields of a report."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [found for found in payload if isinstance(found, Message)]
    # Encoded, which standards forbid and servers do.
    blocks = re.split(r"\r?\n[ \t]*\r?\n", text_of(part)[:LONGEST_TEXT])
    return [message_from_string(block.lstrip(), policy=policy.compat32) for block in blocks if block.strip()]
