"""Letters written from the facts of one moment, and what became of those that cannot be written."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from app.extensions import db
from app.lib.urls import interface_language
from app.mail import facts
from app.mail.claims import Claim, is_passing
from app.mail.dkim import signed
from app.mail.messages import Message, Unsendable, compose_message
from app.mail.models import Letter, LetterState
from app.mail.reasons import NOT_WANTED, SUPERSEDED
from app.mail.rendering import Content, Stale, is_kept, renderer_of
from app.mail.returns import return_address
from app.mail.stencils import is_stencil
from app.mail.suppression import suppressions_against

log = logging.getLogger(__name__)


class Draft(NamedTuple):
    ours: Claim
    recipient: str
    language: str
    attempts: int
    content: Content
    message: Message
    is_kept: bool


class Unwritten(NamedTuple):
    ours: Claim
    state: LetterState
    """QUEUED: the fault may be ours, and the letter is tried again later."""
    reason: str


def write_all(claims: Sequence[Claim]) -> tuple[list[Draft], list[Unwritten]]:
    """Those that are still ours, in the order of the claims. Faults of the database itself are the caller's."""
    db.session.expire_all()  # The facts of this moment, not of the batch before.
    db.session.connection(execution_options={"reads_only": True})
    numbers = [ours.id for ours in claims]
    letters = {letter.id: letter for letter in db.session.scalars(sa.select(Letter).where(Letter.id.in_(numbers)))}
    held = [
        (ours, letters[ours.id]) for ours in claims
        if ours.id in letters and letters[ours.id].claims == ours.number
        and letters[ours.id].state in (LetterState.CLAIMED, LetterState.UNSURE)
    ]  # fmt: skip
    unwanted = _unwanted([letter for _, letter in held])
    drafts, unwritten = [], []
    with facts.of_one_moment([letter for ours, letter in held if ours.id not in unwanted]):
        for ours, letter in held:
            try:
                if reason := unwanted.get(ours.id):
                    raise Stale(reason)
                drafts.append(_draft(ours, letter))
            except Stale as news:
                unwritten.append(Unwritten(ours, LetterState.DROPPED, str(news)))
            except Unsendable as fault:
                unwritten.append(Unwritten(ours, LetterState.FAILED, str(fault)))
            except Exception as fault:
                db.session.rollback()
                if is_passing(fault):
                    raise
                log.exception("letter %s (%s) cannot be written", ours.id, letter.kind)
                unwritten.append(Unwritten(ours, LetterState.QUEUED, f"{type(fault).__name__}: {fault}"))
    return drafts, unwritten


def _draft(ours: Claim, letter: Letter) -> Draft:
    content = write(letter)
    if any(map(is_stencil, (content.subject, content.text, content.html))):
        raise RuntimeError("the letter still has stand-ins for what is its reader's own")
    message = compose_message(letter, content, current_app.config["MAIL_FROM"])
    message = Message(return_address(letter), message.recipient, signed(message.data))
    return Draft(
        ours, letter.recipient, letter.language, letter.attempts, content, message, is_kept(letter.kind)
    )  # fmt: skip


def write(letter: Letter) -> Content:
    """The letter's content, from the facts of this moment and in the language of ours that is nearest its own."""
    set_committed_value(letter, "language", interface_language(letter.language))  # Reading writes nothing.
    with force_locale(letter.language.replace("-", "_")):
        return renderer_of(letter.kind)(letter)


def _unwanted(letters: Sequence[Letter]) -> dict[int, str]:
    """Why letters are not sent, by their numbers: nobody wants them there, or a newer one tells more."""
    reasons = dict.fromkeys(_superseded(letters), SUPERSEDED)
    for number, suppression in suppressions_against(letters).items():
        reasons[number] = f"{NOT_WANTED}: {suppression.reason}"
    return reasons


def _superseded(letters: Sequence[Letter]) -> list[int]:
    """Those that were being sent, and so could not be taken back, when a newer one on their topic was written."""
    numbers = [letter.id for letter in letters if letter.topic]
    if not numbers:
        return []
    newer = aliased(Letter)
    exists = sa.exists().where(
        newer.topic == Letter.topic, newer.recipient == Letter.recipient, newer.id > Letter.id
    )  # fmt: skip
    return list(db.session.scalars(sa.select(Letter.id).where(Letter.id.in_(numbers), exists)))
