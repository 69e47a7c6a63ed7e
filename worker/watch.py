"""Ends a worker that stands still, so that whoever supervises it starts it anew.

Celery's consumer can wait for ever while its process lives: on a broker that went and came back (celery/celery#8030,
#8091), or on the pipe of a child that was killed while it wrote (celery/celery#4185). Beat asks for something every
second, so work that waits while none is received is the sign. What a worker was in the middle of when it was ended is
taken up again when the lease on it ends.
"""

import logging
import os
import threading
import time

from celery import Celery
from celery.signals import task_received
from kombu.exceptions import OperationalError

STANDSTILL = 120.0
"""Seconds without a task received while some wait."""

log = logging.getLogger(__name__)


class Watch(threading.Thread):
    """Watches the worker in whose main process it is started."""

    def __init__(self, celery: Celery, standstill: float) -> None:
        super().__init__(name="watch", daemon=True)
        self._celery = celery
        self._standstill = standstill
        self._heard()
        task_received.connect(self._heard)

    def run(self) -> None:
        while time.monotonic() - self._heard_at < self._standstill:
            time.sleep(self._standstill / 10)
            if not self._anything_waits():
                self._heard()
        log.critical("Tasks wait and this worker has received none for %d seconds: it ends.", self._standstill)
        # Nothing that stands still can be asked to stop, and its threads would be waited for.
        os._exit(os.EX_TEMPFAIL)

    def _heard(self, **_: object) -> None:
        self._heard_at = time.monotonic()

    def _anything_waits(self) -> bool:
        """False also while the broker is away: then nobody could receive anything."""
        with self._celery.connection_for_read() as connection:
            try:
                declare = connection.default_channel.queue_declare  # type: ignore[attr-defined]
                return any(declare(queue, passive=True).message_count for queue in self._celery.amqp.queues)
            except (OperationalError, *connection.recoverable_connection_errors):  # type: ignore[misc]
                return False
