"""Celery over the application. `celery -A worker.celery_app worker` and `… beat`."""

from celery import Celery

from app import create_app
from worker.schedule import AT_ONCE, BEAT_SCHEDULE


def broker_address(redis_url: str) -> str:
    """REDIS_URL as Celery spells it, which calls a socket `redis+socket:///path` where everyone else says `unix:`."""
    return redis_url.replace("unix://", "redis+socket://", 1) or "memory://"


flask_app = create_app()
celery = Celery("polyforum", broker=broker_address(flask_app.config["REDIS_URL"]))
celery.conf.update(
    imports=["worker.tasks"],
    beat_schedule=BEAT_SCHEDULE,
    beat_schedule_filename=str(flask_app.config["HOME"] / "beat-schedule"),
    # Beat looks again this often, in seconds, so that a broker that comes back is used soon.
    beat_max_loop_interval=5,
    timezone="UTC",
    task_ignore_result=True,
    # A sweep that waited while the worker was away is worth nothing: the next one finds all there is.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    # Sweeps wait for databases and servers. There is a thread for each that may be under way (see `AT_ONCE`),
    # so that none, however slow what it talks to, keeps another waiting.
    worker_pool="threads",
    worker_concurrency=AT_ONCE * len(BEAT_SCHEDULE),
    # One worker that knows nobody else needs no gossip about it.
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # What beat cannot hand over now it hands over at the next turn.
    task_publish_retry=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
)
