"""The line of a cue that says from when to when, as WebVTT defines it and as it is found in the wild. Milliseconds."""

import re
from typing import NamedTuple


class Timing(NamedTuple):
    start_ms: int
    end_ms: int
    settings: str


_SPACE = r"[ \t\f]*"
_STAMP = r"(?:([0-9]{1,9}):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})(?![0-9])"
_EXACT = re.compile(f"{_SPACE}{_STAMP}{_SPACE}-->{_SPACE}{_STAMP}(.*)$")

_ROUGH_STAMP = r"(-?)\s?(?:([0-9]{1,9})\s?[:.]\s?)?([0-9]{1,9})\s?:\s?([0-9]{1,9})(?:\s?[.,:]\s?([0-9]{1,9}))?"
_ROUGH = re.compile(rf"\s*{_ROUGH_STAMP}\s*(?:-{{1,3}}|[–—])>\s*{_ROUGH_STAMP}(\s.*)?$")

SUBRIP = re.compile(r"[0-9]{2,}:[0-5][0-9]:[0-5][0-9],[0-9]{3} --> [0-9]{2,}:[0-5][0-9]:[0-5][0-9],[0-9]{3}\s*$")
"""How SubRip writes the line when nothing is wrong with it."""


def exact(line: str) -> Timing | None:
    """Collect WebVTT cue timings and settings (W3C WebVTT, 6.3); None where a player would drop the cue."""
    found = _EXACT.match(line)
    if found is None:
        return None
    if max(map(int, found.group(2, 3, 6, 7))) > 59:
        return None
    start, end, settings = found.groups()[0:4], found.groups()[4:8], found.group(9)
    return Timing(milliseconds(*start), milliseconds(*end), settings.strip(" \t\f"))


def rough(line: str) -> Timing | None:
    """The same with comma or colon before the fraction, one digit, more than 59, no fraction, or another arrow.

    A time before zero is zero.
    """
    found = _ROUGH.match(line)
    if found is None:
        return None
    sign, *start = found.groups()[0:5]
    to_sign, *end = found.groups()[5:10]
    settings = (found.group(11) or "").strip(" \t\f")
    return Timing(0 if sign else milliseconds(*start), 0 if to_sign else milliseconds(*end), settings)


def stamp(milliseconds: int, point: str = ".") -> str:
    """`01:02:03.004`; hours have two digits or as many as they need."""
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])
