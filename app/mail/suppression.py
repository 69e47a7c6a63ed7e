"""Addresses that nothing more is sent to, or nothing that their owner did not just ask for."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db, insert_into
from app.lib import clock
from app.mail.models import Grounds, Letter, LetterState, Priority, Scope, Suppression

SAID_BY_SERVERS = (Grounds.REFUSED, Grounds.BOUNCED)
"""Grounds that may be out of date, and that nobody wished for."""
REST = timedelta(days=1)
"""How long such an address is left alone after a letter failed, whoever asks."""
WEIGHT = {Grounds.REFUSED: 0, Grounds.BOUNCED: 0, Grounds.COMPLAINT: 1, Grounds.BY_HAND: 2}
"""Of two grounds the weightier stays: what a person wants counts more than what a server said."""


def suppression_of(email: str) -> Suppression | None:
    return db.session.scalar(sa.select(Suppression).where(Suppression.email == email.lower()))


def forbids(suppression: Suppression, letter: Letter) -> bool:
    """Who called letters spam still gets what they asked for a moment ago; so does, for a try a day, who asks at an
    address that did not work: it may again, and nobody could be told on the page without telling strangers."""
    if letter.priority != Priority.AWAITED:
        return True
    is_out_of_date = suppression.grounds in SAID_BY_SERVERS and not _failed_lately(suppression, letter.recipient)
    return suppression.scope is Scope.ALL and not is_out_of_date


def _failed_lately(suppression: Suppression, recipient: str) -> bool:
    since = clock.now() - REST
    failed = Letter.state.in_((LetterState.FAILED, LetterState.BOUNCED))
    at = sa.func.coalesce(Letter.bounced_at, Letter.handed_over_at)
    tries = sa.exists().where(Letter.recipient.in_((recipient, suppression.email)), failed, at > since)
    return suppression.created_at > since or bool(db.session.scalar(sa.select(tries)))


def suppressions_against(letters: Iterable[Letter]) -> dict[int, Suppression]:
    """What forbids them, by their numbers."""
    letters = list(letters)
    known = sa.select(Suppression).where(Suppression.email.in_({letter.recipient.lower() for letter in letters}))
    found = {row.email: row for row in db.session.scalars(known)}
    return {
        letter.id: suppression for letter in letters
        if (suppression := found.get(letter.recipient.lower())) and forbids(suppression, letter)
    }  # fmt: skip


def suppress(
    email: str,
    reason: str,
    *,
    grounds: Grounds = Grounds.REFUSED,
    scope: Scope = Scope.ALL,
    letter_id: int | None = None,
) -> Suppression:
    """Sends nothing more to an address. Of what is known already the stricter stays."""
    email, reason = email.lower(), reason[:500]
    row = {
        "email": email, "scope": scope, "grounds": grounds, "reason": reason, "letter_id": letter_id,
        "created_at": clock.now(),
    }  # fmt: skip
    db.session.execute(insert_into(Suppression).values(row).on_conflict_do_nothing(index_elements=["email"]))
    known = db.session.scalars(
        sa.select(Suppression).where(Suppression.email == email).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    wider = known.scope is Scope.BULK and scope is Scope.ALL
    if wider or WEIGHT[grounds] > WEIGHT[known.grounds]:
        known.reason, known.letter_id, known.created_at = reason, letter_id, clock.now()
        known.scope = Scope.ALL if wider else known.scope
        known.grounds = max(known.grounds, grounds, key=WEIGHT.__getitem__)
        db.session.flush()
    return known


def allow(email: str) -> None:
    """The address works: its owner followed a link sent there, or a person who knows says so.

    That says nothing about what its owner, or an administrator, wanted to come there.
    """
    known = suppression_of(email)
    if known is None or known.grounds is Grounds.BY_HAND:
        return
    if known.grounds is Grounds.COMPLAINT:
        known.scope = Scope.BULK
    else:
        db.session.delete(known)
    db.session.flush()


def release(email: str) -> bool:
    """Lets everything go there again, whatever the grounds; False when nothing was held back."""
    result = db.session.execute(sa.delete(Suppression).where(Suppression.email == email.lower()))
    return bool(result.rowcount)  # type: ignore[attr-defined]
