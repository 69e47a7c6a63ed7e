"""The worker as it is, whose consumer stands still once it is asked to."""

import threading

from celery.signals import task_received

from worker import watch
from worker.celery_app import celery

__all__ = ["celery"]

watch.STANDSTILL = 3.0


@celery.task(name="stand still")
def _do_nothing() -> None:
    """The consumer never gets so far as to have it done."""


@task_received.connect(weak=False)
def _stand_still(request, **_):  # type: ignore[no-untyped-def]
    if request.name == "stand still":
        threading.Event().wait()
