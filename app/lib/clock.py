"""The time, in UTC and aware. Everything asks here, so that a test can stand at any moment."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

LONG_AGO, FOREVER = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_stopped_at: datetime | None = None


def now() -> datetime:
    """The moment, to the second: nothing that people see is finer, and calendars know no fraction."""
    return (_stopped_at or datetime.now(UTC)).replace(microsecond=0)


def now_exactly() -> datetime:
    """The moment, to the millisecond, for what is heard while it happens."""
    moment = _stopped_at or datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Lets `now()` answer `moment` in this process, for tests and demonstrations."""
    global _stopped_at
    before, _stopped_at = _stopped_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _stopped_at = before


def ago(**units: float) -> datetime:
    return now() - timedelta(**units)


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone of the tz database (and no path, abbreviation or invention)."""
    return name in zones()


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())  # Walks the folders of the tz database.


def local(moment: datetime, name: str) -> datetime:
    return moment.astimezone(zone(name))


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)  # Which itself keeps no more than eight.


def next_of(moments: Iterable[datetime]) -> datetime:
    """The first of the moments that is still to come; the end of time if none is."""
    present = now()
    return min((moment for moment in moments if moment > present), default=FOREVER)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Remembers, since SQLite gives text, and a thousand sessions begin at a hundred moments."""
        process = super().result_processor(dialect, coltype)
        return lru_cache(4096)(process) if process else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
