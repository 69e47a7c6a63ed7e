"""Celery over the application. `celery -A worker.celery_app worker` and `… beat`."""

from celery import Celery

from app import create_app
from worker.schedule import BEAT_SCHEDULE

flask_app = create_app()
celery = Celery("polyforum", broker=flask_app.config["REDIS_URL"] or "memory://")
celery.conf.update(
    imports=["worker.tasks"],
    beat_schedule=BEAT_SCHEDULE,
    beat_schedule_filename=str(flask_app.config["HOME"] / "beat-schedule"),
    timezone="UTC",
    task_ignore_result=True,
    # A sweep that waited while the worker was away is worth nothing: the next one finds all there is.
    task_acks_late=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_hijack_root_logger=False,
)
