"""Content lines of iCalendar: escaping (RFC 5545 §3.3.11), parameters (RFC 6868) and folding (§3.1).

Entries are written here and not by icalendar, whose writer needs most of a second for a feed of a thousand; what
is written here is read back with icalendar and other clients in the tests.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

FOLD_AT = 75
"""Octets of a line, without its end."""

_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
# Line and paragraph separator end a line for some readers (Python's `splitlines`), so they become a break of ours.
_IN_TEXT = _CONTROLS | str.maketrans({
    "\t": " ", "\n": "\\n", "\u2028": "\\n", "\u2029": "\\n", "\\": "\\\\", ";": "\\;", ",": "\\,",
})  # fmt: skip
_IN_PARAMETER = _CONTROLS | str.maketrans({
    "\t": " ", "\n": "^n", "\u2028": "^n", "\u2029": "^n", "^": "^^", '"': "^'",
})  # fmt: skip
_IN_VALUE = _CONTROLS | {0x2028: None, 0x2029: None}

Parameters = Iterable[tuple[str, str | tuple[str, ...]]]


def line(name: str, value: str, parameters: Parameters = ()) -> bytes:
    """A property whose value is no text: an address, a date, a number."""
    return _written(name, value.translate(_IN_VALUE), parameters)


def text_line(name: str, value: str, language: str = "", parameters: Parameters = ()) -> bytes:
    """A property that people read; `language` is the BCP 47 tag of its text."""
    escaped = value.replace("\r\n", "\n").translate(_IN_TEXT)
    return _written(name, escaped, [*parameters, ("LANGUAGE", language)] if language else parameters)


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _written(name: str, value: str, parameters: Parameters) -> bytes:
    attached = "".join(
        f";{key}={_quoted(given) if isinstance(given, str) else ','.join(map(_quoted, given))}"
        for key, given in parameters
    )
    return _folded(f"{name}{attached}:{value}")


def _quoted(value: str) -> str:
    encoded = value.replace("\r\n", "\n").translate(_IN_PARAMETER)
    return f'"{encoded}"' if any(mark in encoded for mark in ":;,") else encoded


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
