"""What servers say about letters that they took and could not deliver (RFC 3464), and what others write instead."""

import enum
import re
from collections.abc import Iterable
from email.message import Message
from typing import NamedTuple

from app.mail.incoming import Incoming, header, inside
from app.mail.phrases import meant_by, speaks_of_delay


class Action(enum.StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    ARRIVED = "arrived"  # delivered, relayed or expanded: nothing is wrong.


class Report(NamedTuple):
    action: Action
    status: str
    """RFC 3463, `5.1.1`; `5.0.0` where the report does not say why."""
    recipient: str
    """Whom it names, in lower case; empty where that can only be guessed."""
    said: str
    """In the server's words."""

    @property
    def names_no_mailbox(self) -> bool:
        """Whether another letter to this address would fail as well."""
        return self.action is Action.FAILED and self.status in NO_MAILBOX

    @property
    def counts(self) -> bool:
        return self.action is Action.FAILED and counts(self.status)


NO_MAILBOX = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.7.13"}
"""RFC 3463, RFC 7505, RFC 5248. Not 5.1.0: servers say it of senders, too, and of what they do not understand."""
OURS = {"5.1.7", "5.1.8", "5.1.9", "5.2.3", "5.3.4", "4.1.7", "4.1.8", "4.1.9"}
"""The sender's address, and letters that are too large."""


def counts(status: str) -> bool:
    """Whether a failure says something about the address at all, and not about the letter, its sender or a policy."""
    return status.split(".")[1] not in ("5", "6", "7") and status not in OURS


_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.#])([45][0-5]\d)(?=[ -])")
_BY_CODE = {"552": "5.2.2", "452": "4.2.2"}
"""RFC 5321 4.2.2. A bare 550 says nothing: most of them are policy."""


def report_of(incoming: Incoming) -> Report | None:
    """What a report in the standard's form says; of several recipients, what is worst."""
    blocks = [block for part in incoming.parts if part.get_content_type() == "message/delivery-status"
              for block in inside(part)]  # fmt: skip
    reports = [report for block in blocks if (report := _read(block, incoming)) is not None]
    return min(reports, key=lambda report: list(Action).index(report.action), default=None)


def guessed_report_of(incoming: Incoming) -> Report | None:
    """The same of a mail server that writes as it likes. Only for what came to the return address of a letter."""
    if not incoming.is_from_daemon:
        return None
    told = incoming.told
    delayed = speaks_of_delay(f"{incoming.subject}\n{told[:2000]}")
    status = _status_in([told], "4.0.0" if delayed else "5.0.0")
    if delayed and status.startswith("5") and re.search(r"delay|warning", incoming.subject, re.IGNORECASE):
        status = f"4{status[1:]}"
    return Report(
        Action.DELAYED if delayed and status.startswith("4") else Action.FAILED, status, "", _sentence(told)
    )  # fmt: skip


def _read(block: Message, incoming: Incoming) -> Report | None:
    given = header(block, "Status")
    action = header(block, "Action").lower().partition(" ")[0].strip(";,")
    recipient = _typed(header(block, "Final-Recipient")) or _typed(header(block, "Original-Recipient"))
    if not action and not given and not recipient:
        return None
    stated = _ENHANCED.search(given)
    if action not in ("failed", "failure", "delayed", "delivered", "relayed", "expanded"):
        action = "failed" if not stated or stated[1][0] == "5" else "delayed" if stated[1][0] == "4" else "delivered"
    if action in ("delivered", "relayed", "expanded"):
        return Report(Action.ARRIVED, stated[1] if stated else "2.0.0", recipient, "")
    diagnostic = _typed(header(block, "Diagnostic-Code"), lower=False)
    status = stated[1] if stated else ""
    if not status or status.startswith("2"):
        status = "4.0.0" if action == "delayed" else "5.0.0"
    if status.endswith(".0"):
        # Said in general; in the server's words there is often more.
        status = _status_in([diagnostic, incoming.told] if status.endswith(".0.0") else [diagnostic], status)
    kind = Action.DELAYED if action == "delayed" else Action.FAILED
    return Report(kind, status, recipient, (diagnostic or _sentence(incoming.told))[:400])


def _typed(value: str, lower: bool = True) -> str:
    """The value of a field such as `rfc822; ana@example.org`."""
    kind, semicolon, rest = value.partition(";")
    value = (rest if semicolon else kind).strip(" <>")
    return value.lower() if lower else value


def _status_in(texts: Iterable[str], otherwise: str) -> str:
    for text in texts:
        found = [code for code in _ENHANCED.findall(text) if not code.startswith("2") and not code.endswith(".0")]
        if found:
            return str(found[0])
    for text in texts:
        if meant := meant_by(text):
            basic = _BASIC.search(text)
            temporary = basic[1].startswith("4") if basic else otherwise.startswith("4")
            return f"4{meant[1:]}" if temporary else meant
        if otherwise.endswith(".0.0") and (basic := _BASIC.search(text)):
            return _BY_CODE.get(basic[1], f"{basic[1][0]}.0.0")
    return otherwise


def _sentence(told: str) -> str:
    """What of a longer text is most worth showing: the line with a code in it, or how it begins."""
    lines = [" ".join(line.split()) for line in told.splitlines() if line.strip()]
    telling = next((line for line in lines if _ENHANCED.search(line) or _BASIC.search(line)), "")
    return (telling or " ".join(lines[:4]))[:400]
