"""Passing captions on to other platforms: each once, in order, with numbers that outlive a crash.

A cue gets its number at a relay, and that is committed, before it is sent; what died in between is sent again under
the same number, which the platform takes for what it is. Only the next one is ever under way.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import orm

from app.extensions import db, reading_only
from app.languages.captions import targets
from app.languages.captions.cues import Refused
from app.languages.models import (
    CaptionCue,
    CaptionRelay,
    CaptionStream,
    CueState,
    LanguageTrack,
    Platform,
    RelayedCue,
    RelayState,
)
from app.lib import clock

LEASE = timedelta(seconds=12)
"""How long a sender may be silent before another takes over; longer than one sending can take."""
GAP = timedelta(seconds=5)
"""How long a cue waits for one that its sender numbered before it and that has not come."""
WAITS = tuple(timedelta(seconds=s) for s in (1, 2, 4, 8, 15, 30))
"""Between attempts, the last one again and again."""
AT_ONCE = 8


class Standing(NamedTuple):
    """How far a relay has come."""

    sent: int
    waiting: int


def add(stream: CaptionStream, platform: Platform, address: str) -> CaptionRelay:
    """Passes on what is said from now on. Raises Refused."""
    if not targets.accepts(platform, address):
        raise Refused(_l("This is no address for captions of this platform. Copy it from there, whole."))
    relay = CaptionRelay(stream=stream, platform=platform, address=address, after_place=stream.places)
    db.session.add(relay)
    db.session.flush()
    return relay


def of(stream: CaptionStream) -> list[CaptionRelay]:
    return list(
        db.session.scalars(
            sa.select(CaptionRelay).where(CaptionRelay.stream_id == stream.id).order_by(CaptionRelay.id)
        )
    )  # fmt: skip


def remove(relay: CaptionRelay) -> None:
    db.session.delete(relay)
    db.session.flush()


def switch(relay: CaptionRelay, on: bool) -> None:
    """Switched on again it goes on with what is said then."""
    if on and relay.state is RelayState.OFF:
        relay.state, relay.after_place = RelayState.WAITING, relay.stream.places
        retry(relay)
    elif not on:
        relay.state, relay.failing_since, relay.last_error = RelayState.OFF, None, ""
    db.session.flush()


def retry(relay: CaptionRelay) -> None:
    """Tries again at once."""
    relay.retry_at, relay.attempts = None, 0
    db.session.flush()


def standing(relay: CaptionRelay) -> Standing:
    sent = db.session.scalar(
        sa.select(sa.func.count()).where(RelayedCue.relay_id == relay.id, RelayedCue.sent_at.is_not(None))
    )
    waiting = db.session.scalar(sa.select(sa.func.count()).select_from(_unsent(relay).subquery()))
    return Standing(sent or 0, waiting or 0)


def sweep() -> None:
    """Sends everything that is due; a platform that is slow holds up no other. Commits."""
    reading_only()
    numbers = due()
    db.session.rollback()
    if numbers:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        with ThreadPoolExecutor(min(AT_ONCE, len(numbers))) as pool:
            list(pool.map(lambda number: _in_context(app, number), numbers))


def due() -> list[int]:
    """The relays that have something to send and may try."""
    # Each relay has its own: without being told, the innermost would ask for a cue that any relay has sent.
    sent = (
        sa.exists()
        .where(RelayedCue.relay_id == CaptionRelay.id, RelayedCue.cue_id == CaptionCue.id)
        .where(RelayedCue.sent_at.is_not(None))
        .correlate(CaptionRelay, CaptionCue)
    )
    has_unsent = (
        sa.exists()
        .where(CaptionCue.stream_id == CaptionRelay.stream_id, CaptionCue.state == CueState.FINAL)
        .where(CaptionCue.place > CaptionRelay.after_place, ~sent)
        .correlate(CaptionRelay)
    )
    return list(
        db.session.scalars(
            sa.select(CaptionRelay.id).where(CaptionRelay.state != RelayState.OFF, *_free(clock.now()), has_unsent)
        )
    )


def _free(moment: object) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sa.or_(CaptionRelay.retry_at.is_(None), CaptionRelay.retry_at <= moment),
        sa.or_(CaptionRelay.lease_until.is_(None), CaptionRelay.lease_until <= moment),
    )


def _in_context(app: Flask, number: int) -> None:
    with app.app_context():
        if _claim(number):
            _send_all(number)
            db.session.execute(sa.update(CaptionRelay).where(CaptionRelay.id == number).values(lease_until=None))
            db.session.commit()


def _claim(number: int) -> bool:
    """Takes the lease, if nobody else has it."""
    moment = clock.now()
    taken = db.session.execute(
        sa.update(CaptionRelay)
        .where(CaptionRelay.id == number, CaptionRelay.state != RelayState.OFF, *_free(moment))
        .values(lease_until=moment + LEASE)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _send_all(number: int) -> None:
    """One after the other, until there is nothing more, one is refused, or nobody wants it any more."""
    while (relay := _wanted(number)) and (found := _next(relay)):
        cue, numbered = found
        relay.lease_until = clock.now() + LEASE
        # From here on nothing is asked of the database, and nothing locked, until the platform has answered.
        db.session.commit()
        try:
            targets.send(relay, numbered.seq, cue)
        except targets.FailedError as fault:
            if relay := _wanted(number):
                _note_failure(relay, str(fault))
            return
        if relay := _wanted(number):
            numbered.sent_at = clock.now()
            relay.state, relay.failing_since, relay.last_error = RelayState.OK, None, ""
            relay.attempts, relay.retry_at = 0, None


def _wanted(number: int) -> CaptionRelay | None:
    """Locked and as it is now; None when organisers switched it off or removed it while the platform was asked."""
    return db.session.scalar(
        sa.select(CaptionRelay)
        .where(CaptionRelay.id == number, CaptionRelay.state != RelayState.OFF)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _next(relay: CaptionRelay) -> tuple[CaptionCue, RelayedCue] | None:
    """What to send next, with its number: the one that was under way, else the first that was not sent."""
    under_way = _unsent(relay).join(
        RelayedCue, sa.and_(RelayedCue.cue_id == CaptionCue.id, RelayedCue.relay_id == relay.id)
    )
    if given := db.session.execute(under_way.add_columns(RelayedCue)).first():
        return given[0], given[1]
    cue = db.session.scalar(_unsent(relay).order_by(CaptionCue.place, CaptionCue.seq).limit(1))
    if cue is None or _waits_for_another(cue):
        return None
    relay.last_seq += 1
    numbered = RelayedCue(relay_id=relay.id, cue_id=cue.id, seq=relay.last_seq)
    db.session.add(numbered)
    return cue, numbered


def _unsent(relay: CaptionRelay) -> sa.Select[CaptionCue]:
    sent = (
        sa.exists()
        .where(RelayedCue.relay_id == relay.id, RelayedCue.cue_id == CaptionCue.id)
        .where(RelayedCue.sent_at.is_not(None))
        .correlate(CaptionCue)
    )
    return (
        sa.select(CaptionCue)
        .where(CaptionCue.stream_id == relay.stream_id, CaptionCue.state == CueState.FINAL)
        .where(CaptionCue.place > relay.after_place, ~sent)
        .options(
            orm.joinedload(CaptionCue.stream).joinedload(CaptionStream.track).joinedload(LanguageTrack.session)
        )
    )  # fmt: skip


def _waits_for_another(cue: CaptionCue) -> bool:
    """Whether the cue before it by number may still be on its way."""
    if cue.key is None or clock.now() - cue.ended_at > GAP:
        return False
    before = db.session.scalar(
        sa.select(sa.func.max(CaptionCue.seq)).where(CaptionCue.key == cue.key, CaptionCue.seq < cue.seq)
    )
    return before is not None and before != cue.seq - 1


def _note_failure(relay: CaptionRelay, error: str) -> None:
    moment = clock.now()
    relay.state, relay.last_error = RelayState.FAILING, error
    relay.failing_since = relay.failing_since or moment
    relay.retry_at = moment + WAITS[min(relay.attempts, len(WAITS) - 1)]
    relay.attempts += 1
    db.session.commit()
