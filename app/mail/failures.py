"""What follows when a letter did not arrive: for the letter, and for the address."""

from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.mail import reasons
from app.mail.bounces import Report, counts
from app.mail.models import Arrival, Grounds, Letter, LetterState, Received
from app.mail.suppression import suppress

PATIENCE = timedelta(days=30)
TOO_MANY = 3
"""Letters that could not be delivered within PATIENCE, for reasons that may pass, before the address is given up."""


def note(letter: Letter, report: Report, said: str) -> None:
    """The letter bounced. `said` is what the record and people who organise read."""
    if letter.handed_over_at is not None and letter.state in (
        LetterState.SENT, LetterState.UNSURE, LetterState.CLAIMED,
    ):  # fmt: skip
        # CLAIMED: the report was quicker than the sender's own note; UNSURE: now we know.
        letter.state, letter.bounced_at, letter.last_error = LetterState.BOUNCED, clock.now(), said[:500]
        letter.lease_until = None
    if report.names_no_mailbox:
        suppress(letter.recipient, said, grounds=Grounds.BOUNCED, letter_id=letter.id)
    elif report.counts and len(_failed_before(letter)) + 1 >= TOO_MANY:
        reason = f"{reasons.CAME_BACK}: {said}"
        suppress(letter.recipient, reason, grounds=Grounds.BOUNCED, letter_id=letter.id)


def _failed_before(letter: Letter) -> set[int]:
    """Other letters to this address that came back lately."""
    rows = db.session.execute(
        sa.select(Letter.id, Received.status)
        .join(Received, Received.letter_id == Letter.id)
        .where(
            Letter.recipient == letter.recipient,
            Letter.id != letter.id,
            Received.arrival == Arrival.BOUNCE,
            Received.received_at > clock.now() - PATIENCE,
        )
    )
    return {number for number, status in rows if counts(status)}
