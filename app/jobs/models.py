"""A piece of long work: a row first, written in the transaction of whoever asks for it."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.lib import clock


class JobState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Model):
    """Its kind names the function that does it; the payload holds primitives from which that finds the rest."""

    __tablename__ = "job"
    # Addresses of pages carry the number, so SQLite must never give one out twice.
    __table_args__ = (sa.Index("ix_job_due", "state", "lease_until"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(300), default="")
    """What it is to its owner, in the owner's language."""
    subject: Mapped[str] = mapped_column(sa.String(120), default="")
    """What it works on, written as the audit trail does: `event:12`."""
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    language: Mapped[str] = mapped_column(sa.String(35), default="en")
    account_id: Mapped[int | None]
    """Whose it is; accounts live above this room."""
    came_from: Mapped[str] = mapped_column(sa.String(500), default="")
    """Path of the page to go back to."""
    leads_to: Mapped[str] = mapped_column(sa.String(500), default="")
    """Path of the page that shows what came of it; empty: its own."""
    state: Mapped[JobState] = mapped_column(
        sa.Enum(JobState, native_enum=False, length=10, values_callable=lambda e: [m.value for m in e]),
        default=JobState.QUEUED,
    )
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """0: not known yet."""
    message: Mapped[str] = mapped_column(sa.String(2000), default="")
    """What came of it, or why nothing did, in the owner's language."""
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    file_key: Mapped[str] = mapped_column(sa.String(60), default="")
    """The file that it made, in the storage; it goes when the job goes."""
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(clock.UtcDateTime)

    @property
    def is_over(self) -> bool:
        return self.state not in (JobState.QUEUED, JobState.RUNNING)
