"""How often an event's page and its form were opened, counted without knowing anybody.

A page that is shown again is answered at the door (`lib.door`) from memory, so counting must cost next to nothing.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.tally import Tally
from app.registration.models import Step, Visit

PATIENCE = 100
"""Milliseconds that a writing waits for SQLite's lock, since in a gevent worker everybody waits with it."""
ROBOTS = ("bot", "crawl", "spider", "slurp", "preview", "monitor", "curl/", "wget/", "python-")

Key = tuple[int, date, Step]


def count(event_id: int, step: Step, environ: Mapping[str, Any]) -> None:
    """Counts a page that was shown to whoever sent this request, if that looks like a person."""
    if environ["REQUEST_METHOD"] != "GET" or "prefetch" in environ.get("HTTP_SEC_PURPOSE", ""):
        return
    program = environ.get("HTTP_USER_AGENT", "").lower()
    if program and not any(robot in program for robot in ROBOTS):
        tally.add((event_id, clock.now().date(), step))


def _write(numbers: Counter[Key]) -> bool:
    """In one statement, past the session, in no transaction of anybody's; False while the database is busy."""
    try:
        with db.engine.connect().execution_options(single=True) as connection:
            if connection.dialect.name != "sqlite":
                _add(connection, numbers)
                return True
            before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
            try:
                _add(connection, numbers)
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={before}")
    except (OperationalError, IntegrityError):
        # Locked, away, or an event was deleted in between.
        return False
    return True


def _add(connection: sa.Connection, numbers: Counter[Key]) -> None:
    events = {event_id for event_id, _day, _step in numbers}
    there = set(connection.scalars(sa.select(Event.id).where(Event.id.in_(events))))
    rows = [
        {"event_id": event_id, "day": day, "step": step, "number": number}
        for (event_id, day, step), number in numbers.items()
        if event_id in there
    ]
    if rows:
        insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(Visit).values(rows)
        connection.execute(insert.on_conflict_do_update(
            index_elements=[Visit.event_id, Visit.day, Visit.step],
            set_={"number": Visit.number + insert.excluded.number},
        ))  # fmt: skip
        connection.commit()


tally = Tally("visits", _write)
