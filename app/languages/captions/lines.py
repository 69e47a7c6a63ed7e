"""The last lines of a stream as those who write it see them, and what a translator has beside them."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from app.extensions import db
from app.languages.models import CaptionCue, CaptionStream, CueState

SHOWN = 40
"""How many are shown before somebody asks for all."""
MOST = 3000


class Pair(NamedTuple):
    """A line of the source, and what it was translated as."""

    source: CaptionCue
    translation: CaptionCue | None

    @property
    def is_overtaken(self) -> bool:
        """The source was corrected since. A machine follows by itself."""
        done = self.translation
        return done is not None and done.source_version is not None and done.source_version < self.source.version


def loose(stream: CaptionStream, number: int = SHOWN) -> list[CaptionCue]:
    """Those that stand or are being typed, in their order; of a translation only those that translate no line."""
    shown = _not_withdrawn(stream)
    return _last(shown.where(CaptionCue.source_id.is_(None)) if stream.source_id else shown, number)


def pairs(stream: CaptionStream, number: int = SHOWN) -> list[Pair]:
    """The last finished lines of the source, each with its translation; a withdrawn one as long as that stands."""
    if stream.source is None:
        return []
    translated = sa.select(CaptionCue.source_id).where(
        CaptionCue.stream_id == stream.id, CaptionCue.state != CueState.WITHDRAWN
    )
    is_shown = sa.or_(CaptionCue.state == CueState.FINAL, CaptionCue.id.in_(translated.correlate(None)))
    said = _last(sa.select(CaptionCue).where(CaptionCue.stream_id == stream.source_id, is_shown), number)
    rows = db.session.scalars(
        _not_withdrawn(stream)
        .where(CaptionCue.source_id.in_([cue.id for cue in said]))
        .options(orm.joinedload(CaptionCue.linguist))
    )
    done = {cue.source_id: cue for cue in rows}
    return [Pair(cue, done.get(cue.id)) for cue in said]


def _not_withdrawn(stream: CaptionStream) -> sa.Select[CaptionCue]:
    return sa.select(CaptionCue).where(CaptionCue.stream_id == stream.id, CaptionCue.state != CueState.WITHDRAWN)


def _last(found: sa.Select[CaptionCue], number: int) -> list[CaptionCue]:
    rows = db.session.scalars(
        found.order_by(CaptionCue.place.desc(), CaptionCue.seq.desc())
        .limit(number)
        .options(orm.joinedload(CaptionCue.linguist))
    )
    return list(reversed(rows.all()))
