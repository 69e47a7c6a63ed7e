"""Invitations to single people by letter (RFC 5546): a session asked to, moved, or called off."""

from collections.abc import Iterable, Iterator, Sequence
from email.utils import parseaddr
from typing import Literal
from urllib.parse import quote

from app.calendar import former, writing
from app.calendar.entries import Entry, entries, slots
from app.calendar.lines import line, utc
from app.calendar.wording import Wording
from app.events.models import Event, Standing
from app.lib import clock, urls
from app.mail import returns
from app.registration import bookings
from app.registration.models import Purpose, Registration
from app.schedule.models import EventSession, FormerSession

Method = Literal["REQUEST", "CANCEL"]


def invitation(registration: Registration, sessions: Sequence[EventSession], method: Method = "REQUEST") -> bytes:
    """An iTIP message that asks a registered person to these sessions, or calls them off.

    The entries are those of the feeds, with the same UID and SEQUENCE; a REQUEST for a session that has moved is an
    update by its higher SEQUENCE. Standards want one UID a message, and some clients read only the first: a letter
    about several sessions had better carry as many invitations.
    """
    asked_to = slots(EventSession.id.in_([session.id for session in sessions]))
    wording = Wording(registration.language)
    joined = {session.id for session in sessions if bookings.may_join(registration, session)}
    components = (
        each for entry in entries(asked_to)
        for each in _entry(entry, wording, registration, method, with_access=entry.slot.id in joined)
    )  # fmt: skip
    written = writing.calendar([line("METHOD", method)], asked_to, components)
    return writing.personal(written, registration.token(Purpose.JOIN))


def _entry(
    entry: Entry, wording: Wording, registration: Registration, method: Method, *, with_access: bool
) -> Iterator[bytes]:
    """Its DTSTAMP is the moment of writing, as is asked for wherever there is a METHOD: it settles which of two
    with one SEQUENCE is the newer, such as the CANCEL of an entry that has not changed."""
    status = writing.STATUS[Standing.CANCELLED] if method == "CANCEL" else ""
    properties = writing.properties(entry, wording, with_access=with_access and not status, status=status)
    yield from _asked(entry.event, properties, wording, registration)


def withdrawal(registration: Registration, left: FormerSession) -> bytes:
    """An iTIP message that calls off a session that is not in the programme any more, by the UID that it had."""
    gone, wording = former.Gone(left), Wording(registration.language)
    components = _asked(gone.event, former.properties(gone, wording), wording, registration)
    return writing.calendar([line("METHOD", "CANCEL")], [gone], components)


def _asked(event: Event, properties: Iterable[bytes], wording: Wording, registration: Registration) -> Iterator[bytes]:
    yield line("BEGIN", "VEVENT")
    yield line("DTSTAMP", utc(clock.now()))
    yield from properties
    yield _organiser(event, wording, registration)
    # They have a place already: so where nobody reads answers clients offer to accept, but mail nothing back.
    yield line("ATTENDEE", mailto(registration.email), [
        ("CN", registration.name), ("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"), ("RSVP", "TRUE" if returns.are_read() else "FALSE"),
    ])  # fmt: skip
    yield line("END", "VEVENT")


def _organiser(event: Event, wording: Wording, registration: Registration) -> bytes:
    """Where answers go: to a mailbox of the registration's own, by which they are known, if anybody reads it; else to
    whom people can write to, and then the mailbox that sends for them stands beside (RFC 5545 §3.2.18)."""
    named = ("CN", event.contact_name or wording.pick(event.title).text)
    if returns.are_read():
        return line("ORGANIZER", mailto(returns.address_for(returns.Purpose.INVITATION, registration.id)), [named])
    sender = parseaddr(urls.sender())[1]
    address = event.reply_to or event.contact_email or sender
    sent_by = [("SENT-BY", mailto(sender))] if sender != address else []
    return line("ORGANIZER", mailto(address), [named, *sent_by])


def mailto(address: str) -> str:
    return f"mailto:{quote(address, safe='@+')}"
