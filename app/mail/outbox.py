"""The sweep: claims letters that are due, writes them, hands them over and marks what became of them.

Each step is a commit of its own, and no transaction is open while a server is talked to. What a sender that dies
leaves behind is told apart by one column: before `handed_over_at` is set, nobody has the letter and it is queued
again; after that, only the server knows, and a person decides (`UNSURE`).
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from app.extensions import db
from app.lib import clock
from app.lib.urls import interface_language
from app.mail.messages import Unsendable, compose_message
from app.mail.models import Letter, LetterState
from app.mail.rendering import Content, Stale, renderer_of
from app.mail.suppression import allow, suppress, suppression_of
from app.mail.transports import Deferred, Refused, Transport, Unanswered, transport_of

LEASE = timedelta(minutes=5)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=2)

log = logging.getLogger(__name__)


class Claim(NamedTuple):
    """A letter that is ours while its count of attempts is the one that our claim gave it."""

    id: int
    attempt: int


def sweep(most: int = 1000) -> Counter[LetterState]:
    """Sends what is due, at most `most` letters; how many ended in which state. Any number may run at once."""
    requeue_expired()
    fates: Counter[LetterState] = Counter()
    with transport_of(current_app.config["MAIL_URL"]) as transport:
        while fates.total() < most and (claims := claim(BATCH)):
            fates += _send_batch(transport, claims)
    return fates


def requeue_expired() -> None:
    """Takes back what senders held that have not been heard of since."""
    expired = sa.and_(Letter.state == LetterState.CLAIMED, Letter.lease_until < clock.now())
    handed_over = Letter.handed_over_at.is_not(None)
    lost = "The sender stopped while it handed this letter over: it may have arrived or not."
    _update(expired, handed_over, state=LetterState.UNSURE, lease_until=None, last_error=lost)
    _update(expired, ~handed_over, state=LetterState.QUEUED, lease_until=None)
    db.session.commit()


def claim(most: int) -> list[Claim]:
    """Makes up to `most` due letters ours; each goes to one claimer, whoever else asks at this moment."""
    moment = clock.now()
    due = (
        sa.select(Letter.id)
        .where(Letter.state == LetterState.QUEUED, Letter.not_before <= moment)
        .order_by(Letter.not_before, Letter.id)
        .limit(most)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: it has one writer.
        .cte("due")
    )
    claimed = db.session.execute(
        sa.update(Letter)
        .where(Letter.id.in_(sa.select(due.c.id)))
        .values(state=LetterState.CLAIMED, lease_until=moment + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter.id, Letter.attempts)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return sorted(Claim(*row) for row in claimed)


def send_again(letter: Letter) -> bool:
    """A person's decision about a letter that failed or whose fate nobody knows; False when it is neither."""
    if letter.state not in (LetterState.FAILED, LetterState.UNSURE):
        return False
    letter.state, letter.not_before, letter.handed_over_at = LetterState.QUEUED, clock.now(), None
    letter.created_at = letter.not_before
    allow(letter.recipient)
    letter.attempts += 1  # A sender that comes back late finds that the letter is not its own any more.
    return True


def _send_batch(transport: Transport, claims: Sequence[Claim]) -> Counter[LetterState]:
    fates: Counter[LetterState] = Counter()
    waiting = list(claims)
    try:
        transport.connect()
        while waiting:
            fates[_send_one(transport, waiting[0])] += 1
            waiting.pop(0)
            transport.connect()
    except Deferred as fault:
        # Nobody is there; each letter of the batch waits as if it had been tried.
        for ours in waiting:
            fates[_defer(ours, str(fault))] += 1
    except BaseException:
        db.session.rollback()
        for ours in waiting:
            _update(_is(ours), Letter.handed_over_at.is_(None), state=LetterState.QUEUED, lease_until=None)
        db.session.commit()
        raise
    return fates


def _send_one(transport: Transport, ours: Claim) -> LetterState:
    db.session.expire_all()  # The facts of this moment, not of the letter before.
    letter = db.session.scalar(sa.select(Letter).where(_is(ours)))
    if letter is None:
        db.session.commit()
        return LetterState.CLAIMED  # The lease ended and another sender has it.
    try:
        if suppression := suppression_of(letter.recipient):
            raise Stale(f"Nothing is sent to this address: {suppression.reason}")
        content = write(letter)
        message = compose_message(letter, content, current_app.config["MAIL_FROM"])
    except Stale as news:
        return _end(ours, LetterState.DROPPED, str(news))
    except Unsendable as fault:
        return _end(ours, LetterState.FAILED, str(fault))
    except Exception as fault:
        log.exception("letter %s (%s) cannot be written", letter.id, letter.kind)
        db.session.rollback()
        return _defer(ours, f"{type(fault).__name__}: {fault}")

    moment = clock.now()
    handed = _update(
        _is(ours),
        subject=str(message["Subject"])[:500],
        language=letter.language,
        handed_over_at=moment,
        lease_until=moment + LEASE,
    )
    db.session.commit()
    if not handed:
        return LetterState.CLAIMED
    try:
        transport.send(message)
    except Deferred as fault:
        return _defer(ours, str(fault))
    except Refused as refusal:
        if refusal.bad_address:
            suppress(letter.recipient, str(refusal))
        return _end(ours, LetterState.FAILED, str(refusal))
    except Unanswered as fault:
        return _end(ours, LetterState.UNSURE, f"The server had the letter and did not confirm it: {fault}")
    return _end(ours, LetterState.SENT, sent_at=clock.now())


def write(letter: Letter) -> Content:
    """The letter's content, from the facts of this moment and in the language of ours that is nearest its own."""
    letter.language = interface_language(letter.language)
    with force_locale(letter.language.replace("-", "_")):
        return renderer_of(letter.kind)(letter)


def _defer(ours: Claim, reason: str) -> LetterState:
    """Later again, each time after twice the pause, until it has waited too long."""
    moment = clock.now()
    since = db.session.execute(sa.select(Letter.created_at, Letter.not_before).where(_is(ours))).first()
    pause = min(FIRST_PAUSE * 2 ** min(ours.attempt - 1, 20), LONGEST_PAUSE)
    if since is not None and moment - since.created_at > GIVEN_UP_AFTER:
        return _end(ours, LetterState.FAILED, f"Given up after {GIVEN_UP_AFTER.days} days: {reason}")
    return _end(ours, LetterState.QUEUED, reason, not_before=moment + pause, handed_over_at=None)


def _end(ours: Claim, state: LetterState, reason: str = "", **values: object) -> LetterState:
    _update(_is(ours), state=state, lease_until=None, last_error=reason[:500], **values)
    db.session.commit()
    return state


def _is(ours: Claim) -> sa.ColumnElement[bool]:
    # UNSURE: we were slow, not dead, and know better than who gave us up.
    mine = Letter.state.in_((LetterState.CLAIMED, LetterState.UNSURE))
    return sa.and_(Letter.id == ours.id, Letter.attempts == ours.attempt, mine)


def _update(*conditions: sa.ColumnElement[bool], **values: object) -> bool:
    result = db.session.execute(
        sa.update(Letter).where(*conditions).values(values).execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]
