"""A batch of letters: written together, then handed over one after the other.

Before a letter goes out one commit says that it does, and what became of the letter before it. So a sender may die at
any moment: of one letter at most only the server knows whether it arrived.
"""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.lib import clock
from app.mail import copies, pace, reasons
from app.mail.answers import Answer, pause_after
from app.mail.claims import LEASE, Change, Claim, change, give_back, is_ours, lasting, update
from app.mail.drafts import Draft, write_all
from app.mail.models import Grounds, Letter, LetterState
from app.mail.suppression import suppress as suppressing
from app.mail.transports import Deferred, Refused, Transport, Unanswered

FRESH = 5.0
"""Seconds after which letters that were written are not sent any more, but written anew."""
GIVEN_UP_AFTER = timedelta(days=2)


class Batch:
    """`ledger` is a connection past the session, which would cost more than what it is asked to write; each statement
    there is a transaction."""

    def __init__(self, transport: Transport, ledger: sa.Connection, claims: Sequence[Claim]) -> None:
        self._transport, self._ledger = transport, ledger
        self._waiting = list(claims)
        self._owed: list[Change] = []
        self._resting: set[str] = set()
        self._fates: Counter[LetterState] = Counter()

    def send(self) -> Counter[LetterState]:
        """How many letters ended in which state; those that were not tried are in none and wait as before."""
        try:
            self._transport.connect()
            self._send_all(self._written())
        except Deferred as fault:
            # Nobody is there; each letter of the batch waits as if it had been tried.
            for ours in self._waiting:
                self._defer(ours, str(fault))
            self._waiting = []
        finally:
            # Also when we are told to stop. Where the database stays away, the leases end and do the same.
            with suppress(DBAPIError):
                self._settle()
                lasting(partial(give_back, self._ledger, self._waiting), self._ledger.begin)
        return self._fates

    def _written(self) -> list[Draft]:
        drafts, unwritten = lasting(partial(write_all, self._waiting))
        for ours, state, reason in unwritten:
            if state is LetterState.QUEUED:
                self._defer(ours, reason)
            else:
                self._owe(ours, state, reason)
                self._settle()
        self._waiting = [draft.ours for draft in drafts]
        lasting(partial(_note, drafts))
        return drafts

    def _send_all(self, drafts: Sequence[Draft]) -> None:
        written_at = time.monotonic()
        for number, draft in enumerate(drafts):
            if not self._transport.is_connected:
                self._settle()
                self._transport.connect()
            if number and time.monotonic() - written_at > FRESH:
                return
            if draft.ours.domain not in self._resting:
                still_ours = self._settle(_announcement(draft))
                self._waiting.remove(draft.ours)
                if draft.ours.id in still_ours:
                    self._hand_over(draft)

    def _hand_over(self, draft: Draft) -> None:
        ours = draft.ours
        try:
            self._transport.send(draft.message)
        except Deferred as fault:
            self._defer(ours, str(fault), fault.answer)
            if fault.answer is not None and fault.answer.slows_domain:
                self._resting.add(ours.domain)
        except Refused as refusal:
            reason = str(refusal)
            if refusal.bad_address:
                lasting(partial(suppressing, draft.recipient, reason, grounds=Grounds.REFUSED, letter_id=ours.id))
            self._owe(ours, LetterState.FAILED, reason)
        except Unanswered as fault:
            self._owe(ours, LetterState.UNSURE, f"{reasons.UNCONFIRMED}: {fault}")
        else:
            self._owe(ours, LetterState.SENT, sent_at=clock.now())

    def _owe(self, ours: Claim, state: LetterState, reason: str = "", **values: object) -> None:
        self._owed.append(_end(ours, state, reason, **values))
        self._fates[state] += 1

    def _settle(self, *more: Change) -> set[int]:
        """Writes down what became of letters, and `more`, at once; the numbers of those that were still ours."""
        still_ours = lasting(partial(change, self._ledger, [*self._owed, *more]), self._ledger.begin)
        self._owed.clear()
        return still_ours

    def _defer(self, ours: Claim, reason: str, answer: Answer | None = None) -> None:
        fate = lasting(partial(_defer, self._ledger, ours, reason, answer), self._ledger.begin)
        self._fates[fate] += 1


def _note(drafts: Sequence[Draft]) -> None:
    """What the letters say, and what they enclose, as far as that is remembered."""
    copies.keep({draft.ours.id: draft.content for draft in drafts if draft.is_kept})
    for draft in drafts:
        for file in draft.content.attachments:
            if file.note is not None:
                file.note()


def _announcement(draft: Draft) -> Change:
    """If the letter is ours to send, everybody knows from here on that it may have arrived."""
    moment = clock.now()
    return Change(draft.ours, {
        "subject": draft.content.subject[:500], "language": draft.language, "handed_over_at": moment,
        "lease_until": moment + LEASE, "attempts": draft.attempts + 1,
    })  # fmt: skip


def _end(ours: Claim, state: LetterState, reason: str = "", **values: object) -> Change:
    return Change(ours, {"state": state, "lease_until": None, "last_error": reason[:500], **values})


def _defer(ledger: sa.Connection, ours: Claim, reason: str, answer: Answer | None) -> LetterState:
    """Later again, each time after a longer pause, until it has waited too long."""
    if answer is not None and answer.slows_domain:
        pace.rest(ledger, ours.domain)
    row = ledger.execute(
        sa.select(Letter.created_at, Letter.attempts, Letter.handed_over_at, Letter.message_id).where(is_ours(ours))
    ).first()
    if row is None:
        return LetterState.CLAIMED  # The lease ended and another sender has it.
    moment = clock.now()
    if moment - row.created_at > GIVEN_UP_AFTER:
        change(ledger, [_end(ours, LetterState.FAILED, f"{reasons.GIVEN_UP}: {reason}")])
        return LetterState.FAILED
    attempts = row.attempts + (row.handed_over_at is None)
    update(
        ledger, is_ours(ours), state=Letter.returns_to, lease_until=None, last_error=reason[:500], handed_over_at=None,
        not_before=moment + pause_after(answer, attempts, row.message_id), attempts=attempts,
    )  # fmt: skip
    return LetterState.QUEUED
