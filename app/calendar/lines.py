"""Content lines of iCalendar: escaping (RFC 5545 §3.3.11), parameters (RFC 6868) and folding (§3.1).

Entries are written here and not by icalendar, whose writer needs most of a second for a feed of a thousand; what
is written here is read back with icalendar and other clients in the tests.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

FOLD_AT = 75
"""Octets of a line, without its end."""

# Control characters have no place in a calendar; line and paragraph separator end a line for some readers.
_RARE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_REPLACED = {"\t": " ", "\u2028": "\n", "\u2029": "\n"}
_NEEDS_QUOTES = re.compile("[:;,]")

Parameters = Iterable[tuple[str, str | tuple[str, ...]]]


def line(name: str, value: str, parameters: Parameters = ()) -> bytes:
    """A property whose value is no text: an address, a date, a number."""
    return _written(name, _cleaned(value).replace("\n", ""), parameters)


def text_line(name: str, value: str, language: str = "", parameters: Parameters = ()) -> bytes:
    """A property that people read; `language` is the BCP 47 tag of its text."""
    text = _cleaned(value).replace("\\", "\\\\").replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,")
    return _written(name, text, [*parameters, ("LANGUAGE", language)] if language else parameters)


def utc(moment: datetime) -> str:
    return f"{local(moment.astimezone(UTC))}Z"


def local(at: datetime) -> str:
    """Date and time in the zone that the moment carries; quicker than `strftime`."""
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}"


def _written(name: str, value: str, parameters: Parameters) -> bytes:
    attached = "".join(
        f";{key}={_quoted(given) if isinstance(given, str) else ','.join(map(_quoted, given))}"
        for key, given in parameters
    )
    return _folded(f"{name}{attached}:{value}")


def _cleaned(value: str) -> str:
    return _RARE.sub(lambda found: _REPLACED.get(found[0], ""), value) if _RARE.search(value) else value


def _quoted(value: str) -> str:
    encoded = _cleaned(value).replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{encoded}"' if _NEEDS_QUOTES.search(encoded) else encoded


def _folded(content: str) -> bytes:
    """The line in UTF-8, broken where it is too long, but never within a character."""
    raw = content.encode("utf-8", "replace")
    if len(raw) <= FOLD_AT:
        return raw + b"\r\n"
    parts = []
    start, room = 0, FOLD_AT
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(raw[start:end])
        start, room = end, FOLD_AT - 1
    parts.append(raw[start:])
    return b"\r\n ".join(parts) + b"\r\n"
