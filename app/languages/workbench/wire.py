"""Drafts as the editor in the browser hears of them: JSON of cues, of what changed, of what became of a call."""

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.languages.models import DraftCue, Linguist, SubtitleDraft
from app.languages.workbench import presence
from app.languages.workbench.changes import COLUMNS, FIELDS
from app.languages.workbench.editing import Outcome


def cue(row: DraftCue | sa.Row[Any]) -> dict[str, Any]:
    shown = {name: getattr(row, column) for name, column in COLUMNS.items()}
    return {"id": row.id, **shown, "version": row.version, "by": row.changed_by}


def since(draft: SubtitleDraft, version: int, reader: Linguist) -> dict[str, Any]:
    """The cues that changed after a version, in order; after 0 all that are there.

    The draft was read before the cues: what is saved in between comes now, and once more the next time.
    """
    found = sa.select(*DraftCue.__table__.columns).where(DraftCue.draft_id == draft.id, DraftCue.version > version)
    if not version:
        found = found.where(DraftCue.is_gone.is_(False))
    rows = db.session.execute(found.order_by(DraftCue.position, DraftCue.id))
    return {
        "version": draft.version, "state": draft.state.value, "cues": [cue(row) for row in rows],
        "people": [{"name": name, "cue": cue_id} for name, cue_id in presence.others(draft, reader)],
    }  # fmt: skip


def outcome(done: Outcome) -> dict[str, Any]:
    return {
        "version": done.version,
        "saved": [{"key": key, "id": row.id, "version": row.version, "cue": cue(row)} for key, row in done.saved],
        "conflicts": [
            {"key": key, "id": row and row.id, "theirs": row and cue(row),
             "yours": {FIELDS[name]: value for name, value in yours.items()}}
            for key, row, yours in done.conflicts
        ],
    }  # fmt: skip
