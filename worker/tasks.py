"""Thin tasks: each is one sweep over rows that are due, and any number of them may run at once."""

from collections.abc import Callable
from functools import wraps
from threading import Semaphore

from celery.signals import worker_ready

from app.extensions import db
from app.jobs import service as jobs
from app.jobs import sweep as work
from app.languages.captions import relays, translation
from app.languages.workbench import beginning
from app.mail import copies, inbox, outbox, pace
from app.registration import bookings, erasure, uploads, waitlist
from app.reminders import messages
from app.reminders import sweep as reminders
from app.schedule import zones
from worker import watch
from worker.celery_app import celery, flask_app
from worker.schedule import AT_ONCE


def task(sweep: Callable[[], None]) -> Callable[[], None]:
    """A Celery task of the same name, inside the application's context. Leaving that returns the connection.
    When enough of them are under way it does nothing: what is due is found by those, or by the next."""
    free = Semaphore(AT_ONCE)

    @wraps(sweep)
    def run() -> None:
        if free.acquire(blocking=False):
            try:
                with flask_app.app_context():
                    sweep()
            finally:
                free.release()

    celery.task(name=sweep.__name__)(run)
    return run


@task
def sweep_mail() -> None:
    outbox.sweep()


@task
def sweep_reminders() -> None:
    """News, and the letters of each event, are transactions of their own."""
    reminders.sweep()


@task
def write_messages() -> None:
    messages.sweep()


@task
def serve_waiting_lists() -> None:
    """Passes on what was not taken in time. Each list is a transaction of its own."""
    for event in waitlist.due():
        waitlist.serve(event)
        db.session.commit()
    for session in bookings.due():
        bookings.serve(session)
        db.session.commit()


@task
def sweep_jobs() -> None:
    work.sweep()


@task
def relay_captions() -> None:
    relays.sweep()


@task
def translate_captions() -> None:
    translation.sweep()


@task
def read_inbox() -> None:
    """Each message is a transaction of its own."""
    inbox.sweep()


@task
def begin_drafts() -> None:
    """The captions of sessions that are over become drafts of subtitles, each in a transaction of its own."""
    for stream in beginning.due():
        beginning.begin_due(stream)
        db.session.commit()


@task
def forget_old_jobs() -> None:
    jobs.forget_old()
    db.session.commit()


@task
def forget_old_post() -> None:
    inbox.forget_old()
    copies.forget_old()
    pace.forget_old()
    db.session.commit()


@task
def forget_unused_files() -> None:
    uploads.forget_unused()


@task
def delete_kept_data() -> None:
    """What organisers wanted to be deleted by now; each batch is a transaction of its own."""
    erasure.sweep()


@task
def follow_zones() -> None:
    zones.follow()
    db.session.commit()


@worker_ready.connect
def _begin(**_: object) -> None:
    watch.Watch(celery, watch.STANDSTILL).start()
    # The tz database is read once in a process, so a start is when it may be another.
    celery.send_task(follow_zones.__name__)
