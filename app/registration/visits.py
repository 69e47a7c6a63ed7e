"""How often an event's page and its form were opened, counted without knowing anybody.

A page that is shown again is answered at the door (`lib.door`) from memory, so counting must cost next to nothing:
each process counts in its memory and writes all of it every few seconds, by a thread of its own, in one statement of
its own. No reader waits for it, and while the database is busy the figures wait too. A process that is killed takes
some seconds of them with it.
"""

import atexit
from collections import Counter
from collections.abc import Mapping
from datetime import date
from threading import Lock, Timer
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.registration.models import Step, Visit

EVERY = 5.0
"""Seconds between two writings."""
PATIENCE = 100
"""Milliseconds that a writing waits for SQLite's lock, since in a gevent worker everybody waits with it."""
ROBOTS = ("bot", "crawl", "spider", "slurp", "preview", "monitor", "curl/", "wget/", "python-")

Key = tuple[int, date, Step]


class Tally:
    """What one process has counted and not yet written."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = Lock()
        self._numbers: Counter[Key] = Counter()
        self._timer: Timer | None = None
        atexit.register(self.write)

    def add(self, event_id: int, step: Step) -> None:
        with self._lock:
            self._numbers[event_id, clock.now().date(), step] += 1
            # A test writes by itself.
            if self._timer is None and not self._app.testing:
                self._timer = Timer(EVERY, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Adds what was counted to the database; what cannot be written now waits for the next time."""
        with self._lock:
            numbers, self._numbers, self._timer = self._numbers, Counter(), None
        if not numbers:
            return
        try:
            with self._app.app_context():
                _write(numbers)
        except SQLAlchemyError:
            with self._lock:
                self._numbers.update(numbers)


def count(event_id: int, step: Step, environ: Mapping[str, Any]) -> None:
    """Counts a page that was shown to whoever sent this request, if that looks like a person."""
    if environ["REQUEST_METHOD"] != "GET" or "prefetch" in environ.get("HTTP_SEC_PURPOSE", ""):
        return
    program = environ.get("HTTP_USER_AGENT", "").lower()
    if program and not any(robot in program for robot in ROBOTS):
        _tally().add(event_id, step)


def write() -> None:
    """Writes what this process has counted so far, without waiting for the time to come."""
    _tally().write()


def _tally() -> Tally:
    tally = current_app.extensions.get("visits")
    if tally is None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        tally = current_app.extensions.setdefault("visits", Tally(app))
    return tally  # type: ignore[no-any-return]


def _write(numbers: Counter[Key]) -> None:
    """One statement, so all or nothing, past the session and with no transaction that waits for a second one."""
    with db.engine.connect().execution_options(single=True) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar() if is_sqlite else None
        if is_sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            ids = {event_id for event_id, _day, _step in numbers}
            there = set(connection.scalars(sa.select(Event.id).where(Event.id.in_(ids))))
            rows = [
                {"event_id": event_id, "day": day, "step": step, "number": number}
                for (event_id, day, step), number in numbers.items()
                if event_id in there
            ]
            if rows:
                insert = (sqlite.insert if is_sqlite else postgresql.insert)(Visit).values(rows)
                connection.execute(insert.on_conflict_do_update(
                    index_elements=[Visit.event_id, Visit.day, Visit.step],
                    set_={"number": Visit.number + insert.excluded.number},
                ))  # fmt: skip
                connection.commit()
        finally:
            if is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={before}")
