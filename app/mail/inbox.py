"""The sweep of the mailbox: reports of letters that did not arrive, complaints, answers to invitations.

Each message is read once, and what it changes is committed with the note that it was read. What it says of a letter
is believed for one reason: it knows the letter's return address, or its Message-ID, which only its reader has seen.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app

from app.extensions import db, insert_into
from app.lib import clock
from app.mail import failures, reasons, returns
from app.mail.bounces import Action, Report, guessed_report_of, report_of
from app.mail.complaints import MEANT, Complaint, complaint_of, returned, returned_to
from app.mail.incoming import Incoming, header
from app.mail.mailboxes import Arrived, Away, inbox_of
from app.mail.messages import one_line
from app.mail.models import Arrival, Grounds, Letter, Received, Scope
from app.mail.returns import Purpose
from app.mail.suppression import suppress

READ = 512 * 1024
"""Octets of a message that are ever looked at: a report has what it says at its beginning."""
MOST = 500
LEFT_TO_PEOPLE = (Arrival.OTHER, Arrival.UNREADABLE)
DETAILS_KEPT = timedelta(days=90)

_METHOD = re.compile(rb"^METHOD:([A-Z-]+)\s*$", re.IGNORECASE | re.MULTILINE)

log = logging.getLogger(__name__)


class Unreadable(ValueError):  # noqa: N818 - an outcome
    """The message is broken; says how, for administrators."""


class CalendarMessage(NamedTuple):
    """Part of a message that a calendar program wrote (RFC 6047)."""

    calendar: bytes
    registration: int | None
    """Whose invitation it answers, by the address that it came to; None when that is none we made."""
    sender: str


Taker = Callable[[CalendarMessage], str | None]
_takers: dict[str, Taker] = {}


def receives(method: str) -> Callable[[Taker], Taker]:
    """Registers who takes calendar messages of a method (`REPLY`).

    It works in the transaction of the message and gives a line on what came of it, or None when the message is no
    business of ours. It may raise Unreadable.
    """

    def register(taker: Taker) -> Taker:
        _takers[method.upper()] = taker
        return taker

    return register


class Finding(NamedTuple):
    arrival: Arrival
    detail: str
    letter_id: int | None = None
    status: str = ""


def sweep() -> Counter[Arrival]:
    """Reads what is new. A mailbox that is away is tried again at the next turn."""
    try:
        return read()
    except Away as fault:
        log.warning("the mailbox cannot be read: %s", fault)
        return Counter()


def read(most: int = MOST) -> Counter[Arrival]:
    """The same, raising Away; how much of what came. Nothing happens while INBOX_URL is unset."""
    found: Counter[Arrival] = Counter()
    if not current_app.config["INBOX_URL"]:
        return found
    with inbox_of(current_app.config["INBOX_URL"]) as inbox:
        messages = list(islice(inbox.arrived(), most))
        db.session.commit()  # No transaction is open while a server is talked to.
        for message in messages:
            beginning = inbox.beginning(message, READ)
            arrival = _take(message, beginning) if beginning is not None else None
            if arrival is not None:
                found[arrival] += 1
                if arrival not in LEFT_TO_PEOPLE:
                    inbox.notice(message)
    return found


def forget_old() -> None:
    """What people wrote is not kept; that it was read is, since it may still lie in the mailbox."""
    old = Received.received_at < clock.now() - DETAILS_KEPT
    db.session.execute(sa.update(Received).where(old, Received.detail != "").values(detail=""))


def forget(email: str) -> None:
    """The same of one person, at their wish."""
    if email:
        theirs = Received.detail.icontains(email, autoescape=True)
        db.session.execute(sa.update(Received).where(theirs).values(detail=""))


def _take(message: Arrived, beginning: bytes) -> Arrival | None:
    """Does what the message asks for and notes that it was read; None when another reader was quicker."""
    try:
        finding = _understand(Incoming(beginning))
        db.session.flush()
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        db.session.rollback()
        raise  # The database is in trouble, not the message.
    except Exception as fault:
        db.session.rollback()
        said = str(fault) if isinstance(fault, Unreadable) else f"{type(fault).__name__}: {fault}"
        finding = Finding(Arrival.UNREADABLE, said)
    row = {
        "mark": message.mark, "arrival": finding.arrival, "letter_id": finding.letter_id, "status": finding.status,
        "detail": one_line(finding.detail)[:500], "received_at": clock.now(),
    }  # fmt: skip
    noted = insert_into(Received).values(row).on_conflict_do_nothing(index_elements=["mark"]).returning(Received.id)
    if db.session.scalar(noted) is None:
        db.session.rollback()
        return None
    db.session.commit()
    return finding.arrival


def _understand(incoming: Incoming) -> Finding:
    # A relay may take reports for itself and pass them on; the letter in them still shows where it came from.
    stated = [*incoming.came_to, *returned_to(incoming)]
    marks = [mark for address in stated if (mark := returns.read(address)) is not None]
    complaint = complaint_of(incoming)
    if complaint is not None:
        return _complained(incoming, complaint, marks)
    if (answer := _answer(incoming, marks)) is not None:
        return answer
    report = report_of(incoming)
    letter = _letter_of_marks(marks)
    if report is None and letter is not None:
        report = guessed_report_of(incoming)
    elif report is not None and letter is None:
        letter = _letter_returned(incoming, report.recipient)
    if report is not None and letter is not None:
        return _reported(report, letter)
    about = f"{incoming.sender}: {incoming.subject}"
    if report is None and incoming.is_automatic:
        return Finding(Arrival.AUTOMATIC, about)
    return Finding(Arrival.OTHER, about)


def _complained(incoming: Incoming, complaint: Complaint, marks: list[tuple[Purpose, int]]) -> Finding:
    if complaint.kind not in MEANT:
        return Finding(Arrival.AUTOMATIC, f"{complaint.source}: {complaint.kind}")
    marks += [mark for address in complaint.returned_to if (mark := returns.read(address)) is not None]
    letter = _letter_of_marks(marks) or _letter_returned(incoming)
    if letter is None:
        return Finding(Arrival.OTHER, f"{complaint.source}: a complaint about no letter that we know")
    reason = f"{reasons.COMPLAINED}: {complaint.kind}, {complaint.source}"
    suppress(letter.recipient, one_line(reason), grounds=Grounds.COMPLAINT, scope=Scope.BULK, letter_id=letter.id)
    return Finding(Arrival.COMPLAINT, reason, letter.id)


def _answer(incoming: Incoming, marks: list[tuple[Purpose, int]]) -> Finding | None:
    for part in incoming.parts:
        if part.get_content_type() != "text/calendar":
            continue
        calendar = part.get_payload(decode=True)
        stated = _METHOD.search(calendar) if isinstance(calendar, bytes) else None
        taker = _takers.get(stated[1].decode().upper()) if stated else None
        if taker is None or not isinstance(calendar, bytes):
            continue
        registration = next((number for purpose, number in marks if purpose is Purpose.INVITATION), None)
        told = taker(CalendarMessage(calendar, registration, incoming.sender))
        if told is not None:
            return Finding(Arrival.REPLY, told)
    return None


def _reported(report: Report, letter: Letter) -> Finding:
    said = one_line(f"{report.status} {report.said}")
    if report.action is Action.FAILED:
        failures.note(letter, report, said)
        return Finding(Arrival.BOUNCE, said, letter.id, report.status)
    if report.action is Action.DELAYED:
        return Finding(Arrival.DELAY, said, letter.id, report.status)
    return Finding(Arrival.AUTOMATIC, said, letter.id, report.status)


def _letter_of_marks(marks: list[tuple[Purpose, int]]) -> Letter | None:
    number = next((number for purpose, number in marks if purpose is Purpose.LETTER), None)
    return None if number is None else _locked(Letter.id == number)


def _letter_returned(incoming: Incoming, recipient: str | None = None) -> Letter | None:
    """The letter that the report brings back, when it went to whom the report names."""
    for part in returned(incoming):
        letter = _locked(Letter.message_id == header(part, "Message-ID"))
        if letter is not None and recipient in (None, letter.recipient.lower()):
            return letter
    return None


def _locked(condition: sa.ColumnElement[bool]) -> Letter | None:
    found = sa.select(Letter).where(condition).with_for_update()
    return db.session.scalar(found, execution_options={"populate_existing": True})
