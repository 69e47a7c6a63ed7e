"""Reports of people who called a letter spam (RFC 5965), as their providers send them."""

from email import message_from_string, policy
from email.message import Message
from typing import NamedTuple

from app.mail.incoming import LONGEST_TEXT, Incoming, addresses, header, inside, text_of

MEANT = ("abuse", "fraud", "opt-out", "opt-out-list", "other", "virus")
"""Kinds of feedback that are complaints; `not-spam` praises, and `auth-failure` (RFC 6591) is about forgers."""
OUTLOOK = "staff@hotmail.com"
"""Writes complaints in a form of its own (Junk Mail Reporting Program)."""


class Complaint(NamedTuple):
    kind: str
    returned_to: list[str]
    """Addresses that were the sender in the letter's envelope, as the report says in so many words."""
    source: str


def complaint_of(incoming: Incoming) -> Complaint | None:
    report = incoming.first("message/feedback-report")
    if report is not None:
        fields = _fields(report)
        kind = header(fields, "Feedback-Type").lower()
        source = header(fields, "User-Agent") or incoming.sender
        return Complaint(kind, addresses(fields, "Original-Mail-From"), source)
    if incoming.sender.lower() == OUTLOOK and incoming.subject.lower().startswith("complaint about message"):
        return Complaint("abuse", [], OUTLOOK)
    return None


def returned_to(incoming: Incoming) -> list[str]:
    """The return path of a letter that was attached."""
    return [address for part in returned(incoming) for address in addresses(part, "Return-Path")]


def returned(incoming: Incoming) -> list[Message]:
    """The headers of letters that a report brings back."""
    found: list[Message] = []
    for part in incoming.parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/rfc822-headers", "message/global", "message/global-headers"):
            found.extend(inside(part))
        elif kind == "text/rfc822-headers":
            found.append(message_from_string(text_of(part)[:LONGEST_TEXT].lstrip(), policy=policy.compat32))
    return found


def _fields(report: Message) -> Message:
    # The library takes every message/* for one, and its fields for headers.
    return next(iter(inside(report)), report)
