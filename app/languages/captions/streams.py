"""The stream of captions that belongs to a track."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from app.events.models import Event, EventState
from app.extensions import db, first_row
from app.languages.models import CaptionStream, LanguageTrack, TrackKind
from app.lib.conditional import Version
from app.schedule.models import EventSession

_streams = CaptionStream.__table__.c
_version = sa.select(_streams.version, _streams.changed_at).where(_streams.id == sa.bindparam("id"))
_public = (
    sa.select(_streams.id, _streams.version, _streams.changed_at)
    .select_from(CaptionStream.__table__)
    .join(LanguageTrack.__table__).join(EventSession.__table__).join(Event.__table__)
    .where(
        Event.slug == sa.bindparam("event"), Event.state != EventState.DRAFT,
        EventSession.slug == sa.bindparam("session"),
        LanguageTrack.kind == TrackKind.CAPTIONS, LanguageTrack.language == sa.bindparam("language"),
    )
)  # fmt: skip


def of(track: LanguageTrack) -> CaptionStream:
    """The stream of a captions track, made when it is first asked for."""
    found = find(track)
    if found is None:
        # Of two who ask at once, the second waits here and finds the row of the first.
        try:
            with db.session.begin_nested():
                found = CaptionStream(track=track)
                db.session.add(found)
        except sa.exc.IntegrityError:
            found = find(track)
    assert found is not None  # noqa: S101 - see above
    return found


def find(track: LanguageTrack) -> CaptionStream | None:
    return db.session.scalar(sa.select(CaptionStream).where(CaptionStream.track == track))


class StreamRow(NamedTuple):
    """What of a stream must be known to answer for it."""

    id: int
    version: int
    changed_at: datetime

    @property
    def answer_version(self) -> Version:
        """What public answers about it are made from."""
        return Version(f"captions:{self.id}", self.version, self.changed_at, partial(first_row, _version, id=self.id))


def find_public(event: str, session: str, language: str) -> StreamRow | None:
    """By its address; nothing of an event that is not public. One statement, which holds no connection."""
    row = first_row(_public, event=event, session=session, language=language)
    return StreamRow(*row) if row else None


def versions(numbers: set[int]) -> dict[int, int]:
    """How far each of these streams has come."""
    rows = db.session.execute(sa.select(CaptionStream.id, CaptionStream.version).where(CaptionStream.id.in_(numbers)))
    return {row.id: row.version for row in rows}
