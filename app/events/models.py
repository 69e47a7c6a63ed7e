"""Series, events and what belongs to an event as a whole."""

import enum
import uuid
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.lib import clock
from app.lib.text import Translated, TranslatedText
from app.people.models import Account, Organisation, Role


def enum_column(kind: type[enum.StrEnum]) -> sa.Enum:
    """A column of a string enumeration that reads the same on every database and takes new members without DDL."""
    return sa.Enum(
        kind, native_enum=False, create_constraint=False, length=20, values_callable=lambda e: [m.value for m in e]
    )


def new_guid() -> str:
    return str(uuid.uuid4())


class EventKind(enum.StrEnum):
    WEBINAR = "webinar"
    CONFERENCE = "conference"

    @property
    def label(self) -> str:
        return str({EventKind.WEBINAR: _("Webinar"), EventKind.CONFERENCE: _("Conference")}[self])


class EventState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return str({
            EventState.DRAFT: _("Draft"), EventState.PUBLISHED: _("Published"), EventState.ARCHIVED: _("Archived"),
        }[self])  # fmt: skip


class Standing(enum.StrEnum):
    """Whether an event or a session takes place as announced (RFC 5545 STATUS)."""

    CONFIRMED = "confirmed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str({
            Standing.CONFIRMED: _("Takes place"), Standing.POSTPONED: _("Postponed"),
            Standing.CANCELLED: _("Cancelled"),
        }[self])  # fmt: skip


class Involvement(enum.StrEnum):
    HOST = "host"
    PARTNER = "partner"
    SPONSOR = "sponsor"

    @property
    def label(self) -> str:
        return str({
            Involvement.HOST: _("Host"), Involvement.PARTNER: _("Partner"), Involvement.SPONSOR: _("Sponsor"),
        }[self])  # fmt: skip


class Site(Model):
    """The one row that says when anything public last changed."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)


class Series(Model):
    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[Translated] = mapped_column(TranslatedText)
    description: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)


class Shown:
    """Marks a row that the public sees as a part of an event: a change to it is a new revision of the event."""

    def shown_in(self) -> "Event | None":
        raise NotImplementedError

    def parent(self, name: str) -> Any:
        """What this row belongs to, also just after it was taken out of its parent's collection."""
        history = sa.inspect(self).attrs[name].history
        return getattr(self, name) or next(iter(history.deleted or ()), None)


class Event(Shown, Model):
    """A webinar or a conference edition. Days are dates in the event's own zone."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    guid: Mapped[str] = mapped_column(sa.String(36), unique=True, default=new_guid)
    kind: Mapped[EventKind] = mapped_column(enum_column(EventKind), default=EventKind.WEBINAR)
    state: Mapped[EventState] = mapped_column(enum_column(EventState), default=EventState.DRAFT, index=True)
    standing: Mapped[Standing] = mapped_column(enum_column(Standing), default=Standing.CONFIRMED)
    standing_reason: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id", ondelete="SET NULL"), index=True)
    title: Mapped[Translated] = mapped_column(TranslatedText)
    summary: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    description: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=lambda: ["en"])
    """BCP 47 tags in the organisers' order; the first is the event's main language."""
    starts_on: Mapped[date] = mapped_column(sa.Date, index=True)
    ends_on: Mapped[date] = mapped_column(sa.Date)
    day_change: Mapped[int] = mapped_column(default=0)
    """Minutes after midnight at which a programme day ends: a session at 01:00 may belong to the day before."""
    capacity: Mapped[int | None]
    join_opens_minutes: Mapped[int] = mapped_column(default=15)
    contact_name: Mapped[str] = mapped_column(sa.String(200), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    reply_to: Mapped[str] = mapped_column(sa.String(254), default="")
    privacy: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    recording_consent: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    """What people agree to about recording; empty when nothing is recorded."""
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    source: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    """What an imported schedule said of the conference that has no column here; exported again."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    published_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    # The series that an event leaves must be known: its page changes too.
    series: Mapped[Series | None] = relationship(active_history=True)
    involved: Mapped[list["EventOrganisation"]] = relationship(
        order_by="EventOrganisation.position", cascade="all, delete-orphan", back_populates="event"
    )
    themes: Mapped[list["Theme"]] = relationship(
        order_by="Theme.position", cascade="all, delete-orphan", back_populates="event"
    )
    rooms: Mapped[list["Room"]] = relationship(
        order_by="Room.position", cascade="all, delete-orphan", back_populates="event"
    )
    grants: Mapped[list["Grant"]] = relationship(cascade="all, delete-orphan", back_populates="event")

    @property
    def is_public(self) -> bool:
        return self.state is not EventState.DRAFT

    @property
    def takes_place(self) -> bool:
        return self.standing is Standing.CONFIRMED

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def days(self) -> list[date]:
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    def day_of(self, moment: datetime) -> date:
        """The programme day that a moment belongs to."""
        return (moment.astimezone(self.tzinfo).replace(tzinfo=None) - timedelta(minutes=self.day_change)).date()

    def day_bounds(self, day: date) -> tuple[datetime, datetime]:
        """First moment of a programme day and of the next, in the event's zone."""
        start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=self.day_change)
        return start.replace(tzinfo=self.tzinfo), (start + timedelta(days=1)).replace(tzinfo=self.tzinfo)

    @property
    def begins_at(self) -> datetime:
        return self.day_bounds(self.starts_on)[0]

    @property
    def over_at(self) -> datetime:
        return self.day_bounds(self.ends_on)[1]

    def organisations(self, involvement: Involvement) -> list[Organisation]:
        return [row.organisation for row in self.involved if row.involvement is involvement]

    def shown_in(self) -> "Event":
        return self


class EventOrganisation(Shown, Model):
    """An organisation's part in an event: host (alone or jointly), partner or sponsor."""

    __tablename__ = "event_organisation"
    __table_args__ = (sa.UniqueConstraint("event_id", "organisation_id", "involvement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    involvement: Mapped[Involvement] = mapped_column(enum_column(Involvement))
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="involved")
    organisation: Mapped[Organisation] = relationship()

    def shown_in(self) -> Event | None:
        return cast("Event | None", self.parent("event"))


class Theme(Shown, Model):
    __tablename__ = "theme"
    __table_args__ = (sa.UniqueConstraint("event_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[Translated] = mapped_column(TranslatedText)
    description: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    colour: Mapped[str] = mapped_column(sa.String(7), default="#3b6ea5")
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="themes")

    def shown_in(self) -> Event | None:
        return cast("Event | None", self.parent("event"))


class Room(Shown, Model):
    """A stage, on line or on site."""

    __tablename__ = "room"
    __table_args__ = (sa.UniqueConstraint("event_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))
    guid: Mapped[str] = mapped_column(sa.String(64), default=new_guid)
    name: Mapped[Translated] = mapped_column(TranslatedText)
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="rooms")

    def shown_in(self) -> Event | None:
        return cast("Event | None", self.parent("event"))


class Grant(Model):
    """An account's role in an event."""

    __tablename__ = "event_grant"
    __table_args__ = (sa.UniqueConstraint("event_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))

    event: Mapped[Event] = relationship(back_populates="grants")
    account: Mapped[Account] = relationship()
