"""VTIMEZONE components (RFC 5545 §3.6.5) with only the rules of the years that a feed's entries fall in.

Outlook moves an entry by an hour where the component is missing or carries decades of old rules. Each change of the
clock is an observance of its own: rules are guesses about the past (Ramadan in Morocco), and lists of dates (RDATE)
are what clients read worst. icalendar's `Timezone.from_tzid` leaves out changes that last for less than some weeks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from app.calendar.lines import line, local, utc

UNIVERSAL = ("UTC", "Etc/UTC")
"""Zones that need no component: their times are written with a Z."""

_NEVER = timedelta(0)


def moment(name: str, at: datetime, zone: str) -> bytes:
    """`at` in the time of the zone; in UTC where the clock is put back, since there a local time is two moments."""
    comes_twice = at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset()
    return line(name, utc(at)) if zone in UNIVERSAL or comes_twice else line(name, local(at), [("TZID", zone)])


@lru_cache(256)
def timezone(zone: str, first_year: int, last_year: int) -> bytes:
    """The component of an IANA zone for these years, both included."""
    tzinfo = ZoneInfo(zone)
    component = Timezone()
    component.add("tzid", zone)
    start = datetime(first_year, 1, 1, tzinfo=tzinfo)
    component.add_component(_observance(start, start, bool(start.dst())))
    for before, after in _changes(tzinfo, start, datetime(last_year + 1, 1, 1, tzinfo=tzinfo)):
        component.add_component(_observance(before, after, after.utcoffset() > before.utcoffset()))  # type: ignore[operator]
    written: bytes = component.to_ical()
    return written


def _observance(before: datetime, after: datetime, is_daylight: bool) -> TimezoneStandard | TimezoneDaylight:
    """What is in force from `after` on, which comes at the moment that would have been `before` + 1 second."""
    observance = TimezoneDaylight() if is_daylight else TimezoneStandard()
    onset = after.astimezone(UTC) + (before.utcoffset() or _NEVER)
    observance.add("dtstart", onset.replace(tzinfo=None))
    observance.add("tzoffsetfrom", before.utcoffset())
    observance.add("tzoffsetto", after.utcoffset())
    observance.add("tzname", after.tzname())
    return observance


def _changes(tzinfo: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first after each change of the clock, in local time."""
    day, last = start.astimezone(UTC), end.astimezone(UTC)
    while day < last:
        following = day + timedelta(days=1)
        if day.astimezone(tzinfo).utcoffset() != following.astimezone(tzinfo).utcoffset():
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                same = middle.astimezone(tzinfo).utcoffset() == low.astimezone(tzinfo).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield low.astimezone(tzinfo), high.astimezone(tzinfo)
        day = following


class Years:
    """Which years of which zones a feed's entries fall in."""

    def __init__(self) -> None:
        self._years: dict[str, tuple[int, int]] = {}

    def add(self, zone: str, starts_at: datetime, ends_at: datetime) -> None:
        """`starts_at` and `ends_at` in the time of the zone."""
        first, last = self._years.get(zone, (starts_at.year, ends_at.year))
        self._years[zone] = min(first, starts_at.year), max(last, ends_at.year)

    def components(self) -> list[bytes]:
        return [timezone(zone, *years) for zone, years in sorted(self._years.items()) if zone not in UNIVERSAL]
