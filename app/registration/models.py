"""Registrations without accounts: a place, the person who holds it, and the private links that are theirs."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.lib.text import searchable
from app.lib.tokens import new_token
from app.schedule.models import EventSession


class RegistrationState(enum.StrEnum):
    PENDING = "pending"  # Holds a place until `held_until`.
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class Purpose(enum.StrEnum):
    """What a private link can do; each can do nothing else."""

    PAGE = "page"
    CALENDAR = "calendar"
    UNSUBSCRIBE = "unsubscribe"
    NEW_ADDRESS = "new-address"  # Mailed to `new_email`, only while that waits.


LASTING = (Purpose.PAGE, Purpose.CALENDAR, Purpose.UNSUBSCRIBE)
"""Every registration has one link in force of each of these."""


class Places(Model):
    """How many places of an event are taken. Locked by whoever takes or frees one, so it is never overbooked."""

    __tablename__ = "places"
    __table_args__ = (sa.CheckConstraint("taken >= 0", name="not_negative"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    taken: Mapped[int] = mapped_column(default=0)


class Registration(Model):
    __tablename__ = "registration"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "email"),
        sa.Index("ix_registration_state", "event_id", "state", "held_until"),
        # Letters are keyed by the number of a registration, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState), default=RegistrationState.PENDING)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    """Normalised; one registration for an address in an event."""
    new_email: Mapped[str] = mapped_column(sa.String(254), default="")
    """An address that waits for its own confirmation before it replaces `email`."""
    country: Mapped[str] = mapped_column(sa.String(2))
    language: Mapped[str] = mapped_column(sa.String(35))
    zone: Mapped[str] = mapped_column(sa.String(64))
    consented_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    held_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """No reminders since; letters about their own registration and about cancellations still come."""
    attempt: Mapped[int] = mapped_column(default=1)
    """Goes up when an address registers again after lapsing or cancelling; part of its letters' keys."""
    agenda_changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    """When anything of their own that the personal feed shows last changed."""
    search: Mapped[str] = mapped_column(sa.Text, default="")
    """Name and address as organisers' search compares them; kept by `_refresh_search`."""

    event: Mapped[Event] = relationship()
    links: Mapped[list["RegistrationLink"]] = relationship(cascade="all, delete-orphan", back_populates="registration")
    agenda: Mapped[list["AgendaItem"]] = relationship(cascade="all, delete-orphan", back_populates="registration")

    @property
    def holds_place(self) -> bool:
        return self.state in (RegistrationState.PENDING, RegistrationState.CONFIRMED)

    @property
    def is_confirmed(self) -> bool:
        return self.state is RegistrationState.CONFIRMED

    def token(self, purpose: Purpose) -> str:
        """The link of this purpose that is in force; every registration has one of each that is lasting."""
        return next(link.token for link in self.links if link.purpose is purpose and link.revoked_at is None)


@sa.event.listens_for(Registration, "before_insert")
@sa.event.listens_for(Registration, "before_update")
def _refresh_search(_mapper: object, _connection: object, registration: Registration) -> None:
    registration.search = searchable(registration.name, registration.email)


class RegistrationLink(Model):
    __tablename__ = "registration_link"

    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default=new_token)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    registration: Mapped[Registration] = relationship(back_populates="links")


class AgendaItem(Model):
    """A session that a registered person put on their agenda."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("registration_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    added_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    registration: Mapped[Registration] = relationship(back_populates="agenda")
    session: Mapped[EventSession] = relationship()
