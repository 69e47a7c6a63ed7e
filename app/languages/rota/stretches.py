"""What a proposal has to fill, and what it answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.languages.models import Grade, LanguageTrack, Linguist, Turn
from app.languages.rota import booths
from app.languages.rota.material import LONGEST_TURN, Material, Place, Span, gaps_in, overlap, span_of
from app.lib import clock

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Stretch:
    """A part of a track that is to be given to a pair."""

    track: LanguageTrack
    span: Span
    place: Place
    day: date
    before: tuple[Turn, ...]
    """The turns that the present rota has in it."""
    people: tuple[Linguist, ...]
    """Who has the languages and the time, and is no speaker of the event then."""

    @property
    def minutes(self) -> int:
        return minutes(self.span)

    @property
    def cuts(self) -> list[Span]:
        """As few turns as can be, all of the same length but for a minute; none is longer than may be."""
        start, end = self.span
        number = -((start - end) // LONGEST_TURN)
        step = (end - start) / number
        moments = [start - (-step * n // MINUTE) * MINUTE for n in range(number)]
        return list(pairwise([*moments, end]))


@dataclass(frozen=True, slots=True)
class Planned:
    """A turn of a proposal."""

    track: LanguageTrack
    linguist: Linguist
    partner: Linguist
    span: Span


@dataclass(frozen=True, slots=True)
class Answer:
    """To some stretches."""

    turns: Sequence[Planned]
    is_best: bool
    """Proven, not only the best that was found in time."""


@dataclass(frozen=True, slots=True)
class Proposal:
    turns: Sequence[Planned]
    gaps: Sequence[Stretch]
    """What nobody can take."""
    is_best: bool
    """Proven to be the best of all."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What one person does in a turn that stays."""

    person: Linguist
    span: Span
    place: Place
    day: date
    speaks: bool


def minutes(span: Span) -> int:
    return (span[1] - span[0]) // MINUTE


def kept_turns(material: Material) -> list[Turn]:
    """What a proposal leaves: pinned turns, and those of sessions that have begun."""
    return [turn for turn in material.turns if turn.is_pinned or span_of(turn.track)[0] <= clock.now()]


def stretches_of(material: Material) -> list[Stretch]:
    """All that lies between pinned turns of sessions to come, session by session."""
    kept = set(kept_turns(material))
    found = []
    for track in material.tracks:
        if span_of(track)[0] <= clock.now():
            continue
        turns = material.turns_of[track]
        for span in gaps_in(span_of(track), [(turn.starts_at, turn.ends_at) for turn in turns if turn in kept]):
            before = tuple(turn for turn in turns if turn not in kept and overlap(span, (turn.starts_at, turn.ends_at)))
            people = tuple(person for person in material.team if _may(material, person, track, span))
            found.append(Stretch(track, span, material.place_of[track], material.day_of(track), before, people))
    return found


def _may(material: Material, person: Linguist, track: LanguageTrack, span: Span) -> bool:
    free = [(each.starts_at, each.ends_at) for each in person.availability]
    return (
        person.has(track.language, Grade.A, Grade.B)
        and all(person.has(source) for source in booths.sources_of(track))
        and not (free and gaps_in(span, free))
        and not material.speaks_at(person, span)
    )


def turns_of(stretch: Stretch, first: Linguist, second: Linguist) -> Iterator[Planned]:
    """The two take turns."""
    for number, span in enumerate(stretch.cuts):
        speaks, beside = (second, first) if number % 2 else (first, second)
        yield Planned(stretch.track, speaks, beside, span)


def settled_duties(material: Material) -> list[Duty]:
    return [
        duty
        for turn in kept_turns(material)
        for duty in duties_of(material, turn.track, turn.linguist, turn.partner, (turn.starts_at, turn.ends_at))
    ]


def duties_of(
    material: Material, track: LanguageTrack, linguist: Linguist, partner: Linguist | None, span: Span
) -> list[Duty]:
    people = [linguist] if partner in (None, linguist) else [linguist, partner]
    place, day = material.place_of[track], material.day_of(track)
    return [Duty(person, span, place, day, speaks=person is linguist) for person in people if person]
