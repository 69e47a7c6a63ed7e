"""The way of a draft from the first words to the published file, and who may be thanked for each step."""

import sqlalchemy as sa

from app.extensions import db, lock_row
from app.languages.models import Credit, CreditPart, DraftState, Linguist, RevisionCause, SubtitleDraft
from app.languages.workbench import contents, publishing, revisions, thanks

S = DraftState
MOVES: dict[DraftState, tuple[DraftState, ...]] = {
    S.TRANSCRIBING: (S.TIMING, S.IN_REVIEW),
    S.TIMING: (S.IN_REVIEW, S.TRANSCRIBING),
    S.TRANSLATING: (S.IN_REVIEW,),
    S.IN_REVIEW: (S.APPROVED, S.TIMING, S.TRANSLATING),
    S.APPROVED: (S.PUBLISHED, S.IN_REVIEW),
    S.PUBLISHED: (S.IN_REVIEW,),
}
"""Onwards first, then back. What was published stays so until it is published again."""
ORDER = list(DraftState)


class MoveError(Exception):
    """There is no such move from where the draft stands now."""


def moves_of(draft: SubtitleDraft) -> list[DraftState]:
    """Where it can go from here. A translation goes back to translating, an original to timing."""
    other = S.TIMING if draft.source_id else S.TRANSLATING
    return [state for state in MOVES[draft.state] if state is not other]


def is_back(draft: SubtitleDraft, to: DraftState) -> bool:
    return ORDER.index(to) < ORDER.index(draft.state)


def move(draft: SubtitleDraft, to: DraftState, by: Linguist) -> None:
    """Raises MoveError."""
    lock_row(draft)
    if to not in moves_of(draft):
        raise MoveError
    if not is_back(draft, to):
        _thank(draft, to, by)
    draft.state = to
    warnings = len(publishing.findings(draft)) if to is S.PUBLISHED else None
    contents.advance(draft)
    revisions.make(draft, RevisionCause.STATE, by.name, warnings=warnings)
    if to is S.PUBLISHED:
        publishing.publish(draft)


def _thank(draft: SubtitleDraft, to: DraftState, by: Linguist) -> None:
    """Whoever edits is credited by that; a step that nobody edited in is the work of whoever ends it."""
    part = thanks.PARTS.get(draft.state)
    done = sa.select(Credit.id).where(Credit.draft_id == draft.id, Credit.part == part)
    if part and db.session.scalar(done.limit(1)) is None:
        thanks.give(draft, by, part)
    if to is S.APPROVED:
        thanks.give(draft, by, CreditPart.APPROVED)


def made_it_alone(draft: SubtitleDraft, linguist: Linguist) -> bool:
    """Whether whoever reviews is who wrote it: another pair of eyes is advised, and not forced."""
    made = (CreditPart.TRANSCRIBED, CreditPart.TRANSLATED)
    wrote = {credit.linguist_id for credit in thanks.of(draft) if credit.part in made}
    return draft.state is S.IN_REVIEW and linguist.id in wrote
