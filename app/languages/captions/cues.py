"""The cues of a stream: taken in, typed, corrected. Every change has a number of its own, given under the lock.

Cues stand in the order of (place, seq). Who types gets the next place. A tool numbers its captions, so one that comes
late is known as late: it takes the place of the next that is there, and its own number puts it before that one. A
translation stands where the cue stands that it translates.
"""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.extensions import bell, db, lock_row
from app.languages import plan
from app.languages.models import CaptionCue, CaptionKey, CaptionStream, CueState, Linguist
from app.lib import clock

MOST_BYTES = 2048
LARGEST_SEQ = 2**53
"""The largest whole number that JavaScript, which many captioners' tools are written in, can count to."""

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


class Refused(Exception):  # noqa: N818 - it is news for the captioner
    """What was sent cannot be a caption; says why."""

    def __init__(self, sentence: LazyString) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def say(
    stream: CaptionStream,
    text: str,
    linguist: Linguist | None = None,
    *,
    cue: CaptionCue | None = None,
    partial: bool = False,
    source: CaptionCue | None = None,
    is_machine: bool = False,
) -> CaptionCue:
    """A new cue, or the next words of one that is still partial. Raises Refused."""
    words = clean(text)
    if not words:
        raise Refused(_l("A caption needs some text."))
    _lock(stream)
    if cue is None:
        where: dict[str, Any] = {"place": source.place, "seq": source.seq, "source_id": source.id} if source else {}
        cue = _new(stream, is_machine=is_machine, **where)
    elif lock_cue(cue).state is not CueState.PARTIAL:
        raise Refused(_l("This caption is final by now; correct it instead."))
    cue.linguist = linguist
    _set(stream, cue, words, CueState.PARTIAL if partial else CueState.FINAL)
    return cue


def take(key: CaptionKey, seq: int, text: str, partial: bool = False) -> CaptionCue | None:
    """A caption that a tool sent; None when this number was taken before. Raises Refused."""
    words = clean(text)
    stream = key.stream
    _lock(stream)
    # What came by the key meanwhile, in another request: whether this one is late depends on it.
    db.session.refresh(key, ["last_seq", "passed_over"])
    known = db.session.scalar(sa.select(CaptionCue).where(CaptionCue.key == key.token, CaptionCue.seq == seq))
    if known is not None and known.state is not CueState.PARTIAL:
        # Either the answer to the first sending was lost, or the tool counts from the beginning once more.
        key.passed_over += known.text != words and not known.corrected_by
        return None
    key.last_at = clock.now()
    if known is None:
        if not words:
            key.last_seq = max(key.last_seq, seq)
            return None
        known = _new(stream, key=key.token, seq=seq, place=_place_before_later(key, seq))
        key.last_seq = max(key.last_seq, seq)
    _set(stream, known, words, CueState.PARTIAL if partial else CueState.FINAL)
    return known


def correct(cue: CaptionCue, text: str, by: str) -> None:
    """New words for a final cue, by a named person. Raises Refused."""
    words = clean(text)
    if not words:
        raise Refused(_l("A caption needs some text; withdraw it instead."))
    _lock(cue.stream)
    if lock_cue(cue).text != words or cue.state is CueState.WITHDRAWN:
        cue.corrected_by = by[:200]
        _set(cue.stream, cue, words, CueState.FINAL, is_said_now=cue.state is CueState.PARTIAL)


def withdraw(cue: CaptionCue, by: str) -> None:
    """Nobody sees it any more; its words are kept, and a correction brings it back."""
    _lock(cue.stream)
    if lock_cue(cue).state is not CueState.WITHDRAWN:
        cue.corrected_by = by[:200]
        _set(cue.stream, cue, cue.text, CueState.WITHDRAWN, is_said_now=False)


def since(stream_id: int, version: int) -> list[CaptionCue]:
    """The cues that changed after a version, in the order of their last changes."""
    return list(
        db.session.scalars(
            sa.select(CaptionCue)
            .where(CaptionCue.stream_id == stream_id, CaptionCue.version > version)
            .order_by(CaptionCue.version)
        )
    )


def spoken(stream: CaptionStream, last: int | None = None) -> list[CaptionCue]:
    """The final cues in their order, all or the last of them."""
    found = (
        sa.select(CaptionCue)
        .where(CaptionCue.stream_id == stream.id, CaptionCue.state == CueState.FINAL)
        .order_by(CaptionCue.place.desc(), CaptionCue.seq.desc(), CaptionCue.id.desc())
        .limit(last)
    )
    return list(reversed(db.session.scalars(found).all()))


def clean(text: str) -> str:
    """Plain text in lines, without control characters or blank lines. Raises Refused for more than 2 KB."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Refused(_l("A caption has at most 2 KB of text."))
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).split("\n")
    seen = ("".join(c for c in line if c == "\t" or unicodedata.category(c) not in ("Cc", "Cs")) for line in lines)
    return "\n".join(line for raw in seen if (line := " ".join(raw.split())))


def lock_cue(cue: CaptionCue) -> CaptionCue:
    """The cue as it is now; whoever holds its stream's lock is the only one who changes it."""
    db.session.refresh(cue)
    return cue


def _lock(stream: CaptionStream) -> None:
    lock_row(stream)


def _new(stream: CaptionStream, *, place: int | None = None, **facts: Any) -> CaptionCue:
    moment = clock.now_exactly()
    if stream.zero_at is None:
        starts_at = stream.track.session.starts_at
        stream.zero_at = starts_at if starts_at and starts_at <= moment else moment
    place = place or stream.places + 1
    stream.places = max(stream.places, place)
    return CaptionCue(stream_id=stream.id, place=place, began_at=moment, ended_at=moment, **facts)


def _place_before_later(key: CaptionKey, seq: int) -> int | None:
    """The place of the next cue by number, if there is one; this one goes before it."""
    if seq > key.last_seq:
        return None
    place: int | None = db.session.scalar(
        sa.select(CaptionCue.place)
        .where(CaptionCue.key == key.token, CaptionCue.seq > seq)
        .order_by(CaptionCue.seq)
        .limit(1)
    )
    return place


def _set(stream: CaptionStream, cue: CaptionCue, words: str, state: CueState, is_said_now: bool = True) -> None:
    """Writes what a cue is from now on, and tells whoever listens."""
    stream.version += 1
    stream.changed_at = clock.now_exactly()
    cue.text, cue.state, cue.version = words, state, stream.version
    if is_said_now:
        cue.ended_at = stream.changed_at
        plan.now_live(stream.track)
    db.session.add(cue)
    db.session.flush()
    bell.ring(db.session(), f"captions:{stream.id}")
