"""A registration: the person, and the private links that are theirs."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.lib import clock
from app.lib.text import searchable
from app.lib.tokens import new_token
from app.schedule.models import EventSession

if TYPE_CHECKING:
    from app.registration.models.places import Booking
    from app.registration.models.question import Answer, Need


class RegistrationState(enum.StrEnum):
    """A place is always offered first: at once to whoever comes while there are any, later to who waits longest."""

    REQUESTED = "requested"  # Waits for an organiser's word.
    DECLINED = "declined"
    WAITING = "waiting"  # On the waiting list, in the order of `queue_number`.
    PENDING = "pending"  # A place is held until `held_until`; a press on the mailed link takes it.
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str({
            RegistrationState.REQUESTED: _l("Waiting for approval"), RegistrationState.DECLINED: _l("Declined"),
            RegistrationState.WAITING: _l("On the waiting list"),
            RegistrationState.PENDING: _l("Waiting for confirmation"), RegistrationState.CONFIRMED: _l("Confirmed"),
            RegistrationState.LAPSED: _l("Not confirmed in time"), RegistrationState.CANCELLED: _l("Cancelled"),
        }[self])  # fmt: skip


HOLDING = (RegistrationState.PENDING, RegistrationState.CONFIRMED)
"""Who in these states has one of the event's places."""


class Origin(enum.StrEnum):
    FORM = "form"
    COLLEAGUE = "colleague"  # Entered by somebody who is registered.
    ORGANISER = "organiser"  # Taken down by an organiser, on the telephone for instance.
    IMPORT = "import"

    @property
    def label(self) -> str:
        return str({
            Origin.FORM: _l("The form"), Origin.COLLEAGUE: _l("A colleague"),
            Origin.ORGANISER: _l("An organiser"), Origin.IMPORT: _l("An import"),
        }[self])  # fmt: skip


class Purpose(enum.StrEnum):
    """What a private link can do; each can do nothing else."""

    PAGE = "page"
    CALENDAR = "calendar"
    UNSUBSCRIBE = "unsubscribe"
    JOIN = "join"  # Stands in calendars, which third parties see.
    TICKET = "ticket"  # In the QR code that is shown at the door.
    NEW_ADDRESS = "new-address"  # Mailed to `new_email`, only while that waits.


LASTING = (Purpose.PAGE, Purpose.CALENDAR, Purpose.UNSUBSCRIBE, Purpose.JOIN, Purpose.TICKET)
"""Every registration has one link in force of each of these."""


class Registration(Model):
    __tablename__ = "registration"
    __table_args__ = (
        # Who registered by telephone may have no address, and some may have none each.
        sa.Index(
            "uq_registration_address",
            "event_id",
            "email",
            unique=True,
            sqlite_where=sa.text("email <> ''"),
            postgresql_where=sa.text("email <> ''"),
        ),
        sa.Index("ix_registration_state", "event_id", "state", "held_until"),
        sa.Index("ix_registration_line", "event_id", "state", "queue_number"),
        # As organisers' list is sorted, with the number that settles what is equal.
        sa.Index("ix_registration_created", "event_id", "created_at", "id"),
        sa.Index("ix_registration_name", "event_id", sa.text("substr(search, 1, 60)"), "id"),
        sa.Index("ix_registration_country", "event_id", "country", "id"),
        # Letters are keyed by the number of a registration, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState), default=RegistrationState.PENDING)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    """Normalised; one registration for an address in an event. Empty for people who have none."""
    new_email: Mapped[str] = mapped_column(sa.String(254), default="")
    """An address that waits for its own confirmation before it replaces `email`."""
    country: Mapped[str] = mapped_column(sa.String(2))
    language: Mapped[str] = mapped_column(sa.String(35))
    zone: Mapped[str] = mapped_column(sa.String(64))
    consented_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    held_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    queue_number: Mapped[int | None]
    """Place in the order of the waiting list, kept while an offer from it stands."""
    origin: Mapped[Origin] = mapped_column(enum_column(Origin), default=Origin.FORM)
    code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("access_code.id", ondelete="SET NULL"), index=True)
    """The code that opened the form."""
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
    bookings: Mapped[list["Booking"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="registration"
    )
    answers: Mapped[list["Answer"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="registration"
    )
    needs: Mapped[list["Need"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="registration"
    )

    @property
    def holds_place(self) -> bool:
        return self.state in HOLDING

    @property
    def is_live(self) -> bool:
        """It holds a place, waits for one, or waits for an organiser's word."""
        return self.holds_place or self.state in (RegistrationState.WAITING, RegistrationState.REQUESTED)

    @property
    def is_offered(self) -> bool:
        """A place that came free is kept for somebody who waited."""
        return self.state is RegistrationState.PENDING and self.queue_number is not None

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
    """A session that a registered person means to attend: starred, or booked where places are few."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("registration_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"), index=True)
    added_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    registration: Mapped[Registration] = relationship(back_populates="agenda")
    session: Mapped[EventSession] = relationship()
