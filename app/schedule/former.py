"""Sessions that left the programme. Calendars hold their UIDs: none of them vanishes in silence, none is doubled."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.schedule.models import EventSession, FormerSession
from app.schedule.signals import session_left, session_returned


def remember(session: EventSession, became: EventSession | None = None) -> FormerSession | None:
    """Writes down what a session was, before it leaves the programme; nothing where the public never saw it there."""
    if not session.event.is_public or session.starts_at is None or session.ends_at is None:
        return None
    db.session.flush()  # Its SEQUENCE may still wait to be counted.
    former = FormerSession(
        event=session.event, guid=session.guid, slug=session.slug, title=dict(session.title),
        starts_at=session.starts_at, ends_at=session.ends_at, theme_id=session.theme_id,
        languages=list(session.languages), search=session.search, sequence=session.sequence + 1,
        speaker_ids=[row.speaker_id for row in session.appearances], changed_at=clock.now(), became=became,
    )  # fmt: skip
    db.session.add(former)
    db.session.flush()
    session_left.send(session, former=former)
    return former


def hand_on(session: EventSession, became: EventSession | None) -> None:
    """What was merged into a session that goes leads to what that became, or to nothing."""
    for former in db.session.scalars(sa.select(FormerSession).where(FormerSession.became_id == session.id)):
        former.became = became


def at_address(event_id: int, slug: str) -> FormerSession | None:
    """The last session that stood at an address and stands there no more."""
    return db.session.scalar(
        sa.select(FormerSession)
        .where(FormerSession.event_id == event_id, FormerSession.slug == slug)
        .order_by(FormerSession.id.desc())
        .limit(1)
    )


@sa.event.listens_for(orm.Session, "before_flush", insert=True)
def _take_back(session: orm.Session, _context: Any, _instances: Any) -> None:
    """Done here, where no import can forget it: whoever comes with a known guid goes on above its SEQUENCE."""
    comes = {(row.event.id, row.guid): row for row in _appearing(session)}
    if not comes:
        return
    with session.no_autoflush:
        of_events = FormerSession.event_id.in_({event_id for event_id, _guid in comes})
        for former in session.scalars(sa.select(FormerSession).where(of_events)):
            row = comes.get((former.event_id, former.guid))
            if row is None:
                continue
            is_new = row in session.new
            if is_new:
                row.sequence = former.sequence + row.is_scheduled
            if row.is_scheduled:
                if is_new:
                    session_returned.send(row, former=former)
                session.delete(former)


def _appearing(session: orm.Session) -> list[EventSession]:
    """Sessions that are new, or have a time again, in events that are not new themselves."""
    rows: Iterable[object] = [*session.new, *session.dirty]
    return [
        row for row in rows
        if isinstance(row, EventSession) and row.guid and row.event and row.event.id
        and (row in session.new or _has_a_time_again(row))
    ]  # fmt: skip


def _has_a_time_again(row: EventSession) -> bool:
    history = sa.inspect(row).attrs.starts_at.history
    return row.starts_at is not None and list(history.deleted or ()) == [None]


def showing(session: orm.Session, row: Event | EventSession) -> Sequence[FormerSession]:
    """The former sessions whose calendar entries name an event's address and zone, or the session they became."""
    reference = FormerSession.event_id if isinstance(row, Event) else FormerSession.became_id
    return session.scalars(sa.select(FormerSession).where(reference == row.id)).all()
