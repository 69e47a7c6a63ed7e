"""A schedule as the frab, c3voc and pretalx family knows it, apart from any file and any row.

The readers fill these from bytes, the writers make bytes from them; only `importing` and `exporting` know our rows.
Times are kept as the file writes them, since what they mean can need a zone that the file does not name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Texts = dict[str, dict[str, str]]
"""Translations of a thing's texts: {field: {language: text}}, the original first."""


class Unreadable(ValueError):  # noqa: N818 - what it says of the file
    """A schedule that cannot be taken: one line that says where and why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)


@dataclass(slots=True)
class Link:
    url: str
    title: str = ""
    type: str = ""


@dataclass(slots=True)
class Person:
    name: str
    guid: str = ""
    id: int | None = None
    code: str = ""
    biography: str = ""
    role: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(slots=True)
class Track:
    name: str
    slug: str = ""
    colour: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Room:
    name: str
    guid: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Day:
    date: str
    start: str = ""
    end: str = ""
    place: str = field(default="", compare=False)


@dataclass(slots=True)
class Session:
    """One `event` of the file. `day` is the date of the day and `room` the name of the room that it stands in."""

    title: str
    guid: str = ""
    id: int | None = None
    code: str = ""
    slug: str = ""
    subtitle: str = ""
    abstract: str = ""
    description: str = ""
    type: str = ""
    language: str = ""
    room: str = ""
    track: str = ""
    day: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    duration: str = ""
    logo: str = ""
    url: str = ""
    feedback_url: str = ""
    origin_url: str = ""
    recording_licence: str = ""
    recording_url: str = ""
    do_not_record: bool = False
    persons: list[Person] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    attachments: list[Link] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    followable: list[tuple[str, str]] = field(default_factory=list)
    """Language tracks, as (language, kind)."""
    place: str = field(default="", compare=False)


@dataclass(slots=True)
class Conference:
    title: str
    acronym: str = ""
    start: str = ""
    end: str = ""
    days_count: int | None = None
    zone: str = ""
    timeslot: str = ""
    base_url: str = ""
    url: str = ""
    day_change: str = ""
    languages: list[str] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(slots=True)
class Report:
    """What an import repaired or could not keep: places by the sentence that tells what happened there."""

    notes: dict[str, list[str]] = field(default_factory=dict)

    def note(self, sentence: str, place: str, value: object = "") -> None:
        self.notes.setdefault(sentence, []).append(f"{place}: {value}" if value != "" else place)


@dataclass(slots=True)
class Schedule:
    conference: Conference
    sessions: list[Session] = field(default_factory=list)
    version: str = ""
    report: Report = field(default_factory=Report)


def clean(text: str) -> str:
    """Without what neither XML nor a database keeps: control characters, halves of surrogates; one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if (c >= " " and not _is_unwritable(ord(c))) or c in "\n\t").strip()


def _is_unwritable(code: int) -> bool:
    return 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE


def web_address(url: object) -> str:
    """The address if a browser can follow it, else nothing."""
    said = str(url or "").strip()
    return said if said.lower().startswith(("http://", "https://")) and not any(c.isspace() for c in said) else ""


def bare(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
