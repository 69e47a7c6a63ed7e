"""Accounts of those who organise, the organisations they act for, and the trail of what they did."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.lib import clock
from app.lib.text import Translated, TranslatedText


class Role(enum.StrEnum):
    """What an account is to one event. An administrator of the site needs none."""

    OWNER = "owner"
    ORGANISER = "organiser"
    READER = "reader"
    SPEAKER = "speaker"
    DOOR = "door"  # Checks people in, and does nothing else.


class Account(Model):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(35), default="en")
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    is_admin: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Goes up when the password changes or a mailed link is used; older links and sessions end with it."""
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    signed_in_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    # What Flask-Login asks of an account.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id}.{self.version}"


class Organisation(Model):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[Translated] = mapped_column(TranslatedText)
    description: Mapped[Translated] = mapped_column(TranslatedText, default=dict)
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"), index=True)


class AuditEntry(Model):
    """Who did what to which thing, when. Never changed."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now, index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(120), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    account: Mapped[Account | None] = relationship()
