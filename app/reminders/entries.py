"""The calendar entries that letters carry: one calendar object a session, since some clients read only the first entry.

What was asked to by letter is remembered when the letter goes, so that it can be called off in the calendars that have
it, and in no others.
"""

from collections.abc import Sequence
from functools import partial

from app.calendar.invitations import Method, invitation
from app.mail.rendering import Attachment
from app.registration import replies
from app.registration.models import Registration
from app.schedule.models import EventSession

MOST = 10
"""Sessions that one letter asks to; whoever chose more has a calendar of their own to subscribe to."""


def asking(registration: Registration, sessions: Sequence[EventSession]) -> tuple[Attachment, ...]:
    """New ones, and updates of those that have moved."""
    return _enclosed(registration, [session for session in sessions if session.is_scheduled][:MOST], "REQUEST")


def calling_off(registration: Registration, sessions: Sequence[EventSession]) -> tuple[Attachment, ...]:
    """All of them: what is left standing would ring its alarms."""
    return _enclosed(registration, [session for session in sessions if session.is_scheduled], "CANCEL")


def _enclosed(registration: Registration, sessions: Sequence[EventSession], method: Method) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            invitation(registration, [session], method),
            f"text/calendar; method={method}; charset=utf-8", f"{session.slug}.ics",
            partial(replies.note_mailed, registration, [session]) if method == "REQUEST" else None,
        )
        for session in sessions
    )  # fmt: skip
