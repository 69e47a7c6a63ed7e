"""What an editor asks for in one call, read from its JSON and checked; nothing of it is saved when a value is bad."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MOST_CHANGES = 500
MOST_BYTES = 4 * 1024 * 1024
"""Of a call: that many changes of the longest texts, as they were and as they are to be."""
MOST_TEXT = 2048
MOST_LINE = 500
LATEST_MS = 100 * 3600 * 1000
FARTHEST = 1e12
LONGEST_KEY = 64
LONG_KEY = 16
"""A name at least this long cannot have been given twice by chance: a repeated call makes no second cue."""

COLUMNS = {
    "start": "start_ms", "end": "end_ms", "text": "text", "settings": "settings", "identifier": "identifier",
    "position": "position", "gone": "is_gone", "block": "is_block", "source": "source_cue_id",
}  # fmt: skip
"""What a cue has, by its name in JSON and its column."""
FIELDS = {column: name for name, column in COLUMNS.items()}

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_NEVER_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class Fault(NamedTuple):
    key: str
    """Of the change; empty: of the call as a whole."""
    message: LazyString


class FaultyError(Exception):
    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Change:
    key: str
    cue_id: int | None
    """None: a new cue."""
    version: int
    """Of the cue as the editor saw it."""
    was: dict[str, Any]
    """The columns as the editor saw them."""
    fields: dict[str, Any]
    """The columns as they are to be."""
    together: str
    """Changes with one name here are made all or none: the halves of a split, the two sides of a merge."""


@dataclass(frozen=True, slots=True)
class Call:
    at: int | None
    """The cue at which the editor stands."""
    changes: list[Change]


def read(data: bytes) -> Call:
    """Raises FaultyError."""
    try:
        said = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise FaultyError(Fault("", _l("This is no JSON."))) from None
    if not isinstance(said, dict) or not isinstance(said.get("changes", []), list):
        raise FaultyError(Fault("", _l("A call is an object with a list of changes.")))
    if not _is_number(said.get("at")) and said.get("at") is not None:
        raise FaultyError(Fault("", _l("“at” is the number of a cue, or null.")))
    wanted = said.get("changes", [])
    if len(wanted) > MOST_CHANGES:
        message = _l("At most %(number)s changes in one call.", number=MOST_CHANGES)
        raise FaultyError(Fault("", message))
    changes: list[Change] = []
    faults: list[Fault] = []
    for each in wanted:
        try:
            changes.append(_change(each))
        except FaultyError as fault:
            faults += fault.faults
    faults += _doubles(changes)
    if faults:
        raise FaultyError(*faults)
    return Call(said.get("at"), changes)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON.


def _doubles(changes: list[Change]) -> list[Fault]:
    message = _l("One call changes a cue once.")
    seen: set[int | str] = set()
    faults = []
    for change in changes:
        mark = change.cue_id or change.key
        if mark in seen and mark:
            faults.append(Fault(change.key, message))
        seen.add(mark)
    return faults


def _change(said: Any) -> Change:
    if not isinstance(said, dict):
        raise FaultyError(Fault("", _l("A change is an object.")))
    key = said.get("key", "")
    if not isinstance(key, str | int) or not len(str(key)) <= LONGEST_KEY or _NEVER_TEXT.search(str(key)):
        raise FaultyError(Fault("", _l("“key” is a short name.")))
    key = str(key)
    cue_id, version, was = said.get("id"), said.get("version", 0), said.get("was") or {}
    together = said.get("together") or ""
    if cue_id is not None and not _is_number(cue_id):
        raise FaultyError(Fault(key, _l("“id” is the number of a cue, or null.")))
    if not _is_number(version) or not isinstance(was, dict) or not isinstance(together, str):
        raise FaultyError(Fault(key, _l("A change names the version and the fields that it is based on.")))
    fields, faults = {}, []
    for name, column in COLUMNS.items():
        # A cue stays a cue, and a block a block.
        if name in said and (name != "block" or cue_id is None):
            try:
                fields[column] = _VALUES[name](said[name])
            except ValueError as fault:
                faults.append(Fault(key, fault.args[0]))
    if cue_id is None and "position" not in fields and not faults:
        faults.append(Fault(key, _l("A new cue needs its position.")))
    if faults:
        raise FaultyError(*faults)
    return Change(key, cue_id, version, {COLUMNS[n]: was[n] for n in COLUMNS if n in was}, fields, together)


def _is_number(value: Any) -> bool:
    """Of a row, or a version."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _time(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST_MS:
        raise ValueError(_l("A time is between 0 and 100 hours, in whole milliseconds."))
    return value


def _position(value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(value) <= FARTHEST or not math.isfinite(value):
        raise ValueError(_l("A position is a number."))
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_l("Text is a string."))
    if len(value.encode("utf-8", "replace")) > MOST_TEXT:
        raise ValueError(_l("A cue has at most 2 KB of text."))
    # A blank line or an arrow would end the cue in the file.
    lines = _NEVER_TEXT.sub("", _LINE_ENDS.sub("\n", value)).split("\n")
    return "\n".join(line for line in lines if line.strip()).replace("-->", "--&gt;")


def _line(value: Any) -> str:
    text = " ".join(_text(value).split())
    if len(text) > MOST_LINE or "--&gt;" in text:
        raise ValueError(_l("An identifier and settings have one line, without an arrow."))
    return text


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_l("Gone, or a block, is true or false."))
    return value


def _source(value: Any) -> int | None:
    if value is not None and not _is_number(value):
        raise ValueError(_l("“source” is the number of a cue, or null."))
    return value  # type: ignore[no-any-return]


_VALUES = {
    "start": _time, "end": _time, "text": _text, "settings": _line, "identifier": _line, "position": _position,
    "gone": _flag, "block": _flag, "source": _source,
}  # fmt: skip
