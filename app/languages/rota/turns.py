"""The turns of a rota: asked for, and set by hand. What is set by hand is pinned, so a proposal leaves it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Standing
from app.extensions import db, lock_row
from app.languages.models import LanguageTrack, Linguist, Rota, Turn
from app.lib import clock
from app.schedule.models import EventSession

TAKES_PLACE = EventSession.standing == Standing.CONFIRMED


class Overlapping(Exception):  # noqa: N818 - news for the organiser
    """Two people would speak in one track at once; `other` is the turn in the way."""

    def __init__(self, other: Turn) -> None:
        super().__init__(f"overlaps turn {other.id}")
        self.other = other


def of(linguist: Linguist) -> list[Turn]:
    """Those in which somebody speaks or sits beside, by time, of sessions that take place."""
    return _found(sa.or_(Turn.linguist_id == linguist.id, Turn.partner_id == linguist.id), TAKES_PLACE)


def of_event(event: Event) -> list[Turn]:
    """Of its sessions that take place, by time."""
    return _found(EventSession.event_id == event.id, TAKES_PLACE)


def of_track(track: LanguageTrack) -> list[Turn]:
    return _found(Turn.track_id == track.id)


def of_number(event: Event, number: int) -> Turn | None:
    return next(iter(_found(EventSession.event_id == event.id, Turn.id == number)), None)


def _found(*conditions: sa.ColumnElement[bool]) -> list[Turn]:
    return list(
        db.session.scalars(
            sa.select(Turn)
            .join(Turn.track)
            .join(LanguageTrack.session)
            .where(*conditions)
            .order_by(Turn.starts_at, Turn.id)
            .options(
                orm.contains_eager(Turn.track).options(
                    orm.contains_eager(LanguageTrack.session), orm.joinedload(LanguageTrack.booth)
                ),
                orm.joinedload(Turn.linguist), orm.joinedload(Turn.partner),
            )
        )
    )  # fmt: skip


def add(
    track: LanguageTrack,
    linguist: Linguist,
    partner: Linguist | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    is_pinned: bool = True,
) -> Turn:
    """Raises Overlapping."""
    _refuse_overlap(of_track(track), starts_at, ends_at)
    turn = Turn(
        track=track, linguist=linguist, partner=partner, starts_at=starts_at, ends_at=ends_at, is_pinned=is_pinned
    )
    db.session.add(turn)
    touch(track.session.event)
    return turn


def change(turn: Turn, linguist: Linguist, partner: Linguist | None, starts_at: datetime, ends_at: datetime) -> None:
    """Who and when. The turns that touch it come along: a handover has one moment. Raises Overlapping."""
    others = [each for each in of_track(turn.track) if each is not turn]
    before = next((each for each in others if each.ends_at == turn.starts_at and each.starts_at < starts_at), None)
    after = next((each for each in others if each.starts_at == turn.ends_at and each.ends_at > ends_at), None)
    _refuse_overlap([each for each in others if each not in (before, after)], starts_at, ends_at)
    if before:
        before.ends_at = starts_at
    if after:
        after.starts_at = ends_at
    turn.linguist, turn.partner, turn.starts_at, turn.ends_at, turn.is_pinned = (
        linguist, partner, starts_at, ends_at, True,
    )  # fmt: skip
    touch(turn.track.session.event)


def split(turn: Turn) -> Turn | None:
    """Two halves; in the second the partner speaks. None when it is too short for two."""
    half = timedelta(minutes=(turn.ends_at - turn.starts_at).total_seconds() // 120)
    if not half:
        return None
    second = Turn(
        track=turn.track, linguist=turn.partner or turn.linguist, partner=turn.linguist if turn.partner else None,
        starts_at=turn.starts_at + half, ends_at=turn.ends_at, is_pinned=True,
    )  # fmt: skip
    turn.ends_at, turn.is_pinned = second.starts_at, True
    db.session.add(second)
    touch(turn.track.session.event)
    return second


def following(turn: Turn) -> Turn | None:
    """The next turn of its track, where that begins at its end."""
    return next((each for each in of_track(turn.track) if each.starts_at == turn.ends_at), None)


def join(turn: Turn) -> bool:
    """One turn out of this and the next, with its people. False when none follows at once."""
    following_one = following(turn)
    if following_one is None:
        return False
    turn.ends_at, turn.is_pinned = following_one.ends_at, True
    db.session.delete(following_one)
    touch(turn.track.session.event)
    return True


def pin(turn: Turn, *, is_pinned: bool) -> None:
    turn.is_pinned = is_pinned
    touch(turn.track.session.event)


def remove(turn: Turn) -> None:
    db.session.delete(turn)
    touch(turn.track.session.event)


def clear(track: LanguageTrack) -> None:
    """All turns of a track go: nobody is needed there."""
    if gone := of_track(track):
        for turn in gone:
            db.session.delete(turn)
        touch(track.session.event)


def follow(session: EventSession, previous: tuple[datetime | None, datetime | None]) -> None:
    """A session that moves takes its turns along; what does not fit into it any more goes."""
    turns = _found(LanguageTrack.session_id == session.id)
    if not turns:
        return
    lock(session.event)  # Before the turns, as who edits one does: else the two could wait for each other.
    for turn in turns:
        if session.starts_at is None or session.ends_at is None or previous[0] is None:
            db.session.delete(turn)
            continue
        starts_at = turn.starts_at + (session.starts_at - previous[0])
        ends_at = min(turn.ends_at + (session.starts_at - previous[0]), session.ends_at)
        if starts_at < ends_at:
            turn.starts_at, turn.ends_at = starts_at, ends_at
        else:
            db.session.delete(turn)
    touch(session.event)


def rota_of(event: Event) -> Rota:
    """Its row, made when it is missing."""
    rota = db.session.get(Rota, event.id)
    if rota is None:
        rota = Rota(event=event)
        db.session.add(rota)
        db.session.flush()
    return rota


def lock(event: Event) -> Rota:
    """Nobody else changes the rota until the transaction ends."""
    rota = rota_of(event)
    lock_row(rota)
    return rota


def touch(event: Event) -> None:
    rota_of(event).changed_at = clock.now()
    db.session.flush()


def _refuse_overlap(others: Sequence[Turn], starts_at: datetime, ends_at: datetime) -> None:
    for other in others:
        if other.starts_at < ends_at and starts_at < other.ends_at:
            raise Overlapping(other)
