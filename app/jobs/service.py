"""Asking for long work, and giving it up."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.jobs import kinds
from app.jobs.models import Job, JobState
from app.lib import clock, storage

KEPT = timedelta(days=7)
"""How long what came of it, and the file that it made, can be fetched."""
SUFFIXES = ("csv", "xlsx", "table")
"""Of the files that work makes, or is given to read."""


def start(
    kind: str,
    by: int | None,
    *,
    title: str = "",
    subject: str = "",
    language: str = "en",
    came_from: str = "",
    leads_to: str = "",
    **payload: Any,
) -> Job:
    """Writes a job in the caller's transaction; the worker takes it up once that is committed.

    `by` is the number of the account whose it is; `payload` holds primitives.
    """
    job = Job(
        kind=kind, account_id=by, title=title[:300], subject=subject, language=language, came_from=came_from,
        leads_to=leads_to, payload=payload,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    return job


def cancel(job: Job) -> bool:
    """Gives it up, unless it is over; work that is under way stops at its next word and leaves nothing."""
    given_up = db.session.execute(
        sa.update(Job)
        .where(Job.id == job.id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        .values(state=JobState.CANCELLED, finished_at=clock.now(), lease_until=None)
    )
    return bool(given_up.rowcount)  # type: ignore[attr-defined]


def drop(subject: str, by: int | None = None) -> None:
    """Deletes the jobs on a thing that are over, of everyone or of one account; `forget_old` takes their files."""
    _drop(subject, sa.true() if by is None else Job.account_id == by)


def drop_naming_people(subject: str) -> None:
    """The same of those alone by which single people are told of."""
    _drop(subject, Job.kind.in_(kinds.naming_people()))


def _drop(subject: str, which: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(Job).where(Job.subject == subject, Job.finished_at.is_not(None), which))


def forget_old() -> int:
    """Deletes jobs that ended a week ago, with their files; and what work left that died before it could say so."""
    old = db.session.scalars(sa.select(Job).where(Job.finished_at < clock.now() - KEPT)).all()
    for job in old:
        storage.forget(job.file_key)
        db.session.delete(job)
    db.session.flush()
    named = set(db.session.scalars(sa.select(Job.file_key)))
    for suffix in SUFFIXES:
        for key in storage.keys(suffix, clock.now() - timedelta(days=1)) - named:
            storage.forget(key)
    return len(old)
