"""The news that people are still to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event
from app.extensions import Model
from app.languages.models import LanguageTrack
from app.lib import clock
from app.schedule.models import EventSession


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
    by_clocks: Mapped[bool] = mapped_column(default=False)
    """Nobody moved it: its zone has other rules. It concerns those whose own clocks say another hour."""
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
