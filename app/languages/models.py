"""Which language is available where: tracks of a session, and the subtitles of its recording."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown, enum_column
from app.extensions import Model
from app.lib import clock
from app.schedule.models import EventSession
from app.schedule.sequence import OnCalendar


class TrackKind(enum.StrEnum):
    INTERPRETATION = "interpretation"
    CAPTIONS = "captions"
    SUBTITLES = "subtitles"


class LanguageTrack(OnCalendar, Model):
    """Interpretation, live captions or subtitles of one session in one language."""

    __tablename__ = "language_track"
    __table_args__ = (sa.UniqueConstraint("session_id", "language", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    kind: Mapped[TrackKind] = mapped_column(enum_column(TrackKind))
    url: Mapped[str] = mapped_column(sa.String(1000), default="")
    """Where the interpretation channel is heard; shown where the join link is, to registered people alone."""

    session: Mapped[EventSession] = relationship()

    def shown_in(self) -> Event:
        return self.session.event

    def calendar_session(self) -> EventSession:
        return self.session


class SubtitleFile(Shown, Model):
    """Approved subtitles of a session's recording in one language, kept as WebVTT."""

    __tablename__ = "subtitle_file"
    __table_args__ = (sa.UniqueConstraint("session_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    webvtt: Mapped[str] = mapped_column(sa.Text)
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    encoding: Mapped[str] = mapped_column(sa.String(20), default="utf-8")
    """What the bytes of the file that was brought were read as."""
    repairs: Mapped[list[list[int | str]]] = mapped_column(sa.JSON, default=list)
    """Line and `Said` of each remark that the file was taken in with."""
    uploaded_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    session: Mapped[EventSession] = relationship()

    def shown_in(self) -> Event:
        return self.session.event
