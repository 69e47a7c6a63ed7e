"""How an event lets people in: when, by what code, and whether an organiser looks at each."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown
from app.extensions import Model
from app.lib import clock


class Admission(Shown, Model):
    """An event without such a row is open to everyone from its publication to its end."""

    __tablename__ = "admission"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    opens_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    by_code: Mapped[bool] = mapped_column(default=False)
    """Only who has a code in force, or the link of an invitation, gets in."""
    by_approval: Mapped[bool] = mapped_column(default=False)
    """An organiser looks at each before it gets a place or a place on the waiting list."""
    offer_hours: Mapped[int] = mapped_column(default=24)
    """How long a place that came free is kept for the first on the waiting list."""
    keep_days: Mapped[int | None]
    """Days after the event at which what it knows of people is deleted; None: until an organiser deletes it."""
    certificates: Mapped[bool] = mapped_column(default=False)
    certificate_minutes: Mapped[int] = mapped_column(default=30)
    """Who attended less gets no certificate."""

    event: Mapped[Event] = relationship()

    def shown_in(self) -> Event:
        return self.event


class AccessCode(Model):
    """A word that opens the form, for many, or for the one address that it was sent to."""

    __tablename__ = "access_code"
    # Letters are keyed by its number, so SQLite must never give one out twice.
    __table_args__ = (sa.UniqueConstraint("event_id", "code"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(64))
    """As people write it, compared without regard to case."""
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    """For whom it is, for the organisers."""
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    """The one invited address, normalised; empty: whoever knows the code."""
    most_uses: Mapped[int | None]
    """How many registrations may stand on it at a time."""
    expires_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    event: Mapped[Event] = relationship()

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or clock.now() < self.expires_at)
