"""Sessions: what happens when, where, in which language, with whom."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Room, Shown, Standing, Theme, enum_column, new_guid
from app.extensions import Model
from app.lib import clock
from app.lib.text import Translated, TranslatedText
from app.speakers.models import Speaker


class SessionKind(enum.StrEnum):
    KEYNOTE = "keynote"
    TALK = "talk"
    PANEL = "panel"
    DEBATE = "debate"
    WORKSHOP = "workshop"
    BREAK = "break"
    OTHER = "other"

    @property
    def label(self) -> str:
        return str({
            SessionKind.KEYNOTE: _("Keynote"), SessionKind.TALK: _("Talk"), SessionKind.PANEL: _("Panel"),
            SessionKind.DEBATE: _("Debate"), SessionKind.WORKSHOP: _("Workshop"), SessionKind.BREAK: _("Break"),
            SessionKind.OTHER: _("Other"),
        }[self])  # fmt: skip


class Part(enum.StrEnum):
    """What a person does in a session."""

    SPEAKER = "speaker"
    MODERATOR = "moderator"

    @property
    def label(self) -> str:
        return str({Part.SPEAKER: _("Speaker"), Part.MODERATOR: _("Moderator")}[self])


class EventSession(Shown, Model):
    """One item of the programme. Without times it waits to be scheduled and is not shown in the grid or in feeds."""

    __tablename__ = "event_session"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "slug"),
        sa.UniqueConstraint("event_id", "guid"),
        sa.Index("ix_event_session_time", "event_id", "starts_at"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_times_or_none"),
        # Letters are keyed by its number, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    guid: Mapped[str] = mapped_column(sa.String(64), default=new_guid)
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind), default=SessionKind.TALK)
    title: Mapped[Translated] = mapped_column(TranslatedText)
    subtitle: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    abstract: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    description: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    """Languages spoken on the floor, BCP 47."""
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"), index=True)
    starts_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    start_offset: Mapped[int | None]
    end_offset: Mapped[int | None]
    """How far the event's clocks were to be ahead of UTC at these times, in seconds, when the times were written. Where
    the tz database says otherwise by now, the moments follow the clocks (`schedule.zones`)."""
    capacity: Mapped[int | None]
    standing: Mapped[Standing] = mapped_column(enum_column(Standing), default=Standing.CONFIRMED)
    standing_reason: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    join_url: Mapped[str] = mapped_column(sa.String(1000), default="")
    join_phone: Mapped[str] = mapped_column(sa.String(200), default="")
    join_passcode: Mapped[str] = mapped_column(sa.String(100), default="")
    recording_url: Mapped[str] = mapped_column(sa.String(1000), default="")
    recording_licence: Mapped[str] = mapped_column(sa.String(200), default="")
    recorded: Mapped[bool] = mapped_column(default=True)
    """False when the speaker asked not to be recorded."""
    source: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    """What an imported schedule said that has no column here (`id`, `code`, `url`, `type` …); exported again."""
    search: Mapped[str] = mapped_column(sa.Text, default="")
    """Title, subtitle, abstract, theme and speakers in all languages, folded for the search of the programme."""
    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 SEQUENCE: up by one with each change to anything that the calendar entry shows."""
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """RFC 5545 LAST-MODIFIED and DTSTAMP; moves with `sequence`."""

    event: Mapped[Event] = relationship()
    theme: Mapped[Theme | None] = relationship()
    room: Mapped[Room | None] = relationship()
    appearances: Mapped[list["Appearance"]] = relationship(
        order_by="Appearance.position", cascade="all, delete-orphan", back_populates="session"
    )
    links: Mapped[list["SessionLink"]] = relationship(
        order_by="SessionLink.position", cascade="all, delete-orphan", back_populates="session"
    )

    @property
    def takes_place(self) -> bool:
        return self.standing is Standing.CONFIRMED and self.event.takes_place

    @property
    def is_scheduled(self) -> bool:
        return self.starts_at is not None

    def people(self, part: Part) -> list[Speaker]:
        return [row.speaker for row in self.appearances if row.part is part]

    def shown_in(self) -> Event:
        return self.event


class Appearance(Shown, Model):
    __tablename__ = "appearance"
    __table_args__ = (sa.UniqueConstraint("session_id", "speaker_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    speaker_id: Mapped[int] = mapped_column(sa.ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    part: Mapped[Part] = mapped_column(enum_column(Part), default=Part.SPEAKER)
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[EventSession] = relationship(back_populates="appearances")
    speaker: Mapped[Speaker] = relationship()

    def shown_in(self) -> Event | None:
        session: EventSession | None = self.parent("session")
        return session.event if session else None


class SessionLink(Shown, Model):
    """Slides, papers and whatever else belongs to a session."""

    __tablename__ = "session_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20), default="related")  # slides | related | attachment
    title: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    url: Mapped[str] = mapped_column(sa.String(2000))
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[EventSession] = relationship(back_populates="links")

    def shown_in(self) -> Event | None:
        session: EventSession | None = self.parent("session")
        return session.event if session else None


class FormerSession(Shown, Model):
    """What a session was that the public saw and that left the programme: its UID lives on in people's calendars.

    Feeds say that it is called off while the event lasts, and its address leads on to what it became. A session with
    the same guid that comes into the programme takes all of it back (`schedule.former`).
    """

    __tablename__ = "former_session"
    __table_args__ = (sa.UniqueConstraint("event_id", "guid"), sa.Index("ix_former_session_slug", "event_id", "slug"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    guid: Mapped[str] = mapped_column(sa.String(64))
    slug: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[Translated] = mapped_column(TranslatedText)
    starts_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id", ondelete="SET NULL"), index=True)
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    """All that it could be followed in, so that a filtered feed which showed it says what became of it."""
    speaker_ids: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    search: Mapped[str] = mapped_column(sa.Text, default="")
    sequence: Mapped[int]
    """RFC 5545 SEQUENCE, above all that its entry ever had."""
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    became_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id", ondelete="SET NULL"), index=True)
    """The session that it was merged into."""

    event: Mapped[Event] = relationship()
    became: Mapped[EventSession | None] = relationship()

    def shown_in(self) -> Event:
        return self.event


class KnownZone(Model):
    """The rules of a zone as they were when the programmes followed them last, and before."""

    __tablename__ = "known_zone"

    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    rules: Mapped[bytes] = mapped_column(sa.LargeBinary)
    """TZif (RFC 8536), as the tz database has it."""
    former: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
