"""What people have been told of already, where one letter tells of several things."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.lib import clock
from app.schedule.models import EventSession


class SessionReminder(Model):
    """One person's letter about one session at one time; a session that moves is reminded of anew."""

    __tablename__ = "session_reminder"

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), primary_key=True)
    moment: Mapped[datetime] = mapped_column(clock.UtcDateTime, primary_key=True)
    """Of the session, from which the rule counts: its start or its end."""
    person: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    """As the keys of letters name them: r81, s7."""
    ahead: Mapped[int] = mapped_column(primary_key=True)
    """Minutes before `moment`; after it when negative."""
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    """Where the person is a registered one, with whom this goes."""


class Publication(Model):
    """That a session has a recording, or subtitles of it; open until people are told."""

    __tablename__ = "publication"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "language"),
        sa.Index("ix_publication_open", "told_at", "found_at"),
        # Letters are keyed by its number, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35), default="")
    """Of the subtitles; empty: the recording itself."""
    found_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    session: Mapped[EventSession] = relationship()
