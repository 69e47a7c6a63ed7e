"""What is wrong with a rota, each with a sentence and its place. Knows nothing of how a rota is proposed."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise, takewhile

from app.languages.models import Booth, Grade, LanguageTrack, Linguist, Turn
from app.languages.rota import booths
from app.languages.rota.material import BREAK, LONGEST_TURN, Material, Span, gaps_in, overlap, span_of


class Kind(enum.StrEnum):
    NOBODY = "nobody"
    NO_PIVOT = "no-pivot"
    TWO_AT_ONCE = "two-at-once"
    TWO_PLACES = "two-places"
    BOOTH_TWICE = "booth-twice"
    NO_BREAK = "no-break"
    TOO_LONG = "too-long"
    LONG_DAY = "long-day"
    AWAY = "away"
    SPEAKS_THEMSELVES = "speaks-themselves"
    INTO = "into"
    FROM = "from"
    ALONE = "alone"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Conflict:
    kind: Kind
    track: LanguageTrack
    span: Span
    turn: Turn | None = None
    person: Linguist | None = None
    other: LanguageTrack | None = None
    """The other track of two that cannot both be."""
    language: str = ""
    """That is not had in the grade that is needed."""


@dataclass(frozen=True, slots=True)
class Work:
    """A turn, as it takes up one of its two people."""

    person: Linguist
    turn: Turn
    speaks: bool

    @property
    def span(self) -> Span:
        return self.turn.starts_at, self.turn.ends_at


def of(material: Material) -> list[Conflict]:
    """By time."""
    by_person: dict[Linguist, list[Work]] = defaultdict(list)
    for turns in material.turns_of.values():
        for work in (each for turn in turns for each in work_of(turn)):
            by_person[work.person].append(work)
    found = [
        *(conflict for track in material.tracks for conflict in _of_track(material, track)),
        *_booths_taken_twice(material),
        *(conflict for works in by_person.values() for conflict in _of_person(material, works)),
    ]
    return sorted(found, key=lambda each: (each.span[0], each.track.session.id, each.track.language, each.kind))


def work_of(turn: Turn) -> list[Work]:
    beside = [Work(turn.partner, turn, speaks=False)] if turn.partner and turn.partner is not turn.linguist else []
    return [Work(turn.linguist, turn, speaks=True), *beside]


def _of_track(material: Material, track: LanguageTrack) -> Iterator[Conflict]:
    turns = material.turns_of[track]
    whole, covered = span_of(track), [(turn.starts_at, turn.ends_at) for turn in turns]
    for gap in gaps_in(whole, covered):
        yield Conflict(Kind.NOBODY, track, gap)
    for one, other in pairwise(turns):
        if other.starts_at < one.ends_at:
            yield Conflict(Kind.TWO_AT_ONCE, track, (other.starts_at, one.ends_at), other)
    for turn in turns:
        span = turn.starts_at, turn.ends_at
        if turn.partner is None or turn.partner is turn.linguist:
            yield Conflict(Kind.ALONE, track, span, turn, turn.linguist)
        if span[0] < whole[0] or whole[1] < span[1]:
            yield Conflict(Kind.OUTSIDE, track, span, turn)
    if booths.is_relay(track):
        yield from _unheard(material, track, covered)


def _unheard(material: Material, track: LanguageTrack, covered: Iterable[Span]) -> Iterator[Conflict]:
    """Stretches in which a relay has nothing to listen to."""
    pivot = material.pivot_of[track]
    heard = [(turn.starts_at, turn.ends_at) for turn in material.turns_of[pivot]] if pivot else []
    for span in covered:
        for gap in gaps_in(span, heard):
            yield Conflict(Kind.NO_PIVOT, track, gap, other=pivot, language=track.via)


def _booths_taken_twice(material: Material) -> Iterator[Conflict]:
    served: dict[Booth, list[LanguageTrack]] = defaultdict(list)
    for track in material.tracks:
        if booth := material.booth_of[track]:
            served[booth].append(track)
    for one, other in (pair for tracks in served.values() for pair in combinations(tracks, 2)):
        if overlap(span_of(one), span_of(other)):
            yield Conflict(Kind.BOOTH_TWICE, other, span_of(other), other=one)


def _of_person(material: Material, works: list[Work]) -> Iterator[Conflict]:
    works = sorted(works, key=lambda work: work.span)
    for work in works:
        yield from _of_work(material, work)
    for one, other in _near(works):
        elsewhere = material.place_of[one.turn.track] != material.place_of[other.turn.track]
        said = {"track": other.turn.track, "span": other.span, "turn": other.turn, "person": other.person,
                "other": one.turn.track}  # fmt: skip
        if overlap(one.span, other.span) and one.turn.track is not other.turn.track:
            yield Conflict(Kind.TWO_PLACES, **said)  # type: ignore[arg-type]
        elif elsewhere and other.span[0] - one.span[1] < BREAK:
            yield Conflict(Kind.NO_BREAK, **said)  # type: ignore[arg-type]
    yield from _too_much_speech(works)
    yield from _long_days(material, works)


def _near(works: list[Work]) -> Iterator[tuple[Work, Work]]:
    """Pairs in which the later begins before the earlier is over and a break long past."""
    for place, one in enumerate(works):
        yield from ((one, other) for other in takewhile(
            lambda work, end=one.span[1]: work.span[0] - end < BREAK, works[place + 1 :]  # type: ignore[misc]
        ))  # fmt: skip


def _of_work(material: Material, work: Work) -> Iterator[Conflict]:
    person, track, span = work.person, work.turn.track, work.span
    free = [(each.starts_at, each.ends_at) for each in person.availability]
    if free and gaps_in(span, free):
        yield Conflict(Kind.AWAY, track, span, work.turn, person)
    if material.speaks_at(person, span):
        yield Conflict(Kind.SPEAKS_THEMSELVES, track, span, work.turn, person)
    if not person.has(track.language, Grade.A, Grade.B):
        yield Conflict(Kind.INTO, track, span, work.turn, person, language=track.language)
    for source in booths.sources_of(track):
        if not person.has(source):
            yield Conflict(Kind.FROM, track, span, work.turn, person, language=source)


def _too_much_speech(works: Sequence[Work]) -> Iterator[Conflict]:
    """More than a turn's time within a turn and a break: looked at from the beginning of each turn."""
    spoken = [work for work in works if work.speaks]
    reported: datetime | None = None
    for work in spoken:
        start = work.span[0]
        if reported is not None and start < reported:
            continue
        window = start, start + LONGEST_TURN + BREAK
        inside = [_common(each.span, window) for each in spoken]
        if sum(inside, timedelta()) > LONGEST_TURN:
            reported = max(each.span[1] for each, part in zip(spoken, inside, strict=True) if part)
            yield Conflict(Kind.TOO_LONG, work.turn.track, (start, reported), work.turn, work.person)


def _long_days(material: Material, works: Iterable[Work]) -> Iterator[Conflict]:
    minutes: dict[date, timedelta] = defaultdict(timedelta)
    for work in works:
        day = material.day_of(work.turn.track)
        before = minutes[day]
        minutes[day] += work.span[1] - work.span[0]
        most = timedelta(minutes=material.most_minutes)
        if before <= most < minutes[day]:
            yield Conflict(Kind.LONG_DAY, work.turn.track, work.span, work.turn, work.person)


def _common(one: Span, other: Span) -> timedelta:
    return max(timedelta(), min(one[1], other[1]) - max(one[0], other[0]))
