"""Revisions: the whole draft as it was at a moment, kept so that whatever is done to it can be undone."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.extensions import db, lock_row
from app.languages.formats import webvtt
from app.languages.formats.remarks import Remark, Said
from app.languages.models import DraftRevision, DraftState, Linguist, RevisionCause, SubtitleDraft
from app.languages.workbench import contents
from app.lib import clock

EVERY = timedelta(minutes=10)


def of(draft: SubtitleDraft) -> list[DraftRevision]:
    """The newest first, without their text."""
    return list(
        db.session.scalars(
            sa.select(DraftRevision)
            .where(DraftRevision.draft_id == draft.id)
            .order_by(DraftRevision.number.desc())
            .options(orm.defer(DraftRevision.webvtt), orm.defer(DraftRevision.cue_ids))
        )
    )


def find(draft: SubtitleDraft, number: int) -> DraftRevision | None:
    return db.session.scalar(
        sa.select(DraftRevision).where(DraftRevision.draft_id == draft.id, DraftRevision.number == number)
    )


def before(revision: DraftRevision) -> DraftRevision | None:
    return db.session.scalar(
        sa.select(DraftRevision)
        .where(DraftRevision.draft_id == revision.draft_id, DraftRevision.number < revision.number)
        .order_by(DraftRevision.number.desc())
        .limit(1)
    )


def last_publishing(draft: SubtitleDraft) -> DraftRevision | None:
    """Who published it last, and with how many open warnings."""
    return db.session.scalar(
        sa.select(DraftRevision)
        .where(DraftRevision.draft_id == draft.id, DraftRevision.state == DraftState.PUBLISHED)
        .order_by(DraftRevision.number.desc())
        .limit(1)
        .options(orm.defer(DraftRevision.webvtt), orm.defer(DraftRevision.cue_ids))
    )


def make(
    draft: SubtitleDraft,
    cause: RevisionCause,
    by: str = "",
    remarks: list[Remark] | None = None,
    warnings: int | None = None,
) -> DraftRevision:
    """The locked draft as it is now."""
    rows = contents.rows_of(draft)
    last = _last(draft)
    revision = DraftRevision(
        draft=draft, number=last.number + 1 if last else 1, version=draft.version,
        webvtt=webvtt.write(contents.document_of(draft, rows)), cue_ids=[row.id for row in rows], state=draft.state,
        cause=cause, made_by=by[:200], made_at=clock.now(), warnings=warnings,
        remarks=[[remark.line, remark.said.value] for remark in remarks or ()],
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    return revision


def save(draft: SubtitleDraft, by: Linguist) -> DraftRevision:
    """By hand."""
    lock_row(draft)
    return make(draft, RevisionCause.SAVED, by.name)


def keep_now_and_then(draft: SubtitleDraft) -> None:
    """Before an edit: what the last revision does not hold, when that has grown old."""
    last = _last(draft)
    if last and last.version < draft.version and last.made_at <= clock.now() - EVERY:
        make(draft, RevisionCause.BY_ITSELF)


def keep_what_is_there(draft: SubtitleDraft) -> None:
    """Before all of it is replaced."""
    last = _last(draft)
    if last is None or last.version < draft.version:
        make(draft, RevisionCause.BY_ITSELF)


def restore(revision: DraftRevision, by: Linguist) -> DraftRevision:
    """The draft becomes what it was; what it is now stays as a revision. Raises ClosedError."""
    draft = revision.draft
    contents.lock(draft)
    keep_what_is_there(draft)
    contents.put_back(draft, revision, by.name)
    return make(draft, RevisionCause.RESTORED, by.name)


def remarks_of(revision: DraftRevision) -> list[Remark]:
    return [Remark(int(line), Said(str(said))) for line, said in revision.remarks]


def _last(draft: SubtitleDraft) -> DraftRevision | None:
    return db.session.scalar(
        sa.select(DraftRevision)
        .where(DraftRevision.draft_id == draft.id)
        .order_by(DraftRevision.number.desc())
        .limit(1)
        .options(orm.defer(DraftRevision.webvtt), orm.defer(DraftRevision.cue_ids))
    )
