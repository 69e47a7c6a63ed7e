"""RFC 5545 SEQUENCE and LAST-MODIFIED of a session: they move with every change to what its calendar entry shows.

Clients ignore a change that comes without them, and stop believing a feed that moves them for nothing.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Room, Shown, Theme
from app.events.revision import changed_rows
from app.lib import clock
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker


class OnCalendar(Shown):
    """Marks a row of an upper room that the calendar entry of a session shows (a language track)."""

    def calendar_session(self) -> EventSession:
        raise NotImplementedError


SHOWN_OF_SESSION = {
    "title", "subtitle", "abstract", "languages", "theme_id", "room_id", "starts_at", "ends_at",
    "standing", "standing_reason", "slug",
    # The personal feed carries these.
    "join_url", "join_phone", "join_passcode",
}  # fmt: skip
SHOWN_OF_OTHERS: dict[type[Any], tuple[set[str], Any]] = {
    Event: ({"title", "slug", "standing", "standing_reason"}, EventSession.event_id),
    Theme: ({"name"}, EventSession.theme_id),
    Room: ({"name"}, EventSession.room_id),
}


@sa.event.listens_for(orm.Session, "before_flush")
def _raise_sequences(session: orm.Session, _context: Any, _instances: Any) -> None:
    sessions: set[EventSession] = set()
    with session.no_autoflush:
        for row in changed_rows(session):
            sessions.update(_sessions_that_show(session, row))
    for event_session in sessions - set(session.new) - set(session.deleted):
        event_session.sequence = EventSession.sequence + 1
        event_session.changed_at = clock.now()


def _sessions_that_show(session: orm.Session, row: Any) -> Iterable[EventSession]:
    if isinstance(row, EventSession):
        return [row] if _moved(row, SHOWN_OF_SESSION) else []
    if isinstance(row, Appearance):
        return [row.session]
    if isinstance(row, OnCalendar):
        return [row.calendar_session()]
    if row in session.new:
        return []
    if isinstance(row, Speaker):
        if not _moved(row, {"name"}):
            return []
        return session.scalars(sa.select(EventSession).join(Appearance).where(Appearance.speaker_id == row.id))
    for kind, (attributes, reference) in SHOWN_OF_OTHERS.items():
        if isinstance(row, kind) and _moved(row, attributes):
            return session.scalars(sa.select(EventSession).where(reference == row.id))
    return []


def _moved(row: object, attributes: set[str]) -> bool:
    state = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name in attributes)
