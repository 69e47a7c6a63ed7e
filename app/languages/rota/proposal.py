"""A rota that proposes itself, in no more than some seconds, and the same for the same question.

A first answer is found by taking whoever is free, and then improved by the solver: all of a small event at once, a
large one day by day.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.languages.models import Grade, LanguageTrack, Linguist
from app.languages.rota import booths
from app.languages.rota.material import BREAK, Material, overlap
from app.languages.rota.model import Model, solver_library
from app.languages.rota.stretches import (
    Duty,
    Planned,
    Proposal,
    Stretch,
    duties_of,
    minutes,
    settled_duties,
    stretches_of,
    turns_of,
)

SECONDS = 10
"""That it may take."""
EFFORT = 2.0
"""The same in the solver's own measure, which does not depend on the machine, and ends first on a quiet one."""
AT_ONCE = 60
"""Stretches that are one question; of more, each day is one."""


def propose(material: Material, seconds: float = SECONDS) -> Proposal:
    solver_library()  # To load it takes some time once, which is none of the answer's.
    until = time.monotonic() + seconds
    stretches, settled = stretches_of(material), settled_duties(material)
    parts = _parts(stretches)
    turns = first_answer(material, stretches, settled)
    is_best = True
    for number, part in enumerate(parts):
        inside = {stretch.track for stretch in part}
        known = [turn for turn in turns if turn.track in inside]
        others = [turn for turn in turns if turn.track not in inside]
        model = Model(material, part, [*settled, *_duties(material, others)])
        left = (until - time.monotonic()) / (len(parts) - number)
        answer = model.solve(EFFORT / len(parts), left, known, proves=len(parts) == 1)
        turns, is_best = [*others, *answer.turns], is_best and answer.is_best
    covered = {(turn.track, turn.span[0]) for turn in turns}
    gaps = [stretch for stretch in stretches if (stretch.track, stretch.span[0]) not in covered]
    order = {stretch.track: number for number, stretch in enumerate(stretches)}
    return Proposal(sorted(turns, key=lambda turn: (order[turn.track], turn.span)), gaps, is_best and len(parts) == 1)


def _parts(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    if len(stretches) <= AT_ONCE:
        return [list(stretches)]
    return [list(those) for _day, those in groupby(stretches, key=lambda stretch: stretch.day)]


def first_answer(material: Material, stretches: Iterable[Stretch], settled: Iterable[Duty]) -> list[Planned]:
    """Whoever may and has the least to do so far; held to the rules more strictly than need be."""
    busy: dict[Linguist, list[Duty]] = defaultdict(list)
    for duty in settled:
        busy[duty.person].append(duty)
    turns: list[Planned] = []
    covered: set[LanguageTrack] = set()
    for stretch in sorted(stretches, key=lambda each: (each.span[0], booths.is_relay(each.track))):
        if booths.is_relay(stretch.track) and material.pivot_of[stretch.track] not in covered:
            continue
        free = [person for person in stretch.people if _has_time(material, busy[person], stretch)]
        if len(free) >= 2:
            pair = sorted(free, key=lambda person: _eager(stretch, person, busy[person]))[:2]
            planned = list(turns_of(stretch, *pair))
            for duty in _duties(material, planned):
                busy[duty.person].append(duty)
            turns += planned
            covered.add(stretch.track)
    return turns


def _has_time(material: Material, duties: Iterable[Duty], stretch: Stretch) -> bool:
    around = stretch.span[0] - BREAK, stretch.span[1] + BREAK
    that_day = sum(minutes(duty.span) for duty in duties if duty.day == stretch.day)
    return that_day + stretch.minutes <= material.most_minutes and not any(
        overlap(duty.span, around) for duty in duties
    )


def _eager(stretch: Stretch, person: Linguist, duties: Iterable[Duty]) -> tuple[bool, bool, int]:
    was_there = any(person in (turn.linguist, turn.partner) for turn in stretch.before)
    as_native = person.has(stretch.track.language, Grade.A)
    return not was_there, not as_native, sum(minutes(duty.span) for duty in duties)


def _duties(material: Material, turns: Iterable[Planned]) -> Iterator[Duty]:
    for turn in turns:
        yield from duties_of(material, turn.track, turn.linguist, turn.partner, turn.span)
