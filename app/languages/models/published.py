"""What everybody can read: the published subtitles of a recording, and their passages as the search finds them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown
from app.extensions import Model
from app.lib import clock
from app.schedule.models import EventSession


class SubtitleFile(Shown, Model):
    """Published subtitles of a session's recording in one language, kept as WebVTT."""

    __tablename__ = "subtitle_file"
    __table_args__ = (sa.UniqueConstraint("session_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    webvtt: Mapped[str] = mapped_column(sa.Text)
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    """Of the file that was brought; empty when they were made here."""
    encoding: Mapped[str] = mapped_column(sa.String(20), default="utf-8")
    """What the bytes of the file that was brought were read as."""
    repairs: Mapped[list[list[int | str]]] = mapped_column(sa.JSON, default=list)
    """Line and `Said` of each remark that the file was taken in with."""
    credits: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    """`CreditPart` and name of everybody who made them."""
    uploaded_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    session: Mapped[EventSession] = relationship()

    def shown_in(self) -> Event:
        return self.session.event


class Passage(Model):
    """A paragraph of a transcript, as the search over transcripts finds it."""

    __tablename__ = "passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_file.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    speaker: Mapped[str] = mapped_column(sa.String(200), default="")
    text: Mapped[str] = mapped_column(sa.Text)

    file: Mapped[SubtitleFile] = relationship()
