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
from app.languages.models import Booth, LanguageTrack, Linguist, Turn
from app.lib import clock

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
        session.connection().execute(
            sa.update(LanguageTrack.__table__)  # type: ignore[arg-type]
            .where(LanguageTrack.id.in_(tracks))
            .values(turns_version=LanguageTrack.turns_version + 1, turns_changed_at=clock.now())
        )


def _tracks_that_show(session: orm.Session, row: object) -> Iterable[int]:
    if isinstance(row, Turn):
        numbers = (row.track_id, row.track and row.track.id, *_before(row, "track_id"))
        return [number for number in numbers if number]
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
