"""A letter as an RFC 5322 message."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

import idna

from app.lib import clock
from app.mail.models import Letter
from app.mail.rendering import Content


class Unsendable(ValueError):  # noqa: N818 - an outcome
    """What this letter is made of can be no message; trying again would not help."""


class _Policy(EmailPolicy):
    """CRLF line ends and bodies in ASCII, so that no server on the way has a reason to rewrite what was signed."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"linesep": "\r\n", "cte_type": "7bit", "raise_on_defect": False, **kwargs})  # type: ignore[arg-type]

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "list-unsubscribe":
            # The library would encode an address longer than a line (RFC 2047), and then nobody can follow it.
            return f"{name}: {value}\r\n".encode("ascii")
        return bytes(super().fold_binary(name, value))


POLICY = _Policy()


def compose_message(letter: Letter, content: Content, sender: str) -> EmailMessage:
    """Raises Unsendable when an address is none; line breaks in names and subjects become spaces."""
    try:
        message = EmailMessage(policy=POLICY)
        message["From"] = mailbox(*parseaddr(sender))
        message["To"] = mailbox(letter.recipient_name, letter.recipient)
        if content.reply_to:
            message["Reply-To"] = mailbox("", content.reply_to)
        message["Subject"] = one_line(content.subject)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = letter.message_id
        message["Content-Language"] = letter.language
        # RFC 3834: automatic replies of people on holiday need not come.
        message["Auto-Submitted"] = "auto-generated"
        if content.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{content.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        _fill(message, content)
    except (ValueError, IndexError) as fault:
        raise Unsendable(str(fault)) from fault
    return message


def _fill(message: EmailMessage, content: Content) -> None:
    """Text, HTML and calendar as alternatives; the calendar once more as a file, which any program can open.

    A message has one such alternative, so of several invitations the first is offered there.
    """
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    invitations = [file for file in content.attachments if _parsed(file.mimetype)[0] == "text/calendar"]
    for first in invitations[:1]:
        method = _parsed(first.mimetype)[1].get("method", "PUBLISH")
        message.add_alternative(first.content.decode(), subtype="calendar", params={"method": method})
    for file in content.attachments:
        main, sub = ("application", "ics") if file in invitations else _parsed(file.mimetype)[0].split("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.filename))


def _parsed(mimetype: str) -> tuple[str, dict[str, str]]:
    kind, *given = (part.strip() for part in mimetype.split(";"))
    return kind.lower(), {name.lower(): value for name, _, value in (part.partition("=") for part in given)}


def mailbox(name: str, address: str) -> Address:
    """A name and an address as a header takes them; the domain in ASCII (RFC 5890)."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(c.isspace() or not c.isprintable() or c in "<>,;" for c in address):
        raise Unsendable(f"{address!r} is no e-mail address")
    ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return Address(one_line(name), addr_spec=f"{local}@{ascii_domain}")


def one_line(text: str) -> str:
    """Without line breaks and other controls, which could begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
