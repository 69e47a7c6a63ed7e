"""What is counted and recorded without knowing anybody."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock


class Step(enum.StrEnum):
    """What the funnel counts before anybody has a name."""

    PAGE = "page"  # The event's page was shown.
    FORM = "form"


class Visit(Model):
    """How often a step was taken on a day (UTC); nobody's address is kept, so somebody who looks twice counts twice."""

    __tablename__ = "visit"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    step: Mapped[Step] = mapped_column(enum_column(Step), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class Erasure(Model):
    """That registrations were deleted: when, how many and why, but not whose."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    number: Mapped[int]
    cause: Mapped[str] = mapped_column(sa.String(20))  # schedule | wish | organiser

    event: Mapped[Event] = relationship()
