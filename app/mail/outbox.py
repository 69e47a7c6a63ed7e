"""The sweep sends what is due; and what a person decides about letters.

What a sender that dies leaves behind is told apart by one column: before `handed_over_at` is set, nobody has the letter
and it is queued again; after that, only the server knows, and a person decides (`UNSURE`). No transaction is open
while a server is talked to.
"""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.extensions import db, single_statements
from app.lib import clock
from app.mail import pace, reasons
from app.mail.batch import Batch
from app.mail.claims import LEASE, claim, requeue_expired
from app.mail.drafts import write
from app.mail.models import Letter, LetterState
from app.mail.suppression import allow
from app.mail.transports import transport_of

__all__ = [
    "LEASE", "claim", "fates", "hold", "leave", "release", "requeue_expired", "send_again", "sweep", "withdraw",
    "write",
]  # fmt: skip

WAITING = (LetterState.QUEUED, LetterState.HELD)
BATCH, LARGEST_BATCH, BATCH_UNDER_LIMITS = 50, 200, 10
"""Letters that are claimed and written together: the more, the less each costs. Few at first, so that others get
theirs, and where each is counted, since those not sent count too."""


def sweep(most: int = 1000) -> Counter[LetterState]:
    """Sends what is due, at most `most` letters; how many ended in which state. Any number may run at once."""
    limits = pace.limits(current_app.config["MAIL_RATE"], current_app.config["MAIL_DOMAIN_RATE"])
    least, largest = (BATCH_UNDER_LIMITS, BATCH_UNDER_LIMITS) if limits else (BATCH, LARGEST_BATCH)
    at_once = least
    requeue_expired()
    ended: Counter[LetterState] = Counter()
    with transport_of(current_app.config["MAIL_URL"]) as transport, single_statements().connect() as ledger:
        while ended.total() < most and (claims := claim(min(at_once, most - ended.total()), limits)):
            fates = Batch(transport, ledger, claims).send()
            ended += fates
            at_once = min(2 * at_once, largest) if fates.total() == len(claims) else least
    return ended


def send_again(letter: Letter) -> bool:
    """A person's decision about a letter that failed, came back, or whose fate nobody knows; False for any other."""
    if letter.state not in (LetterState.FAILED, LetterState.UNSURE, LetterState.BOUNCED):
        return False
    letter.state, letter.not_before, letter.handed_over_at = LetterState.QUEUED, clock.now(), None
    letter.created_at, letter.returns_to = letter.not_before, LetterState.QUEUED
    letter.sent_at = letter.bounced_at = None
    allow(letter.recipient)
    letter.claims += 1  # A sender that comes back late finds that the letter is not its own any more.
    return True


def leave(letter: Letter) -> bool:
    """The other decision about one whose fate nobody knows: it counts as sent, and says that nobody confirmed it."""
    if letter.state is not LetterState.UNSURE:
        return False
    letter.state, letter.sent_at = LetterState.SENT, letter.handed_over_at
    letter.last_error = reasons.LEFT
    return True


def hold(cause: str) -> None:
    """Pauses what a message has still to send. A letter that is being handed over goes, or is held when it comes back.
    The caller commits, here as below."""
    _turn_back(cause, LetterState.HELD, "")


def release(cause: str) -> None:
    """Goes on with what was held; letters keep the moment before which they are not sent."""
    is_held = Letter.state == LetterState.HELD
    _change(
        sa.and_(Letter.cause == cause, sa.or_(is_held, Letter.returns_to == LetterState.HELD)),
        state=sa.case((is_held, LetterState.QUEUED), else_=Letter.state), returns_to=LetterState.QUEUED,
    )  # fmt: skip


def withdraw(cause: str, reason: str) -> None:
    """Drops for good what a message has not sent yet."""
    _turn_back(cause, LetterState.DROPPED, reason)


def fates(cause: str) -> dict[LetterState, int]:
    """How many letters of a cause are in which state."""
    counted = sa.select(Letter.state, sa.func.count()).where(Letter.cause == cause).group_by(Letter.state)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _turn_back(cause: str, state: LetterState, reason: str) -> None:
    """What no server has yet is in the state at once, and who had claimed it finds that it is theirs no more; what is
    being handed over is in it when it comes back. One statement, so that nothing slips through on its way between."""
    is_out = sa.and_(
        Letter.state.in_((LetterState.CLAIMED, LetterState.UNSURE)), Letter.handed_over_at.is_not(None)
    )  # fmt: skip
    _change(
        sa.and_(Letter.cause == cause, Letter.state.in_((*WAITING, LetterState.CLAIMED, LetterState.UNSURE))),
        state=sa.case((is_out, Letter.state), else_=state), returns_to=state,
        lease_until=sa.case((is_out, Letter.lease_until), else_=sa.null()),
        last_error=sa.case((is_out, Letter.last_error), else_=reason[:500]),
    )  # fmt: skip


def _change(letters: sa.ColumnElement[bool], **values: Any) -> None:
    changed = sa.update(Letter).where(letters).values(**values)
    db.session.execute(changed.execution_options(synchronize_session="fetch"))
