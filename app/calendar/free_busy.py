"""VFREEBUSY (RFC 5545 §3.6.4, published as RFC 5546 §3.3.1 has it): when people are busy, and never with what."""

from collections.abc import Iterable, Iterator, Sequence

from app.calendar.busy import Person, Span
from app.calendar.invitations import mailto
from app.calendar.lines import line, text_line, utc
from app.calendar.writing import calendar
from app.events.models import Event
from app.lib import clock


def published(event: Event, people: Iterable[Person]) -> bytes:
    components = (written for person in people for written in _component(event, person))
    return calendar([line("METHOD", "PUBLISH")], (), components)


def _component(event: Event, person: Person) -> Iterator[bytes]:
    window = event.begins_at, event.over_at
    busy = [each.span for each in person.engagements if not each.is_draft]
    drafts = [each.span for each in person.engagements if each.is_draft]
    yield line("BEGIN", "VFREEBUSY")
    yield text_line("UID", f"{event.guid}-{person.key}")
    yield line("DTSTAMP", utc(clock.now()))
    # Whose time it is. The standard wants an address of everyone, also of who has none.
    yield line("ORGANIZER", mailto(person.email) if person.email else "invalid:nomail", [("CN", person.name)])
    yield line("DTSTART", utc(window[0]))
    yield line("DTEND", utc(window[1]))
    for kind, spans in (("BUSY", busy), ("BUSY-TENTATIVE", drafts), ("BUSY-UNAVAILABLE", _away(person, window))):
        for start, end in _merged(spans, window):
            yield line("FREEBUSY", f"{utc(start)}/{utc(end)}", [("FBTYPE", kind)])
    yield line("END", "VFREEBUSY")


def _merged(spans: Iterable[Span], window: Span) -> list[Span]:
    """By time, within the window, and none touching another."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        start, end = max(start, window[0]), min(end, window[1])
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _away(person: Person, window: Span) -> Sequence[Span]:
    """What the window has beside the hours that they gave."""
    if not person.available:
        return []
    edges = [window[0], *(at for span in _merged(person.available, window) for at in span), window[1]]
    return list(zip(edges[::2], edges[1::2], strict=True))
