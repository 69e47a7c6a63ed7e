"""What people have been reminded of, and the news that they are still to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event
from app.extensions import Model
from app.languages.models import LanguageTrack
from app.lib import clock
from app.schedule.models import EventSession


class AgendaReminder(Model):
    """One person's reminder of one session at one time; a session that moves is reminded of anew."""

    __tablename__ = "agenda_reminder"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, primary_key=True)


class News(Model):
    """A session, or a whole event, that was moved, called off or brought back.

    It stays open for a short while, so that what an organiser corrects at once is told once; `took_place` and
    `previous_start` are what people knew before the first of these changes.
    """

    __tablename__ = "news"
    __table_args__ = (sa.Index("ix_news_open", "told_at", "changed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    """None: the event as a whole."""
    took_place: Mapped[bool]
    previous_start: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    first_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    event: Mapped[Event] = relationship()
    session: Mapped[EventSession | None] = relationship()


class TrackNews(Model):
    """A language that fell through in a session, or came back; open for a short while, like News."""

    __tablename__ = "track_news"
    __table_args__ = (sa.Index("ix_track_news_open", "told_at", "changed_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(sa.ForeignKey("language_track.id", ondelete="CASCADE"), index=True)
    was_offered: Mapped[bool]
    """What people knew before the first of these changes."""
    first_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    track: Mapped[LanguageTrack] = relationship()
