"""VEVENT and VCALENDAR (RFC 5545, RFC 7986) as bytes."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.calendar.entries import Entry, Slot, entries
from app.calendar.former import Gone
from app.calendar.former import entry as former_entry
from app.calendar.lines import line, text_line, utc
from app.calendar.wording import HOLDER, Wording
from app.calendar.zones import Years, moment
from app.events.models import Event, Standing
from app.lib.memory import Memory
from app.lib.text import Picked

PRODUCT = "-//Polyforum//Polyforum//EN"
REFRESH = "PT1H"
"""How often to ask again; the answer is mostly a 304."""
STATUS = {
    Standing.CONFIRMED: "CONFIRMED", Standing.POSTPONED: "TENTATIVE", Standing.CANCELLED: "CANCELLED",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar says of itself. A published one has neither METHOD nor ORGANIZER: nobody is invited by it."""

    name: Picked
    description: Picked
    page: str
    source: str
    """Where the feed itself stands, filters and all."""
    language: str = ""
    """Empty: each entry in the main language of its event."""
    zone: str = ""
    """Whose time the calendar as a whole is in; empty where it has several."""
    alarm: int | None = None
    """Minutes before each entry; only for those who asked."""
    with_access: bool = False
    """Whether entries say how to join."""


_HOLDER = re.compile(b"(?:\\r\\n )?".join(bytes([letter]) for letter in HOLDER.encode()))
_written: Memory[tuple[object, ...], bytes] = Memory("calendar entries", 32 * 1024 * 1024, len)
"""An entry is written once for each SEQUENCE, since that moves with whatever the entry shows."""


def personal(calendar: bytes, token: str) -> bytes:
    """Puts a person's own token where the entries, which are written once for everyone, leave its place open.

    It is as long as what held its place, so the lines stay folded where they are.
    """

    def put(found: re.Match[bytes]) -> bytes:
        fold = found[0].find(b"\r\n ")
        own = token.encode()
        return own if fold < 0 else own[:fold] + b"\r\n " + own[fold:]

    return _HOLDER.sub(put, calendar)


def head_of(about: Feed) -> list[bytes]:
    head = [
        text_line("NAME", about.name.text, about.name.language),
        text_line("X-WR-CALNAME", about.name.text),
        line("SOURCE", about.source, [("VALUE", "URI")]),
        line("URL", about.page),
        line("REFRESH-INTERVAL", REFRESH, [("VALUE", "DURATION")]),
        line("X-PUBLISHED-TTL", REFRESH),
    ]
    if about.description.text:
        head.append(text_line("DESCRIPTION", about.description.text, about.description.language))
        head.append(text_line("X-WR-CALDESC", about.description.text))
    if about.zone:
        head.append(text_line("X-WR-TIMEZONE", about.zone))
    return head


def feed(about: Feed, slots: Sequence[Slot], gone: Sequence[Gone] = (), barred: Container[int] = ()) -> bytes:
    """`gone`: what left the programme; `barred`: sessions by number that its reader may not join."""

    def key(slot: Slot, sequence: int, changed_at: datetime) -> tuple[object, ...]:
        language = about.language or slot.event.language
        return slot.id, sequence, changed_at, slot.standing, language, about.alarm, joins(slot)

    def joins(slot: Slot) -> bool:
        return about.with_access and slot.id not in barred

    def wording_of(event: Event) -> Wording:
        language = about.language or event.language
        return wordings.get(language) or wordings.setdefault(language, Wording(language))

    kept = {slot.id: _written.get(key(slot, slot.sequence, slot.changed_at)) for slot in slots}
    wordings: dict[str, Wording] = {}
    for entry in entries(slot for slot in slots if kept[slot.id] is None):
        row = entry.session
        published = _published(entry, wording_of(entry.event), about.alarm, joins(entry.slot))
        written = kept[row.id] = b"".join(published)
        _written.keep(key(entry.slot, row.sequence, row.changed_at), written)
    former = (each for row in gone for each in former_entry(row, wording_of(row.event)))
    return calendar(head_of(about), [*slots, *gone], [*(written for written in kept.values() if written), *former])


