"""Who did what to a draft. Published with the subtitles."""

import sqlalchemy as sa

from app.extensions import db, insert_into
from app.languages.models import Credit, CreditPart, DraftState, Linguist, SubtitleDraft

PARTS = {
    DraftState.TRANSCRIBING: CreditPart.TRANSCRIBED, DraftState.TIMING: CreditPart.TIMED,
    DraftState.TRANSLATING: CreditPart.TRANSLATED, DraftState.IN_REVIEW: CreditPart.REVIEWED,
}  # fmt: skip
"""What an edit is in each state."""
_ORDER = list(CreditPart)


def of(draft: SubtitleDraft) -> list[Credit]:
    """In the order of the work, then by name."""
    found = db.session.scalars(sa.select(Credit).where(Credit.draft_id == draft.id))
    return sorted(found, key=lambda credit: (_ORDER.index(credit.part), credit.name.casefold()))


def give(draft: SubtitleDraft, linguist: Linguist, part: CreditPart) -> None:
    """Once for each part, however often they do it."""
    facts = {"draft_id": draft.id, "linguist_id": linguist.id, "name": linguist.name, "part": part}
    db.session.execute(insert_into(Credit).values(facts).on_conflict_do_nothing())


def give_for_edit(draft: SubtitleDraft, linguist: Linguist) -> None:
    if part := PARTS.get(draft.state):
        give(draft, linguist, part)


def give_again(draft: SubtitleDraft, part: CreditPart, name: str) -> None:
    """As it stood beside what was published before; who that was is known by name alone."""
    db.session.add(Credit(draft_id=draft.id, part=part, name=name))
    db.session.flush()
