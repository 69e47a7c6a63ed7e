"""The sweep: claims a job that is due, does it, and marks what became of it.

A claim is a lease that each word of progress renews. A worker that dies leaves a lease that ends, and the job is
taken again, three times at most. What a job writes is committed together with its end, and only while the claim
holds: however often it is begun, it is done once.
"""

import logging
import time
from collections import Counter
from datetime import timedelta
from inspect import isgeneratorfunction
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from app.extensions import db, reading_only
from app.jobs.kinds import Refused, Stopped, kind_of
from app.jobs.models import Job, JobState
from app.lib import clock, storage

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
MOST_AT_ONCE = 2
"""Jobs that run at a time: letters and reminders need the worker too."""

log = logging.getLogger(__name__)


class Claim(NamedTuple):
    """A job that is ours while its count of attempts is the one that our claim gave it."""

    id: int
    attempt: int


def sweep() -> Counter[JobState]:
    """Does what is due, one after the other; how many ended in which state. Any number may run at once."""
    give_up_lost()
    fates: Counter[JobState] = Counter()
    while ours := claim():
        fates[_do(ours)] += 1
    return fates


def claim() -> Claim | None:
    """Makes the next job ours, unless enough are under way. A job goes to one claimer, whoever else asks."""
    moment = clock.now()
    under_way = sa.select(sa.func.count()).where(Job.state == JobState.RUNNING, Job.lease_until >= moment)
    left = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < moment, Job.attempts < MOST_ATTEMPTS)
    due = (
        sa.select(Job.id)
        .where(sa.or_(Job.state == JobState.QUEUED, left), under_way.scalar_subquery() < MOST_AT_ONCE)
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: it has one writer.
        .cte("due")
    )
    row = db.session.execute(
        sa.update(Job)
        .where(Job.id.in_(sa.select(due.c.id)))
        .values(
            state=JobState.RUNNING, lease_until=moment + LEASE, attempts=Job.attempts + 1,
            started_at=sa.func.coalesce(Job.started_at, moment),
        )
        .returning(Job.id, Job.attempts)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    db.session.commit()
    return Claim(*row) if row else None


def give_up_lost() -> None:
    """Ends what was begun three times and never finished."""
    lost = sa.select(Job).where(
        Job.state == JobState.RUNNING, Job.lease_until < clock.now(), Job.attempts >= MOST_ATTEMPTS
    )
    for job in db.session.scalars(lost, execution_options={"populate_existing": True}).all():
        with force_locale(job.language.replace("-", "_")):
            said = _("The work was begun several times and never came to its end. Nothing of it was kept.")
        _mark(Claim(job.id, job.attempts), state=JobState.FAILED, message=said, **_ended())
    db.session.commit()


def _do(ours: Claim) -> JobState:
    db.session.expire_all()
    job = db.session.get_one(Job, ours.id)
    # The work runs in a transaction of its own, and what it says on the job is written at its end, by hand.
    db.session.expunge(job)
    db.session.commit()
    with force_locale(job.language.replace("-", "_")):
        try:
            return _work(job, ours)
        except Stopped:
            db.session.rollback()
            return JobState.CANCELLED
        except Refused as refusal:
            return _fail(ours, str(refusal))
        except sa.exc.OperationalError:
            log.exception("job %s (%s) was disturbed by the database", ours.id, job.kind)
            return _again(ours)
        except Exception:
            log.exception("job %s (%s) failed", ours.id, job.kind)
            return _fail(ours, _("Something went wrong on our side. Nothing was kept; try again."))
        except BaseException:  # The worker is being stopped; another begins at once.
            _again(ours)
            raise


def _work(job: Job, ours: Claim) -> JobState:
    kind = kind_of(job)
    if not kind.writes:
        reading_only()
    # Work in steps begins anew where it was committed last, so each step says itself how far that is.
    steps = kind.work(job, Told(ours, job, beside=not isgeneratorfunction(kind.work)))
    for _step in steps or ():
        if not _mark(ours, done=job.done, total=job.total, lease_until=clock.now() + LEASE):
            raise Stopped
        db.session.commit()
    said = {name: getattr(job, name) for name in ("message", "result", "file_key", "file_name")}
    if not kind.writes:
        db.session.rollback()
    if not _mark(ours, state=JobState.DONE, **said, **_ended()):
        storage.forget(job.file_key)
        raise Stopped
    db.session.commit()
    return JobState.DONE


class Told:
    """Notes how far a job has got, and writes it at most once a second `beside` its transaction; renews the lease."""

    def __init__(self, ours: Claim, job: Job, *, beside: bool) -> None:
        self.ours = ours
        self.job = job
        self.beside = beside
        self.next = 0.0

    def __call__(self, done: int, total: int) -> None:
        self.job.done, self.job.total = done, total
        if not self.beside or time.monotonic() < self.next:
            return
        self.next = time.monotonic() + 1
        with db.engine.execution_options(single=True).connect() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            if is_sqlite:
                # The one writer may be the job itself: then nothing is said, and nobody waits for it.
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                held = connection.execute(
                    sa.update(Job).where(_is(self.ours)).values(
                        done=done, total=total, lease_until=clock.now() + LEASE
                    )
                ).rowcount  # fmt: skip
                connection.commit()
            except sa.exc.OperationalError:
                if not is_sqlite:
                    raise
                held = 1
            finally:
                if is_sqlite:
                    connection.exec_driver_sql("PRAGMA busy_timeout=10000")
        if not held:
            raise Stopped


def _fail(ours: Claim, message: str) -> JobState:
    db.session.rollback()
    _mark(ours, state=JobState.FAILED, message=message[:2000], **_ended())
    db.session.commit()
    return JobState.FAILED


def _again(ours: Claim) -> JobState:
    """Back into the queue at once; the third time it is given up."""
    db.session.rollback()
    _mark(ours, state=JobState.RUNNING, lease_until=clock.LONG_AGO)
    db.session.commit()
    give_up_lost()
    return JobState.QUEUED


def _ended() -> dict[str, object]:
    return {"lease_until": None, "finished_at": clock.now()}


def _is(ours: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(Job.id == ours.id, Job.attempts == ours.attempt, Job.state == JobState.RUNNING)


def _mark(ours: Claim, **values: object) -> bool:
    result = db.session.execute(
        sa.update(Job).where(_is(ours)).values(values).execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]