def _published(entry: Entry, wording: Wording, alarm_at: int | None, with_access: bool) -> Iterator[bytes]:
    yield line("BEGIN", "VEVENT")
    yield line("DTSTAMP", utc(entry.session.changed_at))
    yield from properties(entry, wording, with_access=with_access)
    if alarm_at is not None and entry.standing is Standing.CONFIRMED:
        yield from alarm(wording.title(entry).text, alarm_at)
    yield line("END", "VEVENT")


class Timed(Protocol):
    """What has its place in a calendar, at times in the zone of its event."""

    @property
    def event(self) -> Event: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def calendar(head: Iterable[bytes], slots: Iterable[Timed], components: Iterable[bytes]) -> bytes:
    years = Years()
    for slot in slots:
        years.add(slot.event.zone, slot.starts_at, slot.ends_at)
    return b"".join([
        line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), text_line("PRODID", PRODUCT),
        line("CALSCALE", "GREGORIAN"), *head, *years.components(), *components, line("END", "VCALENDAR"),
    ])  # fmt: skip


def properties(entry: Entry, wording: Wording, *, with_access: bool, status: str = "") -> Iterator[bytes]:
    """`status`: of an entry that is withdrawn, whatever becomes of its session."""
    session = entry.session
    yield text_line("UID", session.guid)
    yield line("SEQUENCE", str(session.sequence))
    yield line("LAST-MODIFIED", utc(session.changed_at))
    yield moment("DTSTART", session.starts_at.astimezone(entry.event.tzinfo), entry.event.zone)
    yield moment("DTEND", session.ends_at.astimezone(entry.event.tzinfo), entry.event.zone)
    yield text_line("SUMMARY", *wording.title(entry))
    said = wording.description(entry, with_access=with_access, is_withdrawn=bool(status))
    yield text_line("DESCRIPTION", said, wording.interface)
    if (location := wording.location(entry)).text:
        yield text_line("LOCATION", *location)
    yield line("URL", wording.page(entry.event, session.slug))
    if session.theme:
        yield text_line("CATEGORIES", *wording.pick(session.theme))
    yield line("STATUS", status or STATUS[entry.standing])
    keeps_busy = entry.standing is Standing.CONFIRMED and not entry.is_break
    yield line("TRANSP", "OPAQUE" if keeps_busy else "TRANSPARENT")
    if with_access:
        yield from _conferences(entry, wording)


def _conferences(entry: Entry, wording: Wording) -> Iterator[bytes]:
    """RFC 7986 §5.11: where to join, by which means, in which language."""
    session = entry.session
    if session.join_url:
        yield line("CONFERENCE", wording.way_in(entry), [
            ("VALUE", "URI"), ("FEATURE", ("AUDIO", "VIDEO")), ("LABEL", wording.join), ("LANGUAGE", wording.interface),
        ])  # fmt: skip
    if re.fullmatch(r"\+?[\d\s().-]{5,}", session.join_phone):
        number = re.sub(r"[^\d+]", "", session.join_phone)
        yield line("CONFERENCE", f"tel:{number}", [
            ("VALUE", "URI"), ("FEATURE", "PHONE"), ("LABEL", wording.by_phone), ("LANGUAGE", wording.interface),
        ])  # fmt: skip
    for track in entry.tracks:
        if track.url:
            yield line("CONFERENCE", wording.way_in(entry, track.language), [
                ("VALUE", "URI"), ("FEATURE", "AUDIO"), ("LABEL", wording.language_name(track.language)),
                ("LANGUAGE", track.language),
            ])  # fmt: skip


def alarm(title: str, minutes: int) -> list[bytes]:
    return [
        line("BEGIN", "VALARM"), line("ACTION", "DISPLAY"), line("TRIGGER", f"-PT{minutes}M"),
        text_line("DESCRIPTION", title), line("END", "VALARM"),
    ]  # fmt: skip
