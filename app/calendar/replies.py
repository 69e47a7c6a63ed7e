"""Answers to invitations (RFC 5546 §3.2.3), as people's calendars mail them back.

Whose answer it is, the address says to which it came: nobody can make up such an address (see `mail.returns`). What
else it says must fit, and where anything does not, nothing is changed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from icalendar import Calendar, Component, vDDDTypes

from app.extensions import db, lock_row
from app.mail import inbox
from app.mail.inbox import CalendarMessage, Unreadable
from app.people.addresses import InvalidAddress, normal_address
from app.registration import replies
from app.registration.models import Answering, Registration
from app.schedule.models import EventSession

LARGEST = 256 * 1024
"""Bytes. An answer repeats the entry, description and all."""
LONGEST_UID = 64


@dataclass(frozen=True, slots=True)
class Answer:
    uid: str
    attendee: str
    """Their address."""
    partstat: Answering
    sequence: int
    stamped_at: datetime
    starts_at: datetime | None
    comment: str


@inbox.receives("REPLY")
def _receive(message: CalendarMessage) -> str | None:
    registration = db.session.get(Registration, message.registration) if message.registration else None
    return take(registration, message.calendar) if registration else None


def take(registration: Registration, calendar: bytes) -> str:
    """Keeps the answer that came to a registration's own address; says what became of it.

    Raises Unreadable, saying why; then nothing has changed.
    """
    lock_row(registration)
    answer = read(calendar)
    session = db.session.scalar(
        sa.select(EventSession).where(EventSession.event_id == registration.event_id, EventSession.guid == answer.uid)
    )
    if session is None:
        raise Unreadable("its UID is of no session of the event")
    if answer.attendee != registration.email:
        raise Unreadable("its ATTENDEE is somebody else")
    if answer.sequence > session.sequence:
        raise Unreadable("its SEQUENCE is one that we have not sent")
    kept = replies.note(
        registration, session, answer.partstat, sequence=answer.sequence, stamped_at=answer.stamped_at,
        starts_at=answer.starts_at, comment=answer.comment,
    )  # fmt: skip
    return f"{answer.partstat} for {session.slug}" if kept else "an answer as new as this one is known"


def read(calendar: bytes) -> Answer:
    """Raises Unreadable."""
    entry = _only_entry(calendar)
    stamped_at = _moment(entry, "DTSTAMP")
    if stamped_at is None:
        raise Unreadable("it has no DTSTAMP")
    return Answer(
        _uid(entry), _attendee(entry), _partstat(entry), _sequence(entry), stamped_at, _moment(entry, "DTSTART"),
        " ".join(str(comment) for comment in _all(entry, "COMMENT")),
    )  # fmt: skip


def _only_entry(calendar: bytes) -> Component:
    if len(calendar) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 1024} KB")
    try:
        found = Calendar.from_ical(calendar)
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise Unreadable(f"it is no calendar: {fault}") from fault
    if found.name != "VCALENDAR":
        raise Unreadable("it is no calendar")
    method = str(_one(found, "METHOD")).upper()
    if method != "REPLY":
        raise Unreadable(f"its METHOD is {method[:40]}")
    entries = found.walk("VEVENT")
    if len(entries) != 1:
        raise Unreadable(f"it has {len(entries)} entries, and an answer has one")
    if "RECURRENCE-ID" in entries[0]:
        raise Unreadable("it answers one time of several, and no session has several")
    return entries[0]


def _uid(entry: Component) -> str:
    uid = str(_one(entry, "UID"))
    if len(uid) > LONGEST_UID or not uid.isprintable():
        raise Unreadable("its UID is none of ours")
    return uid


def _attendee(entry: Component) -> str:
    said = str(_one(entry, "ATTENDEE"))
    scheme, _, address = said.partition(":")
    try:
        return normal_address(unquote(address) if scheme.lower() == "mailto" else "")
    except InvalidAddress:
        raise Unreadable("its ATTENDEE has no address") from None


def _partstat(entry: Component) -> Answering:
    state = str(_one(entry, "ATTENDEE").params.get("PARTSTAT", "NEEDS-ACTION"))
    try:
        return Answering(state.lower())
    except ValueError:
        raise Unreadable(f"its PARTSTAT is {state[:40]}") from None


def _sequence(entry: Component) -> int:
    """0 where it is left out (RFC 5545 §3.8.7.4)."""
    if "SEQUENCE" not in entry:
        return 0
    said = _one(entry, "SEQUENCE")
    if not isinstance(said, int) or said < 0:
        raise Unreadable("its SEQUENCE is no number")
    return int(said)


def _moment(entry: Component, name: str) -> datetime | None:
    """None when it has none, or one that leaves open which moment is meant."""
    if name not in entry:
        return None
    said = _one(entry, name)
    at = said.dt if isinstance(said, vDDDTypes) else None
    if not isinstance(at, datetime) or at.tzinfo is None:
        return None
    try:
        return at.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return None


def _one(component: Component, name: str) -> Any:
    found = _all(component, name)
    if len(found) != 1:
        raise Unreadable(f"it has {len(found) or 'no'} {name}")
    return found[0]


def _all(component: Component, name: str) -> list[Any]:
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]
