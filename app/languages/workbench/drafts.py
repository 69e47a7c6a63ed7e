"""The drafts of a session and of a person, and how far they are."""

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.languages import team
from app.languages.models import DraftCue, LanguageTrack, Linguist, SubtitleDraft, TrackKind
from app.languages.workbench import contents
from app.schedule.models import EventSession

document = contents.document


def of(session: EventSession) -> list[SubtitleDraft]:
    """Originals first, then by language."""
    found = sa.select(SubtitleDraft).where(SubtitleDraft.session_id == session.id)
    return list(db.session.scalars(found.order_by(SubtitleDraft.source_id.is_not(None), SubtitleDraft.language)))


def find(session: EventSession, language: str) -> SubtitleDraft | None:
    return db.session.scalar(
        sa.select(SubtitleDraft).where(SubtitleDraft.session_id == session.id, SubtitleDraft.language == language)
    )


def of_event(event: Event) -> list[SubtitleDraft]:
    """By the time of their session, then by language."""
    return list(
        db.session.scalars(
            sa.select(SubtitleDraft)
            .join(SubtitleDraft.session)
            .where(EventSession.event_id == event.id)
            .order_by(EventSession.starts_at, EventSession.id, SubtitleDraft.language)
            .options(orm.contains_eager(SubtitleDraft.session))
        )
    )


def in_event(event: Event, number: int) -> SubtitleDraft | None:
    """One by its number, if it is of this event."""
    return db.session.scalar(
        sa.select(SubtitleDraft)
        .join(SubtitleDraft.session)
        .where(SubtitleDraft.id == number, EventSession.event_id == event.id)
        .options(orm.contains_eager(SubtitleDraft.session))
    )


def open_to(linguist: Linguist) -> list[SubtitleDraft]:
    """Those that somebody may edit: what `guard.may_edit` says of each, for all of the event at once."""
    found = of_event(linguist.event)
    if team.coordinates(linguist):
        return found
    responsible = {
        (session_id, language)
        for session_id, language in db.session.execute(
            sa.select(LanguageTrack.session_id, LanguageTrack.language).where(
                LanguageTrack.linguist_id == linguist.id, LanguageTrack.kind == TrackKind.SUBTITLES
            )
        )
    }
    subtitles = linguist.does(TrackKind.SUBTITLES)
    return [
        draft for draft in found
        if (draft.session_id, draft.language) in responsible or (subtitles and linguist.has(draft.language))
    ]  # fmt: skip


class Progress(NamedTuple):
    written: int
    """Cues that have words."""
    cues: int

    @property
    def percent(self) -> int:
        return 100 * self.written // self.cues if self.cues else 0


def progress(found: Collection[SubtitleDraft]) -> dict[int, Progress]:
    """By the number of the draft."""
    counted = db.session.execute(
        sa.select(DraftCue.draft_id, sa.func.count().filter(DraftCue.text != ""), sa.func.count())
        .where(
            DraftCue.draft_id.in_([draft.id for draft in found]),
            DraftCue.is_gone.is_(False), DraftCue.is_block.is_(False),
        )
        .group_by(DraftCue.draft_id)
    )  # fmt: skip
    none = dict.fromkeys((draft.id for draft in found), Progress(0, 0))
    return none | {number: Progress(written, cues) for number, written, cues in counted}


def delete(draft: SubtitleDraft) -> None:
    """For good, with its revisions. What was published stays."""
    db.session.delete(draft)
    db.session.flush()
