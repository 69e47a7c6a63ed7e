"""The desk of a stream: who is on air there, and what they type.

Nobody but who is on air begins a line; everyone who may caption the stream corrects. A line that is not finished when
the desk changes hands stays as it stands, and whoever began it may still finish it. All of it happens under the
stream's lock, in the transaction of the caller.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.extensions import db, lock_row
from app.languages import team
from app.languages.captions import cues
from app.languages.captions.cues import Refused
from app.languages.models import CaptionCue, CaptionStream, CueState, Linguist
from app.lib import clock

PATIENCE = timedelta(seconds=45)
"""How long nothing may be heard of who is on air before a colleague may take over; a page gives a sign every 8 s."""


def is_open_to(stream: CaptionStream, linguist: Linguist) -> bool:
    """Whether they may go on air now: the desk is free, offered to them or deserted, or they coordinate."""
    offered = stream.offered_to_id == linguist.id
    return stream.on_air_id in (None, linguist.id) or offered or is_deserted(stream) or team.coordinates(linguist)


def is_deserted(stream: CaptionStream) -> bool:
    """Nothing was heard of who is on air, for some time."""
    return stream.on_air_id is not None and (stream.heard_at or clock.LONG_AGO) < clock.now() - PATIENCE


def take(stream: CaptionStream, linguist: Linguist) -> None:
    """They go on air. Raises Refused while somebody else is."""
    lock_row(stream)
    if not is_open_to(stream, linguist):
        raise _taken(stream)
    _hand_to(stream, linguist)


def offer(stream: CaptionStream, linguist: Linguist, colleague: Linguist | None) -> None:
    """Asks a colleague to take over, or takes that back (None); until they do, nothing changes. Raises Refused."""
    lock_row(stream)
    if stream.on_air_id != linguist.id:
        raise Refused(_l("Only who is on air can hand over."))
    stream.offered_to_id = colleague.id if colleague else None
    db.session.flush()


def decline(stream: CaptionStream, linguist: Linguist) -> None:
    lock_row(stream)
    if stream.offered_to_id == linguist.id:
        stream.offered_to_id = None
        db.session.flush()


def leave(stream: CaptionStream, linguist: Linguist | None = None) -> None:
    """They go off air, or whoever it is (None); the desk is free."""
    lock_row(stream)
    if linguist is None or stream.on_air_id == linguist.id:
        _hand_to(stream, None)


def hear(stream: CaptionStream, linguist: Linguist) -> None:
    """Their page gives a sign."""
    if stream.on_air_id == linguist.id and stream.heard_at != clock.now():
        lock_row(stream)
        if stream.on_air_id == linguist.id:
            stream.heard_at = clock.now()
            db.session.flush()


def write(
    stream: CaptionStream,
    linguist: Linguist,
    line: str,
    text: str,
    *,
    partial: bool = False,
    source: CaptionCue | None = None,
    source_version: int | None = None,
) -> CaptionCue:
    """What they have typed of a line, by the name their browser gave it; sent twice, it stands once. Raises Refused.

    Who writes at a free desk is on air with it.
    """
    lock_row(stream)
    cue = find_line(stream, linguist, line)
    if cue is None:
        if stream.on_air_id is None:
            _hand_to(stream, linguist)
        elif stream.on_air_id != linguist.id:
            raise _taken(stream)
        if source is None:
            _finish_lines(stream)  # A browser that died in one.
        else:
            _refuse_second(stream, source)
        cue = cues.say(stream, text, linguist, partial=partial, source=source)
        cue.line = line
        if source is not None:
            cue.source_version = source_version or source.version
            _put_in_order(cue, source)
    elif cue.state is CueState.PARTIAL:
        cue = cues.say(stream, text, linguist, cue=cue, partial=partial)
    elif not partial and cue.text != cues.clean(text):
        # The desk changed hands before the line was finished.
        if cue.corrected_by or cue.state is CueState.WITHDRAWN:
            raise _changed(cue)
        cues.correct(cue, text, linguist.name)
    if stream.on_air_id == linguist.id:
        stream.heard_at = clock.now()
    db.session.flush()
    return cue


def correct(
    cue: CaptionCue, linguist: Linguist, text: str, was: str | None = None, source_version: int | None = None
) -> None:
    """New words for a line; `was` is what stood there for whoever corrects. Raises Refused."""
    lock_row(cue.stream)
    _refuse_unfinished(cues.lock_cue(cue), linguist)
    if was is not None and cues.clean(was) != cue.text != cues.clean(text):
        raise _changed(cue)
    cues.correct(cue, text, linguist.name)
    if source_version:
        cue.source_version = source_version
        db.session.flush()


def withdraw(cue: CaptionCue, linguist: Linguist) -> None:
    """Takes a line back. Raises Refused while somebody else types it."""
    lock_row(cue.stream)
    _refuse_unfinished(cues.lock_cue(cue), linguist)
    cues.withdraw(cue, linguist.name)


def find_line(stream: CaptionStream, linguist: Linguist, line: str) -> CaptionCue | None:
    """By the name that their own browser gave it."""
    return db.session.scalar(
        sa.select(CaptionCue).where(
            CaptionCue.stream_id == stream.id, CaptionCue.linguist_id == linguist.id, CaptionCue.line == line
        )
    )


def _hand_to(stream: CaptionStream, linguist: Linguist | None) -> None:
    if linguist is None or stream.on_air_id != linguist.id:
        _finish_lines(stream)
        stream.on_air_id = linguist.id if linguist else None
        stream.on_air_since = clock.now() if linguist else None
    stream.offered_to_id = None
    stream.heard_at = clock.now()
    db.session.flush()


def _finish_lines(stream: CaptionStream) -> None:
    """What was being typed is final as it stands, lest it be lost."""
    for cue in db.session.scalars(
        sa.select(CaptionCue).where(
            CaptionCue.stream_id == stream.id, CaptionCue.state == CueState.PARTIAL, CaptionCue.line.is_not(None)
        )
    ).all():
        cues.say(stream, cue.text, cue.linguist, cue=cue)


def _put_in_order(cue: CaptionCue, source: CaptionCue) -> None:
    """A translation made later than that of a following line goes before it, as far as their sources are apart."""
    following = db.session.execute(
        sa.select(CaptionCue, _sources.c.place)
        .join(_sources, _sources.c.id == CaptionCue.source_id)
        .where(CaptionCue.stream_id == cue.stream_id, CaptionCue.id != cue.id, _sources.c.place > source.place)
        .order_by(_sources.c.place)
        .limit(1)
    ).first()
    if following is not None:
        later, place = following
        cue.place, cue.seq = later.place, later.seq - (place - source.place)


def _refuse_second(stream: CaptionStream, source: CaptionCue) -> None:
    done = db.session.scalar(
        sa.select(CaptionCue).where(
            CaptionCue.stream_id == stream.id, CaptionCue.source_id == source.id,
            CaptionCue.state != CueState.WITHDRAWN,
        )
    )  # fmt: skip
    if done is not None:
        raise Refused(_l("This line is translated already: “%(text)s”. Correct that.", text=done.text))


def _refuse_unfinished(cue: CaptionCue, linguist: Linguist) -> None:
    if cue.state is CueState.PARTIAL and cue.linguist_id != linguist.id:
        raise Refused(_l("This line is still being typed."))


def _taken(stream: CaptionStream) -> Refused:
    return Refused(
        _l("%(name)s is on air. Ask them to hand over to you.", name=stream.on_air.name if stream.on_air else "")
    )


def _changed(cue: CaptionCue) -> Refused:
    return Refused(
        _l("%(name)s changed this line meanwhile: “%(text)s”. Look whether it says all.",
           name=cue.corrected_by or "–", text=cue.text)
    )  # fmt: skip


_sources = sa.alias(CaptionCue.__table__)
