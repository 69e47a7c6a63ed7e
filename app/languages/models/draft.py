"""Subtitles in the making: the draft of one session in one language, its cues, its revisions, who made it."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import enum_column
from app.extensions import Model
from app.languages.models.team import Linguist
from app.lib import clock
from app.schedule.models import EventSession


class DraftState(enum.StrEnum):
    TRANSCRIBING = "transcribing"
    TIMING = "timing"
    TRANSLATING = "translating"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        return str({
            DraftState.TRANSCRIBING: _l("Transcribing"), DraftState.TIMING: _l("Timing"),
            DraftState.TRANSLATING: _l("Translating"), DraftState.IN_REVIEW: _l("In review"),
            DraftState.APPROVED: _l("Approved"), DraftState.PUBLISHED: _l("Published"),
        }[self])  # fmt: skip


class SubtitleDraft(Model):
    """Locked by whoever edits it, so each edit has its number. Strangers see nothing of it."""

    __tablename__ = "subtitle_draft"
    __table_args__ = (sa.UniqueConstraint("session_id", "language"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState), default=DraftState.TRANSCRIBING)
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subtitle_draft.id", ondelete="SET NULL"), index=True)
    """The draft that this one translates; None: what was said itself."""
    profile: Mapped[str] = mapped_column(sa.String(20), default="netflix")
    """The published limits that its checks follow."""
    head: Mapped[str] = mapped_column(sa.Text, default="")
    """What followed WEBVTT on the first lines of the file it was taken from."""
    version: Mapped[int] = mapped_column(default=0)
    """Up by one with each edit."""
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    session: Mapped[EventSession] = relationship()
    source: Mapped["SubtitleDraft | None"] = relationship(remote_side="SubtitleDraft.id")


class DraftCue(Model):
    """A cue of a draft, or a STYLE, REGION or NOTE block that stands between cues."""

    __tablename__ = "draft_cue"
    __table_args__ = (
        sa.UniqueConstraint("draft_id", "key"),
        sa.Index("ix_draft_cue_version", "draft_id", "version"),
        sa.Index("ix_draft_cue_position", "draft_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_draft.id", ondelete="CASCADE"))
    position: Mapped[float]
    """Order within the draft; a new cue stands halfway between its neighbours."""
    is_block: Mapped[bool] = mapped_column(default=False)
    """`text` is a whole STYLE, REGION or NOTE block."""
    # As wide as any file may be: what is taken in is kept whole.
    start_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    end_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    """As WebVTT writes it."""
    identifier: Mapped[str] = mapped_column(sa.Text, default="")
    settings: Mapped[str] = mapped_column(sa.Text, default="")
    source_cue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("draft_cue.id", ondelete="SET NULL"), index=True)
    """The cue that this one translates."""
    version: Mapped[int] = mapped_column(default=0)
    """Of the draft, when this cue last changed."""
    is_gone: Mapped[bool] = mapped_column(default=False)
    """Deleted; kept so that other editors learn of it."""
    changed_by: Mapped[str] = mapped_column(sa.String(200), default="")
    key: Mapped[str | None] = mapped_column(sa.String(64))
    """By which the editor that made it knows it, so that a repeated call does not make it twice."""

    draft: Mapped[SubtitleDraft] = relationship()


class RevisionCause(enum.StrEnum):
    BEGUN = "begun"
    TAKEN_IN = "taken-in"  # From a file.
    CAPTIONS = "captions"
    SAVED = "saved"
    BY_ITSELF = "by-itself"  # Before an edit, when the last is some minutes old.
    STATE = "state"
    RESTORED = "restored"

    @property
    def label(self) -> str:
        return str({
            RevisionCause.BEGUN: _l("Begun"), RevisionCause.TAKEN_IN: _l("File taken in"),
            RevisionCause.CAPTIONS: _l("From the live captions"), RevisionCause.SAVED: _l("Saved by hand"),
            RevisionCause.BY_ITSELF: _l("Saved by itself"), RevisionCause.STATE: _l("State changed"),
            RevisionCause.RESTORED: _l("An earlier revision restored"),
        }[self])  # fmt: skip


class DraftRevision(Model):
    """The whole draft as it was at a moment."""

    __tablename__ = "draft_revision"
    __table_args__ = (sa.UniqueConstraint("draft_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    version: Mapped[int]
    """Of the draft at that moment."""
    webvtt: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState))
    cue_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    """The row of each block of `webvtt`, in order. Rows are never deleted, so a revision can be put back exactly."""
    cause: Mapped[RevisionCause] = mapped_column(enum_column(RevisionCause))
    remarks: Mapped[list[list[int | str]]] = mapped_column(sa.JSON, default=list)
    """Line and `Said` of each remark that the file was taken in with."""
    warnings: Mapped[int | None]
    """How many were open when it was published."""
    made_by: Mapped[str] = mapped_column(sa.String(200), default="")
    made_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    draft: Mapped[SubtitleDraft] = relationship()


class CreditPart(enum.StrEnum):
    TRANSCRIBED = "transcribed"
    TIMED = "timed"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        return str({
            CreditPart.TRANSCRIBED: _l("Transcribed by"), CreditPart.TIMED: _l("Timed by"),
            CreditPart.TRANSLATED: _l("Translated by"), CreditPart.REVIEWED: _l("Reviewed by"),
            CreditPart.APPROVED: _l("Approved by"),
        }[self])  # fmt: skip


class Credit(Model):
    """Who did what to a draft; published with the subtitles."""

    __tablename__ = "subtitle_credit"
    __table_args__ = (sa.UniqueConstraint("draft_id", "part", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_draft.id", ondelete="CASCADE"))
    linguist_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    part: Mapped[CreditPart] = mapped_column(enum_column(CreditPart))

    draft: Mapped[SubtitleDraft] = relationship()


class Presence(Model):
    """Who has a draft open, and at which cue they are."""

    __tablename__ = "draft_presence"

    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_draft.id", ondelete="CASCADE"), primary_key=True)
    linguist_id: Mapped[int] = mapped_column(
        sa.ForeignKey("linguist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    cue_id: Mapped[int | None]
    seen_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    linguist: Mapped[Linguist] = relationship()
