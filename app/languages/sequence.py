"""What of a track stands in its interpreters' calendars alone is counted here: who has which turn, in which booth.

Together with the SEQUENCE of the session it gives that of their entries (RFC 5545): both only rise. It is no news for
the public, so it is written past the session, which would raise the revision of the event.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.revision import changed_rows
from app.extensions import db
from app.languages.models import Booth, LanguageTrack, Linguist, Rota, Turn
from app.lib import clock
from app.schedule.models import EventSession

_OF_TURN = ("track_id", "linguist_id", "linguist", "partner_id", "partner", "starts_at", "ends_at")
_OF_TRACK = ("booth_id", "booth", "via", "linguist_id", "linguist")


def touch(tracks: Iterable[int]) -> None:
    """For who writes turns by statements that the session does not see."""
    _raise(db.session(), set(tracks))


@sa.event.listens_for(orm.Session, "before_flush")
def _raise_versions(session: orm.Session, _context: Any, _instances: Any) -> None:
    with session.no_autoflush:
        tracks = {number for row in changed_rows(session) for number in _tracks_that_show(session, row)}
        _raise(session, tracks)


def _raise(session: orm.Session, tracks: set[int]) -> None:
    if tracks:
        session.execute(
            sa.update(LanguageTrack)
            .where(LanguageTrack.id.in_(tracks))
            .values(turns_version=LanguageTrack.turns_version + 1, turns_changed_at=clock.now())
        )


def _tracks_that_show(session: orm.Session, row: object) -> Iterable[int]:
    if isinstance(row, Turn):
        if row not in session.new and row not in session.deleted and not any(_moved(row, name) for name in _OF_TURN):
            return []
        numbers = (row.track_id, row.track and row.track.id, *_before(row, "track_id"))
        return [number for number in numbers if number]
    if isinstance(row, Rota) and _is_shown(row) != _was_shown(session, row):
        of_event = LanguageTrack.session.has(EventSession.event_id == row.event_id)
        return session.scalars(sa.select(Turn.track_id).join(Turn.track).where(of_event).distinct())
    if row in session.new:
        return []
    if isinstance(row, LanguageTrack):
        return [row.id] if row not in session.deleted and any(_moved(row, name) for name in _OF_TRACK) else []
    if isinstance(row, Booth) and _moved(row, "name"):
        return session.scalars(sa.select(LanguageTrack.id).where(LanguageTrack.booth_id == row.id))
    if isinstance(row, Linguist) and _moved(row, "name"):
        is_in = sa.or_(Turn.linguist_id == row.id, Turn.partner_id == row.id)
        return session.scalars(sa.select(Turn.track_id).where(is_in).distinct())
    return []


def _moved(row: object, attribute: str) -> bool:
    return bool(sa.inspect(row).attrs[attribute].history.has_changes())


def _before(row: object, attribute: str) -> list[int]:
    return list(sa.inspect(row).attrs[attribute].history.deleted or ())


def _is_shown(rota: Rota) -> bool:
    return rota.told_at is not None


def _was_shown(session: orm.Session, rota: Rota) -> bool:
    """Telling once more what was changed since shows nothing new."""
    before = sa.inspect(rota).attrs["told_at"].history.deleted
    return False if rota in session.new else any(before) if before else _is_shown(rota)
