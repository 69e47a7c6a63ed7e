"""Who was there, and the certificates of it."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.lib.tokens import new_token
from app.registration.models.registration import Registration
from app.schedule.models import EventSession


class Source(enum.StrEnum):
    LINK = "link"  # Joined through the personal link.
    DOOR = "door"
    ORGANISER = "organiser"


class Attendance(Model):
    """A registered person was in a session, or, without one, at the event on a day. Coming back adds nothing."""

    __tablename__ = "attendance"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "session_id"),
        sa.Index(
            "uq_attendance_day", "registration_id", "day", unique=True,
            sqlite_where=sa.text("session_id IS NULL"), postgresql_where=sa.text("session_id IS NULL"),
        ),
        sa.Index("ix_attendance_session", "session_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(sa.Date)
    """The programme day."""
    first_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    last_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    source: Mapped[Source] = mapped_column(enum_column(Source))

    registration: Mapped[Registration] = relationship()
    session: Mapped[EventSession | None] = relationship()


class Certificate(Model):
    """What was certified, as it was certified: it stays true when the registration changes or is deleted."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64), unique=True, default=new_token)
    """Last part of the public address at which it is verified."""
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("registration.id", ondelete="SET NULL"), unique=True
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(35))
    minutes: Mapped[int]
    """Attended, by the times of the sessions."""
    sessions: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    """Their titles as the certificate tells them: `title`, its `language`, and `day` (ISO)."""
    issued_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    event: Mapped[Event] = relationship()
    registration: Mapped[Registration | None] = relationship()
