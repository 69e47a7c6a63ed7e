"""RFC 5545 SEQUENCE and LAST-MODIFIED of a session: they move with every change to what its calendar entry shows.

Clients ignore a change that comes without them, and stop believing a feed that moves them for nothing. What the
programme's search reads of a session is among it, so its text is written anew at the same moment.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Room, Shown, Theme
from app.events.revision import changed_rows
from app.lib import clock
from app.schedule import former, standing
from app.schedule.models import Appearance, EventSession, FormerSession, SessionKind
from app.schedule.search import refresh_search
from app.speakers.models import Speaker


class OnCalendar(Shown):
    """Marks a row of an upper room that the calendar entry of a session shows (a language track)."""

    def calendar_session(self) -> EventSession:
        raise NotImplementedError

    def stands_in_entry(self) -> bool:
        """Whether the entry shows the row, so that it changes when the row comes or goes."""
        return True

    def moves_entry(self) -> bool:
        """Whether what has changed of a row that is already there stands in the entry."""
        return True


SHOWN_OF_SESSION = {
    "title", "subtitle", "abstract", "theme_id", "room_id", "starts_at", "ends_at", "slug",
    # The personal feed carries these.
    "join_phone", "join_passcode",
}  # fmt: skip
SHOWN_OF_FORMER: dict[type[Any], set[str]] = {
    Event: {"slug", "zone"},
    EventSession: {"slug", "title"},  # Of the one that it became.
}
SHOWN_OF_OTHERS: dict[type[Any], set[str]] = {
    Event: {"kind", "title", "slug", "zone"},
    Theme: {"name"},
    Room: {"name"},
    Speaker: {"name"},
}


@sa.event.listens_for(orm.Session, "before_flush")
def _raise_sequences(session: orm.Session, _context: Any, _instances: Any) -> None:
    sessions: set[EventSession] = set()
    formers: set[FormerSession] = set()
    with session.no_autoflush:
        for row in changed_rows(session):
            sessions.update(_sessions_that_show(session, row))
            formers.update(_formers_that_show(session, row))
        for event_session in sessions - set(session.deleted):
            refresh_search(event_session)
    for event_session in sessions - set(session.new) - set(session.deleted):
        event_session.sequence = EventSession.sequence + 1
        event_session.changed_at = clock.now()
    for entry in formers - set(session.new) - set(session.deleted):
        entry.sequence = FormerSession.sequence + 1
        entry.changed_at = clock.now()


def _sessions_that_show(session: orm.Session, row: Any) -> Iterable[EventSession]:
    if isinstance(row, EventSession):
        return [row] if _moved(row, SHOWN_OF_SESSION) or _reads_otherwise(row) else []
    if isinstance(row, Appearance):
        return [shown] if (shown := row.parent("session")) else []
    if isinstance(row, OnCalendar):
        is_old = row not in session.new and row not in session.deleted
        moves = row.moves_entry() if is_old else row.stands_in_entry()
        return [row.calendar_session()] if moves else []
    if type(row) not in SHOWN_OF_OTHERS or row in session.new:
        return []
    taken_out = isinstance(row, Theme | Room) and row.event is None  # Of its event's collection: an orphan is deleted.
    if row in session.deleted or taken_out:
        return _without(session, row)
    if _moved(row, SHOWN_OF_OTHERS[type(row)]):
        return _sessions_of(session, row)
    if isinstance(row, Event) and _moved(row, {"standing", "standing_reason"}):
        return [each for each in _sessions_of(session, row) if _reads_otherwise(each)]
    return []


def _formers_that_show(session: orm.Session, row: Any) -> Iterable[FormerSession]:
    if isinstance(row, FormerSession):
        return [row] if _moved(row, {"became", "became_id"}) else []
    if type(row) not in SHOWN_OF_FORMER or row in session.new or row in session.deleted:
        return []
    return former.showing(session, row) if _moved(row, SHOWN_OF_FORMER[type(row)]) else []


def _sessions_of(session: orm.Session, row: Event | Theme | Room | Speaker) -> list[EventSession]:
    """The sessions that show a row, with all that their search text is made from."""
    found = sa.select(EventSession).options(
        orm.joinedload(EventSession.theme), orm.selectinload(EventSession.appearances).joinedload(Appearance.speaker)
    )
    if isinstance(row, Speaker):
        found = found.where(EventSession.appearances.any(Appearance.speaker_id == row.id))
    else:
        reference = {Event: EventSession.event_id, Theme: EventSession.theme_id, Room: EventSession.room_id}[type(row)]
        found = found.where(reference == row.id)
    return list(session.scalars(found))


def _without(session: orm.Session, row: Event | Theme | Room | Speaker) -> list[EventSession]:
    """The sessions that a row is being deleted from: the database would let go of it, but tell nobody."""
    if isinstance(row, Event):
        return []
    sessions = _sessions_of(session, row)
    for event_session in sessions:
        if isinstance(row, Speaker):
            for appearance in [each for each in event_session.appearances if each.speaker is row]:
                event_session.appearances.remove(appearance)
        elif isinstance(row, Theme):
            event_session.theme = None
        else:
            event_session.room = None
    return sessions


def _reads_otherwise(session: EventSession) -> bool:
    """Whether what follows from several columns, or from a part of one, is another than before."""
    try:
        return _read(session, _before) != _read(session, getattr)
    except LookupError:
        return True


def _read(session: EventSession, value: Callable[[Any, str], Any]) -> tuple[object, ...]:
    is_break = value(session, "kind") is SessionKind.BREAK
    standings = [
        value(row, name) for row in (session, session.event) for name in ("standing", "standing_reason")
    ]  # fmt: skip
    return (
        is_break, None if is_break else value(session, "languages"),
        bool(value(session, "join_url")),  # Entries lead there by a page of the reader's own.
        value(session, "capacity") is None,  # Where places are few, who has none is not told how to join.
        standing.heavier(*standings[::2]), standing.reason(*standings),
        *(place and place.name for place in (value(session, "theme"), value(session, "room"))),
    )  # fmt: skip


def _before(row: Any, name: str) -> Any:
    """The value that the database has. Raises LookupError where it was written over unread."""
    history = sa.inspect(row).attrs[name].history
    if history.has_changes() and not history.deleted:
        raise LookupError(name)
    return history.deleted[0] if history.deleted else getattr(row, name)


def _moved(row: object, attributes: set[str]) -> bool:
    state = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name in attributes if name in state.attrs)
