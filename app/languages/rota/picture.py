"""One day of a rota to look at: booths side by side, time downwards, in each session who speaks when."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.languages.models import Booth, LanguageTrack, Linguist, Turn
from app.languages.rota import conflicts
from app.languages.rota.conflicts import Conflict, Kind
from app.languages.rota.material import Material, Span, gaps_in, span_of
from app.languages.rota.sentences import sentence
from app.lib import grid
from app.lib.grid import Grid, Timed

HUES = 12
"""Colours that tell people apart; names stand everywhere, so that more people may share them."""
STEP = timedelta(minutes=5)
TALLEST = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A turn, or a stretch that nobody takes."""

    span: Span
    turn: Turn | None
    hue: int
    faults: Sequence[str]
    is_new: bool = False

    @property
    def height(self) -> int:
        return max(1, min(TALLEST, (self.span[1] - self.span[0]) // STEP))


@dataclass(frozen=True, slots=True)
class Card:
    track: LanguageTrack
    booth: Booth | None
    classes: str
    cells: Sequence[Cell]
    faults: Sequence[str]


class Slot(NamedTuple):
    starts_at: datetime
    row: int
    cards: Sequence[Card]


class Picture(NamedTuple):
    heads: Sequence[tuple[Booth | None, int]]
    """Each with its first column."""
    slots: Sequence[Slot]
    columns: int


class Load(NamedTuple):
    person: Linguist
    hue: int
    minutes: int
    """In booths."""
    speaking: int
    turns: int


def lay_out(material: Material, day: date) -> Grid:
    """Tracks without a booth stand in a last column."""
    tracks = [track for track in material.tracks if material.day_of(track) == day]
    timed = [Timed(track.id, _number(material.booth_of[track]), *span_of(track)) for track in tracks]
    return grid.lay_out(timed, [*(booth.id for booth in material.booths), 0])


def _number(booth: Booth | None) -> int:
    return booth.id if booth else 0


def of_day(
    material: Material, day: date, found: Sequence[Conflict], new: Collection[Turn] = (), only: Linguist | None = None
) -> Picture:
    """`new`: turns to mark; `only`: the one person whose sessions are shown."""
    places = lay_out(material, day)
    booths = {booth.id: booth for booth in material.booths}
    hues = hues_of(material)
    faults = _faults(material, found)
    slots: dict[datetime, Slot] = {}
    for track in material.tracks:
        if material.day_of(track) != day or (only and not _works_in(only, material.turns_of[track])):
            continue
        cells = [
            Cell(span, turn, hues.get(turn.linguist, 0) if turn else 0, faults[track, turn], turn in new)
            for span, turn in _cells(material, track)
        ]
        place = places.places[track.id]
        slot = slots.setdefault(span_of(track)[0], Slot(span_of(track)[0], place.row, []))
        slot.cards.append(Card(track, material.booth_of[track], place.classes, cells, faults[track, None]))  # type: ignore[attr-defined]
    heads = [(booths.get(number or 0), first) for number, first, _width in places.heads]
    return Picture(heads, list(slots.values()), places.columns)


def _works_in(person: Linguist, turns: Sequence[Turn]) -> bool:
    return any(person in (turn.linguist, turn.partner) for turn in turns)


def _cells(material: Material, track: LanguageTrack) -> list[tuple[Span, Turn | None]]:
    turns = material.turns_of[track]
    taken = [((turn.starts_at, turn.ends_at), turn) for turn in turns]
    gaps = [(gap, None) for gap in gaps_in(span_of(track), [span for span, _turn in taken])]
    return sorted([*taken, *gaps], key=lambda cell: cell[0])


def _faults(material: Material, found: Sequence[Conflict]) -> dict[tuple[LanguageTrack, Turn | None], list[str]]:
    """Sentences by track and turn; that nobody is there shows by itself."""
    faults: dict[tuple[LanguageTrack, Turn | None], list[str]] = defaultdict(list)
    for conflict in found:
        if conflict.kind is not Kind.NOBODY:
            faults[conflict.track, conflict.turn].append(sentence(conflict, material))
    return faults


def hues_of(material: Material) -> dict[Linguist, int]:
    return {person: number % HUES for number, person in enumerate(material.team)}


def loads(material: Material) -> list[Load]:
    """What each of the team has to do in the whole event, in the order of the team."""
    works = [work for turn in material.turns for work in conflicts.work_of(turn)]
    hues = hues_of(material)
    found = []
    for person in material.team:
        own = [work for work in works if work.person is person]
        speaking = [_minutes(work.span) for work in own if work.speaks]
        found.append(Load(person, hues[person], sum(_minutes(work.span) for work in own), sum(speaking), len(speaking)))
    return found


def _minutes(span: Span) -> int:
    return (span[1] - span[0]) // timedelta(minutes=1)
