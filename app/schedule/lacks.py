"""What a session may lack: the flags of the organisers' list, its filter, and the event's checks."""

import enum
from collections.abc import Callable, Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.checks import Missing, Weight, check, figure
from app.events.models import Event
from app.schedule.models import EventSession, SessionKind
from app.schedule.service import sessions_of


class Lack(enum.StrEnum):
    TIME = "time"
    DAY = "day"
    ROOM = "room"
    SPEAKER = "speaker"
    LINK = "link"
    LANGUAGE = "language"
    TITLE = "title"

    @property
    def label(self) -> str:
        return str({
            Lack.TIME: _("no time"), Lack.DAY: _("outside the event's days"), Lack.ROOM: _("no room"),
            Lack.SPEAKER: _("no speaker"), Lack.LINK: _("no join link"), Lack.LANGUAGE: _("no language"),
            Lack.TITLE: _("title not in every language"),
        }[self])  # fmt: skip

    def counted(self, number: int) -> str:
        """How many sessions lack it, in a sentence."""
        return str({
            Lack.TIME: ngettext("%(num)d session has no time.", "%(num)d sessions have no time.", number),
            Lack.DAY: ngettext("%(num)d session lies outside the event's days.",
                               "%(num)d sessions lie outside the event's days.", number),
            Lack.ROOM: ngettext("%(num)d session has no room.", "%(num)d sessions have no room.", number),
            Lack.SPEAKER: ngettext("%(num)d session has no speaker.", "%(num)d sessions have no speaker.", number),
            Lack.LINK: ngettext("%(num)d session has no join link.", "%(num)d sessions have no join link.", number),
            Lack.LANGUAGE: ngettext("%(num)d session names no language.", "%(num)d sessions name no language.", number),
            Lack.TITLE: ngettext("%(num)d session has no title in one of the event's languages.",
                                 "%(num)d sessions have no title in one of the event's languages.", number),
        }[self])  # fmt: skip


def _lies_outside(session: EventSession) -> bool:
    event = session.event
    return session.starts_at is not None and not event.starts_on <= event.day_of(session.starts_at) <= event.ends_on


# A break needs nobody and nothing but its time; an event without rooms needs none.
LACKS: dict[Lack, Callable[[EventSession], bool]] = {
    Lack.TIME: lambda session: session.starts_at is None,
    Lack.DAY: _lies_outside,
    Lack.ROOM: lambda session: bool(session.event.rooms) and session.room is None and not _is_break(session),
    Lack.SPEAKER: lambda session: not session.appearances and not _is_break(session),
    Lack.LINK: lambda session: not session.join_url and not _is_break(session),
    Lack.LANGUAGE: lambda session: not session.languages and not _is_break(session),
    Lack.TITLE: lambda session: any(not session.title.get(tag) for tag in session.event.languages),
}


def _is_break(session: EventSession) -> bool:
    return session.kind is SessionKind.BREAK


def lacks_of(session: EventSession) -> list[Lack]:
    return [lack for lack, holds in LACKS.items() if holds(session)]


@check
def programme(event: Event) -> Iterable[Missing]:
    sessions = sessions_of(event)
    if not any(session.is_scheduled for session in sessions):
        yield Missing(Weight.BLOCKING, _("There is no session with a time."), "schedule_manage.sessions")
    for lack, holds in LACKS.items():
        those = [session for session in sessions if holds(session)]
        if not those:
            continue
        weight = Weight.BLOCKING if lack is Lack.DAY else Weight.ADVICE
        if len(those) == 1:
            yield Missing(
                weight,
                f"{lack.counted(1)} ({next(iter(those[0].title.values()), '')})",
                "schedule_manage.edit_session",
                (("session", those[0].slug),),
            )
        else:
            yield Missing(weight, lack.counted(len(those)), "schedule_manage.sessions", (("lacks", lack.value),))
    if not event.recording_consent and any(session.recording_url for session in sessions):
        text = _("There are recordings, but the consent to recording is not written.")
        yield Missing(Weight.BLOCKING, text, "events_manage.edit", field="recording_consent")


@figure
def number_of_sessions(event: Event) -> tuple[str, int, str]:
    number = len(sessions_of(event))
    return ngettext("session", "sessions", number), number, "schedule_manage.sessions"
