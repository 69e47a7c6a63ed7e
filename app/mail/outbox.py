"""The sweep sends what is due; and what a person decides about letters.

What a sender that dies leaves behind is told apart by one column: before `handed_over_at` is set, nobody has the letter
and it is queued again; after that, only the server knows, and a person decides (`UNSURE`). No transaction is open
while a server is talked to.
"""

from collections import Counter

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.lib import clock
from app.mail import pace
from app.mail.batch import Batch
from app.mail.claims import LEASE, claim, requeue_expired
from app.mail.drafts import write
from app.mail.models import Letter, LetterState
from app.mail.suppression import allow
from app.mail.transports import transport_of

__all__ = ["LEASE", "claim", "fates", "hold", "release", "requeue_expired", "send_again", "sweep", "withdraw", "write"]

BATCH, BATCH_UNDER_LIMITS = 50, 10
"""Letters that are claimed and written together; few where each is counted, since those not sent count too."""


def sweep(most: int = 1000) -> Counter[LetterState]:
    """Sends what is due, at most `most` letters; how many ended in which state. Any number may run at once."""
    limits = pace.limits(current_app.config["MAIL_RATE"], current_app.config["MAIL_DOMAIN_RATE"])
    at_once = BATCH_UNDER_LIMITS if limits else BATCH
    requeue_expired()
    ended: Counter[LetterState] = Counter()
    with transport_of(current_app.config["MAIL_URL"]) as transport:
        while ended.total() < most and (claims := claim(min(at_once, most - ended.total()), limits)):
            ended += Batch(transport, claims).send()
    return ended


def send_again(letter: Letter) -> bool:
    """A person's decision about a letter that failed or whose fate nobody knows; False when it is neither."""
    if letter.state not in (LetterState.FAILED, LetterState.UNSURE):
        return False
    letter.state, letter.not_before, letter.handed_over_at = LetterState.QUEUED, clock.now(), None
    letter.created_at, letter.returns_to = letter.not_before, LetterState.QUEUED
    allow(letter.recipient)
    letter.claims += 1  # A sender that comes back late finds that the letter is not its own any more.
    return True


def hold(cause: str) -> None:
    """Pauses what a message has still to send. A letter that is being handed over goes, or is held when it comes back.
    The caller commits, here as below."""
    _turn_back(cause, LetterState.HELD, "")


def release(cause: str) -> None:
    """Goes on with what was held; letters keep the moment before which they are not sent."""
    ours = Letter.cause == cause
    held = sa.update(Letter).where(ours, Letter.state == LetterState.HELD)
    db.session.execute(held.values(state=LetterState.QUEUED).execution_options(synchronize_session="fetch"))
    _return_to(ours, Letter.returns_to == LetterState.HELD, LetterState.QUEUED)


def withdraw(cause: str, reason: str) -> None:
    """Drops for good what a message has not sent yet."""
    _turn_back(cause, LetterState.DROPPED, reason)


def fates(cause: str) -> dict[LetterState, int]:
    """How many letters of a cause are in which state."""
    counted = sa.select(Letter.state, sa.func.count()).where(Letter.cause == cause).group_by(Letter.state)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _turn_back(cause: str, state: LetterState, reason: str) -> None:
    """What no server has yet is in the state at once; who had claimed it finds that it is theirs no more."""
    ours = Letter.cause == cause
    claimed, handed_over = Letter.state == LetterState.CLAIMED, Letter.handed_over_at.is_not(None)
    waiting = Letter.state.in_((LetterState.QUEUED, LetterState.HELD))
    db.session.execute(
        sa.update(Letter)
        .where(ours, sa.or_(waiting, sa.and_(claimed, ~handed_over)))
        .values(state=state, lease_until=None, last_error=reason[:500])
        .execution_options(synchronize_session="fetch")
    )
    _return_to(ours, claimed, state)


def _return_to(ours: sa.ColumnElement[bool], claimed: sa.ColumnElement[bool], state: LetterState) -> None:
    db.session.execute(
        sa.update(Letter).where(ours, claimed).values(returns_to=state).execution_options(synchronize_session="fetch")
    )
