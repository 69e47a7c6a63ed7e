"""Live captions: a stream for each track, the cues in it, who may write them, and where they are passed on to."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import enum_column
from app.extensions import Model
from app.languages.models.team import Linguist
from app.languages.models.track import LanguageTrack
from app.lib import clock
from app.lib.tokens import new_token


class CaptionStream(Model):
    """The captions of one track. Its row is locked by whoever writes a cue, so there is one order of changes."""

    __tablename__ = "caption_stream"
    # Whoever follows a stream knows it by its number, so SQLite must never give one out twice.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(sa.ForeignKey("language_track.id", ondelete="CASCADE"), unique=True)
    version: Mapped[int] = mapped_column(default=0)
    """Up by one with each change to a cue; the `id` of server-sent events."""
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    places: Mapped[int] = mapped_column(default=0)
    """The last place given to a cue."""
    zero_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """The moment that times of cues are counted from: the session's start, or the first cue if that came early."""
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("caption_stream.id", ondelete="SET NULL"), index=True)
    """The stream that this one is a translation of."""
    by_machine: Mapped[bool] = mapped_column(default=False)
    """Translated by the provider of machine translation, cue by cue."""
    translated_version: Mapped[int] = mapped_column(default=0)
    """Up to which version of the source the machine has translated."""
    translation_error: Mapped[str] = mapped_column(sa.String(100), default="")
    """What the provider of machine translation answered last, when that was no translation."""
    on_air_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"))
    """Who types at the moment."""
    on_air_since: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """When the page of whoever is on air last gave a sign."""
    offered_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"))
    """Whom they hand over to, until that person takes it."""
    drafted_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """When its captions became a draft of subtitles by themselves; that happens once."""

    track: Mapped[LanguageTrack] = relationship()
    source: Mapped["CaptionStream | None"] = relationship(remote_side="CaptionStream.id")
    on_air: Mapped[Linguist | None] = relationship(foreign_keys=on_air_id)
    offered_to: Mapped[Linguist | None] = relationship(foreign_keys=offered_to_id)


class CaptionKey(Model):
    """An ingestion address: writes into one stream and can do nothing else."""

    __tablename__ = "caption_key"

    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default=new_token)
    stream_id: Mapped[int] = mapped_column(sa.ForeignKey("caption_stream.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    """For whom or for which tool it was made."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """The highest number taken; 0 before the first."""
    last_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    passed_over: Mapped[int] = mapped_column(default=0)
    """Repeated numbers that came with other words: a tool that begins anew without asking for the last number."""

    stream: Mapped[CaptionStream] = relationship()


class CueState(enum.StrEnum):
    PARTIAL = "partial"  # May still be replaced by whoever says it.
    FINAL = "final"  # Only corrected, by a named person.
    WITHDRAWN = "withdrawn"


class CaptionCue(Model):
    """One caption. Cues stand in the order of (place, seq)."""

    __tablename__ = "caption_cue"
    __table_args__ = (
        sa.UniqueConstraint("key", "seq"),
        sa.UniqueConstraint("stream_id", "version"),
        sa.UniqueConstraint("stream_id", "linguist_id", "line"),
        sa.Index("ix_caption_cue_order", "stream_id", "place", "seq"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(sa.ForeignKey("caption_stream.id", ondelete="CASCADE"))
    place: Mapped[int]
    """Place in the stream. A cue that came late has that of the next one that its sender numbered."""
    key: Mapped[str | None] = mapped_column(sa.String(64))
    """Token of the key it came by; None: typed on the captioner's page, or translated."""
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """The number that its sender gave it."""
    version: Mapped[int]
    """Of the stream, when this cue last changed."""
    state: Mapped[CueState] = mapped_column(enum_column(CueState), default=CueState.FINAL)
    text: Mapped[str] = mapped_column(sa.Text)
    """Plain text, at most 2 KB; never markup."""
    began_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """When the first of its words came."""
    ended_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """When it became final, or last changed before that."""
    linguist_id: Mapped[int | None] = mapped_column(sa.ForeignKey("linguist.id", ondelete="SET NULL"), index=True)
    """Who typed it."""
    line: Mapped[str | None] = mapped_column(sa.String(64))
    """What their browser called it, so that a line that is sent twice stands once."""
    corrected_by: Mapped[str] = mapped_column(sa.String(200), default="")
    """Name of whoever corrected it last."""
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("caption_cue.id", ondelete="SET NULL"), index=True)
    """The cue that this one translates."""
    source_version: Mapped[int | None]
    """Which version of it; a later one was corrected since."""
    is_machine: Mapped[bool] = mapped_column(default=False)

    stream: Mapped[CaptionStream] = relationship()
    linguist: Mapped[Linguist | None] = relationship()


class Platform(enum.StrEnum):
    """Where captions are passed on to: two dialects of one small protocol (see `captions/targets.py`)."""

    ZOOM = "zoom"
    YOUTUBE = "youtube"

    @property
    def label(self) -> str:
        return {Platform.ZOOM: "Zoom", Platform.YOUTUBE: "YouTube"}[self]


class RelayState(enum.StrEnum):
    OFF = "off"
    WAITING = "waiting"  # Nothing was sent yet.
    OK = "ok"
    FAILING = "failing"

    @property
    def label(self) -> str:
        return str({
            RelayState.OFF: _l("Off"), RelayState.WAITING: _l("Waiting for the first caption"),
            RelayState.OK: _l("Works"), RelayState.FAILING: _l("Failing"),
        }[self])  # fmt: skip


class CaptionRelay(Model):
    """One place where the captions of a stream are passed on to, with its own numbers, queue and state."""

    __tablename__ = "caption_relay"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int] = mapped_column(sa.ForeignKey("caption_stream.id", ondelete="CASCADE"), index=True)
    platform: Mapped[Platform] = mapped_column(enum_column(Platform))
    address: Mapped[str] = mapped_column(sa.String(2000))
    """As the platform handed it out. It lets whoever knows it write captions, so it is shown shortened."""
    state: Mapped[RelayState] = mapped_column(enum_column(RelayState), default=RelayState.WAITING)
    after_place: Mapped[int] = mapped_column(default=0)
    """Only cues behind this place are passed on: what was said before the relay was switched on is not."""
    last_seq: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    last_error: Mapped[str] = mapped_column(sa.String(40), default="")
    """What the last attempt failed with, in short: the status, `timeout` or `connection` (`captions/targets.py`)."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Failed ones since the last success."""
    retry_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """Whoever sends holds it; one that dies lets go with time."""

    stream: Mapped[CaptionStream] = relationship()


class RelayedCue(Model):
    """A cue's own number at a relay: given before it is first sent, so that a repeated sending is known as one."""

    __tablename__ = "relayed_cue"
    __table_args__ = (sa.UniqueConstraint("relay_id", "seq"),)

    relay_id: Mapped[int] = mapped_column(sa.ForeignKey("caption_relay.id", ondelete="CASCADE"), primary_key=True)
    cue_id: Mapped[int] = mapped_column(
        sa.ForeignKey("caption_cue.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seq: Mapped[int]
    sent_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
