"""What a draft holds: its cues and blocks in their order, written as a WebVTT document and taken from one.

Rows are never deleted, only marked as gone: other editors learn of it, and a revision can be put back exactly.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.extensions import db, lock_row
from app.languages.formats import webvtt
from app.languages.formats.webvtt import Block, Cue, Document
from app.languages.models import DraftCue, DraftRevision, DraftState, SubtitleDraft
from app.lib import clock

SPACING = 1024.0
"""Between the positions of neighbours: it can be halved a few dozen times before anybody must move."""
CLOSED = frozenset((DraftState.APPROVED, DraftState.PUBLISHED))


class ClosedError(Exception):
    """Approved or published: it must be sent back or reopened before it changes."""


def rows_of(draft: SubtitleDraft, *, gone: bool = False) -> list[DraftCue]:
    """Cues and blocks in order; with those that are `gone` too when asked for."""
    found = sa.select(DraftCue).where(DraftCue.draft_id == draft.id)
    if not gone:
        found = found.where(DraftCue.is_gone.is_(False))
    ordered = found.order_by(DraftCue.position, DraftCue.id).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered))


def document(draft: SubtitleDraft) -> Document:
    return document_of(draft, rows_of(draft))


def document_of(draft: SubtitleDraft, rows: Iterable[DraftCue]) -> Document:
    return Document(draft.head, [block_of(row) for row in rows])


def block_of(row: DraftCue) -> Cue | Block:
    if row.is_block:
        return Block(row.text)
    return Cue(row.start_ms, row.end_ms, row.text, row.identifier, row.settings)


def facts_of(block: Cue | Block) -> dict[str, Any]:
    """The columns of a row."""
    if isinstance(block, Block):
        return {"is_block": True, "text": block.text, "start_ms": 0, "end_ms": 0, "identifier": "", "settings": ""}
    return {
        "is_block": False, "text": block.text, "start_ms": block.start_ms, "end_ms": block.end_ms,
        "identifier": block.identifier, "settings": block.settings,
    }  # fmt: skip


def can_be_written(row: DraftCue) -> bool:
    """Whether the row comes back from a file as it is: the one question about text, settings and blocks."""
    block = block_of(row)
    back = webvtt.parse(webvtt.lines_of(webvtt.write(Document("", [block]))))
    return back.blocks == [block] and not back.faults


def lock(draft: SubtitleDraft) -> None:
    """Nobody else changes the draft until the transaction ends. Raises ClosedError."""
    lock_row(draft)
    if draft.state in CLOSED:
        raise ClosedError


def advance(draft: SubtitleDraft) -> int:
    """The number of the change that is being made. The draft is locked."""
    draft.version += 1
    draft.changed_at = clock.now()
    return draft.version


def put(row: DraftCue, version: int, by: str, **facts: Any) -> bool:
    """Sets columns of a row; one in which nothing differs keeps its version."""
    differing = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    if differing:
        row.version, row.changed_by = version, by[:200]
    return bool(differing)


def replace(draft: SubtitleDraft, taken: Document, by: str) -> None:
    """Puts a document in the place of all that the locked draft holds.

    A cue at the times of one that is there takes its place, so that it stays beside what it translates.
    """
    version = advance(draft)
    present: dict[tuple[Any, ...], deque[DraftCue]] = defaultdict(deque)
    for row in rows_of(draft):
        present[_mark(facts_of(block_of(row)))].append(row)
    for number, block in enumerate(taken.blocks, 1):
        facts = facts_of(block)
        alike = present[_mark(facts)]
        row = alike.popleft() if alike else DraftCue(draft_id=draft.id, is_gone=False)
        put(row, version, by, **facts, position=number * SPACING)
        db.session.add(row)
    for row in (row for rows in present.values() for row in rows):
        put(row, version, by, is_gone=True)
    draft.head = taken.header
    db.session.flush()


def _mark(facts: dict[str, Any]) -> tuple[Any, ...]:
    return (facts["text"],) if facts["is_block"] else (facts["start_ms"], facts["end_ms"])


def put_back(draft: SubtitleDraft, revision: DraftRevision, by: str) -> None:
    """Makes the locked draft what it was at a revision, row by row."""
    version = advance(draft)
    was = webvtt.parse(webvtt.lines_of(revision.webvtt))
    rows = {row.id: row for row in rows_of(draft, gone=True)}
    positions = [rows[number].position for number in revision.cue_ids]
    in_order = all(left < right for left, right in pairwise(positions))
    for at, (number, block) in enumerate(zip(revision.cue_ids, was.blocks, strict=True)):
        position = positions[at] if in_order else (at + 1) * SPACING
        put(rows[number], version, by, **facts_of(block), is_gone=False, position=position)
    for number in rows.keys() - set(revision.cue_ids):
        put(rows[number], version, by, is_gone=True)
    draft.head = was.header
    db.session.flush()
