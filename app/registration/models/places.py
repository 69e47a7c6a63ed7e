"""Places of events and of sessions, and who has one, is offered one, or waits for one."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import enum_column
from app.extensions import Model
from app.lib import clock
from app.registration.models.registration import Registration
from app.schedule.models import EventSession


class Places(Model):
    """How many places of an event or of a session are taken.

    Locked by whoever takes or frees one, or joins or leaves the waiting list, so it is never overbooked and the
    list has one order.
    """

    __tablename__ = "places"
    __table_args__ = (
        sa.CheckConstraint("taken >= 0", name="not_negative"),
        sa.CheckConstraint("(event_id IS NULL) <> (session_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), unique=True)
    taken: Mapped[int] = mapped_column(default=0)
    """Held, offered and settled ones together."""
    last_number: Mapped[int] = mapped_column(default=0)
    """The last number given on the waiting list."""


class Claim(enum.StrEnum):
    """How far a registered person has got with a place in a session."""

    WAITING = "waiting"
    OFFERED = "offered"  # Kept until `held_until`, taken by a press, else passed on.
    BOOKED = "booked"


class Booking(Model):
    """A registered person's place in one session with few places, or the wait for it. Given up, the row goes."""

    __tablename__ = "booking"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "session_id"),
        sa.Index("ix_booking_line", "session_id", "claim", "number"),
        # Letters are keyed by its number, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    claim: Mapped[Claim] = mapped_column(enum_column(Claim))
    number: Mapped[int | None]
    """Place in the order of the waiting list; who got a place at once has none."""
    held_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    registration: Mapped[Registration] = relationship(back_populates="bookings")
    session: Mapped[EventSession] = relationship()

    @property
    def holds_place(self) -> bool:
        return self.claim is not Claim.WAITING
