"""The calendar entries that letters carry: one calendar object a session (RFC 5546 has one UID in each), since some
clients read only the first entry.

What was asked to by letter is remembered when the letter goes, so that it can be called off in the calendars that have
it, and in no others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from app.calendar.invitations import Method, invitation
from app.mail.rendering import Attachment
from app.registration import replies
from app.registration.models import Registration
from app.schedule.models import EventSession

MOST = 10
"""New entries in a letter; whoever chose more has a calendar of their own to subscribe to."""
ROOM = 42_000
"""Octets of all entries in a letter. Encoded, and with the text, it stays below 100 KB."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    files: tuple[Attachment, ...] = ()
    unasked: int = 0
    """New and moved sessions whose entries are not in the letter."""
    standing: int = 0
    """Entries that are called off, but not in the letter."""


def enclosed(registration: Registration, wanted: Iterable[tuple[EventSession, Method]]) -> Enclosed:
    """As many as a letter has room for. What calendars have by letter comes first, since it would stay there as it is
    and ring its alarms; the others can be had from a calendar that is subscribed to."""
    wanted = [(session, method) for session, method in wanted if session.is_scheduled]
    there: set[int] = set()
    if len(wanted) > MOST:
        there = {session.id for session in replies.standing(registration)}
        wanted.sort(key=lambda each: each[0].id not in there)
    files: list[Attachment] = []
    left, new, room = Counter[Method](), MOST, ROOM
    for session, method in wanted:
        is_new = session.id not in there
        file = _file(registration, session, method) if room and (new or not is_new) else None
        if file is None or (files and len(file.content) > room):
            left[method] += 1
            room = room if file is None else 0
            continue
        files.append(file)
        room, new = max(room - len(file.content), 0), new - is_new
    return Enclosed(tuple(files), left["REQUEST"], left["CANCEL"])


def asking(registration: Registration, sessions: Sequence[EventSession]) -> Enclosed:
    """New ones, and updates of those that have moved."""
    return enclosed(registration, [(session, "REQUEST") for session in sessions])


def calling_off(registration: Registration, sessions: Sequence[EventSession]) -> Enclosed:
    return enclosed(registration, [(session, "CANCEL") for session in sessions])


def _file(registration: Registration, session: EventSession, method: Method) -> Attachment:
    return Attachment(
        invitation(registration, [session], method),
        f"text/calendar; method={method}; charset=utf-8", f"{session.slug}.ics",
        partial(replies.note_mailed, registration, [session]) if method == "REQUEST" else None,
    )  # fmt: skip
