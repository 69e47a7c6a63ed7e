"""The outbox: a letter is a row first, written in the transaction of its cause."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.lib import clock


class LetterState(enum.StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"  # The facts it would have told no longer hold, or nobody wants it.
    FAILED = "failed"  # Refused for good, or given up.
    UNSURE = "unsure"  # The sender died between handing over and marking; a person decides.


class Letter(Model):
    """One letter to one recipient. Its kind names the renderer; its facts are read when it is sent."""

    __tablename__ = "letter"
    __table_args__ = (sa.Index("ix_letter_due", "state", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    """Recipient, cause, kind and version: the same letter is written once, whoever asks how often."""
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(254), index=True)
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(35))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[LetterState] = mapped_column(
        sa.Enum(LetterState, native_enum=False, length=10, values_callable=lambda e: [m.value for m in e]),
        default=LetterState.QUEUED,
    )
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    not_before: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    """Set and committed just before the transport is called: with it, a dead sender leaves UNSURE, not a repeat."""
    sent_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    message_id: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str] = mapped_column(sa.String(500), default="")
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")


class Suppression(Model):
    """An address that nothing more is sent to, and why."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(500))
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
