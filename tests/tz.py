"""A tz database in which a zone has other rules from some day on, as when a parliament has decided."""

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import icalendar

from app.calendar import zones as written
from app.lib import clock
from app.schedule import zones

STANDARD, SUMMER = 0, 1
ENDS_SUMMER_TIME = [(2025, 3, 30, SUMMER), (2025, 10, 26, STANDARD), (2026, 3, 29, SUMMER), (2026, 10, 25, STANDARD)]
"""The clocks of the European Union, at one in the morning UTC, which never go forward again."""
STAYS_IN_SUMMER = [*ENDS_SUMMER_TIME, (2027, 3, 28, SUMMER)]


@contextmanager
def rules(folder: Path, *names: str, hours: int, changes: list[tuple[int, int, int, int]]) -> Iterator[None]:
    """Zones that are `hours` east of UTC in winter and change as told, as if this process began with them now."""
    before = zoneinfo.TZPATH
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_tzif(hours, changes))
    zoneinfo.reset_tzpath([str(folder), *before])
    _forget()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        _forget()


def _forget() -> None:
    zoneinfo.ZoneInfo.clear_cache()
    for remembered in (clock.zone, clock.zones, zones._rules, written.timezone):
        remembered.cache_clear()
    icalendar.use_zoneinfo()  # With nothing remembered.


def _tzif(hours: int, changes: list[tuple[int, int, int, int]]) -> bytes:
    """RFC 8536, version 2, with an empty part of version 1; the last change holds for ever."""
    moments = [int(datetime(year, month, day, 1, tzinfo=UTC).timestamp()) for year, month, day, _kind in changes]
    kinds = bytes(kind for *_day, kind in changes)
    types = struct.pack(">lBB", hours * 3600, False, 0) + struct.pack(">lBB", (hours + 1) * 3600, True, 4)
    letters = b"STD\0DST\0"
    footer = f"{('STD', 'DST')[kinds[-1]]}-{hours + kinds[-1]}".encode()
    empty = _header(0, 1, 1) + struct.pack(">lBB", 0, False, 0) + b"\0"
    header = _header(len(moments), 2, len(letters))
    return (
        empty + header + struct.pack(f">{len(moments)}q", *moments) + kinds + types + letters + b"\n" + footer + b"\n"
    )


def _header(changes: int, types: int, letters: int) -> bytes:
    return b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, changes, types, letters)
