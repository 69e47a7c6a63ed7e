"""One day of an event hour by hour: who is busy, twice at once, away, or asleep."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.calendar.busy import Engagement, Person, Span, overlap
from app.events.models import Event
from app.lib import clock

HOUR = timedelta(hours=1)
NIGHT = (22, 7)
"""From and to this hour at home."""
MOST_HOURS = 30


class Mark(enum.StrEnum):
    """What fills an hour; of several the gravest."""

    FREE = "free"
    AWAY = "away"
    ELSEWHERE = "elsewhere"
    DRAFT = "draft"
    BUSY = "busy"
    TWICE = "twice"

    @property
    def label(self) -> str:
        return str({
            Mark.FREE: _l("free"), Mark.AWAY: _l("not available"), Mark.ELSEWHERE: _l("busy elsewhere"),
            Mark.DRAFT: _l("busy in the draft of the rota"), Mark.BUSY: _l("busy"),
            Mark.TWICE: _l("two things at once"),
        }[self])  # fmt: skip

    @property
    def sign(self) -> str:
        return {Mark.AWAY: "–", Mark.ELSEWHERE: "○", Mark.DRAFT: "◇", Mark.BUSY: "■", Mark.TWICE: "‼"}.get(self, "")


@dataclass(frozen=True, slots=True)
class Cell:
    mark: Mark
    is_night: bool


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    cells: Sequence[Cell]
    today: Sequence[Engagement]
    clashes: Sequence[tuple[Engagement, Engagement]]


@dataclass(frozen=True, slots=True)
class Day:
    hours: Sequence[datetime]
    """The moments at which the columns begin."""
    rows: Sequence[Row]


def days(event: Event, people: Sequence[Person]) -> list[date]:
    """Those on which anybody has anything to do in the event."""
    return sorted({event.day_of(each.starts_at) for person in people for each in person.engagements if each.session})


def of(event: Event, people: Sequence[Person], day: date) -> Day:
    hours = _hours(event, people, day)
    window = hours[0], hours[-1] + HOUR
    rows = []
    for person in people:
        clashes = [pair for pair in person.clashes if any(overlap(each.span, window) for each in pair)]
        rows.append(Row(
            person, [_cell(person, clashes, hour) for hour in hours],
            [each for each in person.engagements if overlap(each.span, window)], clashes,
        ))  # fmt: skip
    return Day(hours, rows)


def _hours(event: Event, people: Sequence[Person], day: date) -> list[datetime]:
    """Full hours in the event's zone from the first to the last thing of the day. A change of the clock adds none."""
    spans = [
        each.span for person in people for each in person.engagements
        if each.session and event.day_of(each.starts_at) == day
    ]  # fmt: skip
    first = min(start for start, _end in spans).astimezone(event.tzinfo)
    start = first.astimezone(UTC) - timedelta(minutes=first.minute, seconds=first.second)
    number = -(-(max(end for _start, end in spans) - start) // HOUR)
    return [start + n * HOUR for n in range(min(number, MOST_HOURS))]


def _cell(person: Person, clashes: Sequence[tuple[Engagement, Engagement]], hour: datetime) -> Cell:
    span = hour, hour + HOUR
    marks = [_mark(each) for each in person.engagements if overlap(each.span, span)]
    if any(overlap(_common(*pair), span) for pair in clashes):
        marks.append(Mark.TWICE)
    if person.is_away(span):
        marks.append(Mark.AWAY)
    gravest = max(marks, key=list(Mark).index, default=Mark.FREE)
    at_home = clock.local(hour, person.zone).hour
    return Cell(gravest, at_home >= NIGHT[0] or at_home < NIGHT[1])


def _mark(engagement: Engagement) -> Mark:
    if engagement.session is None:
        return Mark.ELSEWHERE
    return Mark.DRAFT if engagement.is_draft else Mark.BUSY


def _common(one: Engagement, other: Engagement) -> Span:
    return max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
