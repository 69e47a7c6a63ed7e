"""The language team of an event: who interprets, captions, translates and reviews."""

import enum
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, enum_column
from app.extensions import Model
from app.languages.models.track import TrackKind
from app.lib import clock
from app.lib.tags import base_language
from app.lib.tokens import new_token
from app.people.models import Account


class Grade(enum.StrEnum):
    """How an interpreter has a language, in the terms of the profession (AIIC)."""

    A = "A"  # Native.
    B = "B"  # Fluent: can be worked into.
    C = "C"  # Understood: can be worked from.

    @property
    def label(self) -> str:
        return str({Grade.A: _l("A: native"), Grade.B: _l("B: fluent"), Grade.C: _l("C: understood")}[self])


class Linguist(Model):
    """A person of an event's language team. Works by a private link; an account is not needed."""

    __tablename__ = "linguist"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "account_id"),
        # Letters are keyed by the number, so SQLite must never give one out twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"), index=True)
    """Of an organiser who works in the team."""
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    language: Mapped[str] = mapped_column(sa.String(35), default="en")
    """In which letters and pages speak to them."""
    zone: Mapped[str] = mapped_column(sa.String(64), default="")
    """IANA; empty: the event's."""
    crafts: Mapped[list[TrackKind]] = mapped_column(sa.JSON, default=list)
    """What they do, as values of TrackKind."""
    coordinates: Mapped[bool] = mapped_column(default=False)
    """May do everything in every language of the event, as its organisers may."""
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """What organisers note about them; never shown to others."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    event: Mapped[Event] = relationship()
    account: Mapped[Account | None] = relationship()
    skills: Mapped[list["Skill"]] = relationship(
        order_by="Skill.grade", cascade="all, delete-orphan", passive_deletes=True, back_populates="linguist"
    )
    availability: Mapped[list["Availability"]] = relationship(
        order_by="Availability.starts_at", cascade="all, delete-orphan", passive_deletes=True,
        back_populates="linguist",
    )  # fmt: skip
    links: Mapped[list["LinguistLink"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="linguist"
    )

    def does(self, craft: TrackKind) -> bool:
        return craft in self.crafts

    def has(self, language: str, *grades: Grade) -> bool:
        """Whether they have a language, in one of these grades; only the base language counts."""
        base = base_language(language)
        wanted = grades or tuple(Grade)
        return any(base_language(skill.language) == base and skill.grade in wanted for skill in self.skills)

    def token(self, purpose: "LinkPurpose") -> str:
        """The link of this purpose that is in force; everybody has one of each."""
        return next(link.token for link in self.links if link.purpose is purpose and link.revoked_at is None)


class Skill(Model):
    """A working language."""

    __tablename__ = "skill"
    __table_args__ = (sa.UniqueConstraint("linguist_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    linguist_id: Mapped[int] = mapped_column(sa.ForeignKey("linguist.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    grade: Mapped[Grade] = mapped_column(enum_column(Grade))

    linguist: Mapped[Linguist] = relationship(back_populates="skills")


class Availability(Model):
    """A stretch of time in which somebody can work. Who gives none can always."""

    __tablename__ = "availability"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    linguist_id: Mapped[int] = mapped_column(sa.ForeignKey("linguist.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(clock.UtcDateTime)

    linguist: Mapped[Linguist] = relationship(back_populates="availability")


class LinkPurpose(enum.StrEnum):
    PAGE = "page"
    CALENDAR = "calendar"  # Stands in calendars, which third parties see; can do nothing else.


class LinguistLink(Model):
    __tablename__ = "linguist_link"

    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True, default=new_token)
    linguist_id: Mapped[int] = mapped_column(sa.ForeignKey("linguist.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    linguist: Mapped[Linguist] = relationship(back_populates="links")
