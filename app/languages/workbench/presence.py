"""Who has a draft open, and at which cue they are."""

import sqlalchemy as sa

from app.extensions import db, insert_into
from app.languages.models import Linguist, Presence, SubtitleDraft
from app.lib import clock

AWAY_AFTER = 45
"""Seconds without a word from their editor, which says something every 15."""


def note(draft: SubtitleDraft, linguist: Linguist, cue_id: int | None) -> None:
    """They are at a cue, or only here."""
    seen = {"cue_id": cue_id, "seen_at": clock.now()}
    db.session.execute(
        insert_into(Presence)
        .values(draft_id=draft.id, linguist_id=linguist.id, **seen)
        .on_conflict_do_update(index_elements=["draft_id", "linguist_id"], set_=seen)
    )


def others(draft: SubtitleDraft, linguist: Linguist | None = None) -> list[tuple[str, int | None]]:
    """Name and cue of everybody else who is here."""
    found = (
        sa.select(Linguist.name, Presence.cue_id)
        .join(Presence.linguist)
        .where(Presence.draft_id == draft.id, Presence.seen_at >= clock.ago(seconds=AWAY_AFTER))
        .order_by(sa.func.lower(Linguist.name), Linguist.id)
    )
    if linguist is not None:
        found = found.where(Linguist.id != linguist.id)
    return [(name, cue_id) for name, cue_id in db.session.execute(found)]
