"""Proposals against everything else that is known of a rota: conflicts, and all the answers of small questions."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.events.models import Event
from app.languages.models import (
    Availability,
    Booth,
    Grade,
    LanguageTrack,
    Linguist,
    Skill,
    TrackKind,
    TrackState,
    Turn,
)
from app.languages.rota import conflicts
from app.languages.rota.conflicts import Conflict, Kind
from app.languages.rota.material import Material
from app.languages.rota.model import ANOTHER_BOOTH, GAP, OTHER_LEAD, OTHER_PERSON, OVER, SECOND_BEST
from app.languages.rota.proposal import propose
from app.languages.rota.stretches import Planned, Stretch, stretches_of, turns_of
from app.lib import clock
from app.schedule.models import EventSession

EXAMPLES = 400 if os.environ.get("SOAK") else 20
NINE = datetime(2027, 5, 3, 9, tzinfo=UTC)
LANGUAGES = ("en", "ro", "ru")
GAPS = {Kind.NOBODY, Kind.BOOTH_TWICE}
"""What a proposal may leave: a stretch without anybody; and booths it does not choose."""


@pytest.fixture(autouse=True)
def _before_the_event() -> Iterator[None]:
    with clock.stopped_at(NINE - timedelta(days=60)):
        yield


def after(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def make_session(number: int, floor: str, start: int, length: int) -> EventSession:
    return EventSession(
        id=number, title={"en": f"Session {number}"}, languages=[floor], starts_at=after(start),
        ends_at=after(start + length),
    )  # fmt: skip


def make_track(session: EventSession, language: str, via: str = "") -> LanguageTrack:
    number = session.id * 10 + LANGUAGES.index(language)
    return LanguageTrack(
        id=number, session=session, language=language, via=via, kind=TrackKind.INTERPRETATION,
        state=TrackState.PROMISED,
    )  # fmt: skip


def make_person(number: int, languages: str, *hours: tuple[int, int]) -> Linguist:
    skills = [Skill(language=each[:2], grade=Grade(each[3:])) for each in languages.split()]
    free = [Availability(starts_at=after(start), ends_at=after(end)) for start, end in hours]
    return Linguist(
        id=number, name=f"Person {number}", email=f"p{number}@example.org", skills=skills, availability=free
    )


def make_material(
    tracks: Sequence[LanguageTrack], team: Sequence[Linguist], turns: Sequence[Turn] = (), **values: Any
) -> Material:
    event = Event(zone="UTC", starts_on=date(2027, 5, 3), ends_on=date(2027, 5, 3), day_change=0)
    booths = [
        Booth(id=number, name=str(number), languages=list(pair))
        for number, pair in enumerate([("en", "ro"), ("en", "ru"), ("ro", "ru")], start=1)
    ]
    return Material(event, tracks, team, turns, **{"booths": booths} | values)


def as_turn(turn: Planned, **values: Any) -> Turn:
    return Turn(
        track=turn.track, linguist=turn.linguist, partner=turn.partner, starts_at=turn.span[0], ends_at=turn.span[1],
        **{"is_pinned": False} | values,
    )  # fmt: skip


def wrong(material: Material, turns: Sequence[Turn], besides: Sequence[Turn] = ()) -> list[Conflict]:
    """What is wrong with a rota of these turns and those `besides`, in which alone nothing is looked for."""
    alone = {(each.kind, each.person, each.turn) for each in conflicts.of(material.with_turns(besides))}
    found = conflicts.of(material.with_turns([*turns, *besides]))
    return [each for each in found if each.kind not in GAPS and (each.kind, each.person, each.turn) not in alone]


@st.composite
def materials(draw: st.DrawFn, sessions: int = 5, people: int = 6) -> Material:
    tracks = []
    for number in range(1, draw(st.integers(1, sessions)) + 1):
        floor = draw(st.sampled_from(LANGUAGES))
        start, length = draw(st.integers(0, 24)) * 5, draw(st.sampled_from([10, 20, 30, 35, 45, 60, 90]))
        session = make_session(number, floor, start, length)
        others = [tag for tag in LANGUAGES if tag != floor]
        for tag in draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True)):
            via = draw(st.sampled_from(["", *(each for each in others if each != tag)]))
            tracks.append(make_track(session, tag, via))
    team = []
    for number in range(1, draw(st.integers(2, people)) + 1):
        grades = draw(st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=3, max_size=3))
        languages = " ".join(f"{tag}:{grade}" for tag, grade in zip(LANGUAGES, grades, strict=True) if grade)
        hours = draw(st.sampled_from([(), (), ((0, 90),), ((30, 240),)]))
        team.append(make_person(number, languages or "en:A", *hours))
    speaking = {team[0].email: [(after(0), after(30))]} if draw(st.booleans()) else {}
    return make_material(tracks, team, most_minutes=draw(st.sampled_from([60, 120, 360])), speaking=speaking)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(materials(), st.randoms(use_true_random=False))
def test_a_proposal_breaks_no_rule_and_leaves_what_is_pinned(material: Material, random: Any) -> None:
    proposal = propose(material)
    turns = [as_turn(turn) for turn in proposal.turns]
    assert wrong(material, turns) == []
    covered = {turn.track for turn in proposal.turns}
    assert [gap.track for gap in proposal.gaps] == [track for track in material.tracks if track not in covered]

    pinned = [as_turn(turn, is_pinned=True) for turn in proposal.turns if random.random() < 0.3]
    for turn in pinned:
        turn.linguist = random.choice(material.team)
    rest = [turn for turn in turns if (turn.track, turn.starts_at) not in {(p.track, p.starts_at) for p in pinned}]
    again = propose(material.with_turns([*pinned, *rest]))
    assert wrong(material, [as_turn(turn) for turn in again.turns], besides=pinned) == []
    spans = {(turn.track, turn.starts_at) for turn in pinned}
    assert not spans & {(turn.track, turn.span[0]) for turn in again.turns}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(materials(sessions=2, people=3))
def test_of_a_small_question_no_answer_is_better(material: Material) -> None:
    proposal = propose(material)
    if len(stretches := stretches_of(material)) > 3:
        return
    assert proposal.is_best
    given_answer = {turn.track: turn for turn in reversed(proposal.turns)}
    chosen = [
        (given_answer[each.track].linguist, given_answer[each.track].partner) if each.track in given_answer else None
        for each in stretches
    ]
    assert price(material, stretches, chosen) == min(
        price(material, stretches, answer)
        for answer in product([None, *permutations(material.team, 2)], repeat=len(stretches))
        if is_allowed(material, stretches, answer)
    )


Pair = tuple[Linguist, Linguist] | None


def is_allowed(material: Material, stretches: Sequence[Stretch], answer: Sequence[Pair]) -> bool:
    planned = [turn for each, pair in zip(stretches, answer, strict=True) if pair for turn in turns_of(each, *pair)]
    return not wrong(material, [as_turn(turn) for turn in planned])


def price(material: Material, stretches: Sequence[Stretch], answer: Sequence[Pair]) -> int:
    """As `model.py` names the prices, reckoned for a whole answer."""
    total, minutes = 0, dict.fromkeys(material.team, 0)
    places: dict[Linguist, set[Any]] = {person: set() for person in material.team}
    for stretch, pair in zip(stretches, answer, strict=True):
        total += 0 if pair else GAP * stretch.minutes
        for person in pair or ():
            total += 0 if person.has(stretch.track.language, Grade.A) else SECOND_BEST * stretch.minutes
            if stretch.before and all(person not in (turn.linguist, turn.partner) for turn in stretch.before):
                total += OTHER_PERSON
            minutes[person] += stretch.minutes
            places[person].add(stretch.place)
        if pair and stretch.before and pair[0] is not stretch.before[0].linguist:
            total += OTHER_LEAD
    share = 2 * sum(stretch.minutes for stretch in stretches) // len(material.team)
    total += sum(OVER * max(0, spent - share) for spent in minutes.values())
    return total + sum(ANOTHER_BOOTH * max(0, len(those) - 1) for those in places.values())


def pair_of_people() -> list[Linguist]:
    return [make_person(1, "en:A ro:A"), make_person(2, "en:A ro:A")]


@pytest.mark.parametrize(("length", "turns"), [(10, [10]), (30, [30]), (31, [16, 15]), (40, [20, 20]), (60, [30, 30]),
                                               (70, [24, 23, 23]), (75, [25, 25, 25]), (90, [30, 30, 30])])  # fmt: skip
def test_a_session_is_cut_into_as_few_even_turns_as_can_be(length: int, turns: list[int]) -> None:
    material = make_material([make_track(make_session(1, "en", 0, length), "ro")], pair_of_people())
    proposal = propose(material)
    assert [(turn.span[1] - turn.span[0]) // timedelta(minutes=1) for turn in proposal.turns] == turns
    speakers = [turn.linguist.id for turn in proposal.turns]
    assert all(one != other for one, other in pairwise(speakers))


def test_the_same_question_has_the_same_answer() -> None:
    tracks = [make_track(make_session(n, "en", n * 45, 40), tag) for n in range(1, 9) for tag in ("ro", "ru")]
    team = [make_person(n, "en:A ro:A ru:A") for n in range(1, 9)]
    one, other = (propose(make_material(tracks, team)).turns for _time in range(2))
    assert one == other


def test_what_was_there_before_stays_where_nothing_speaks_against_it() -> None:
    session = make_session(1, "en", 0, 60)
    track, team = make_track(session, "ro"), [make_person(n, "en:A ro:A") for n in range(1, 7)]
    before = [
        Turn(track=track, linguist=team[a], partner=team[b], starts_at=after(start), ends_at=after(start + 30),
             is_pinned=False)
        for a, b, start in ((5, 3, 0), (3, 5, 30))
    ]  # fmt: skip
    proposal = propose(make_material([track], team, before))
    assert [(turn.linguist, turn.partner) for turn in proposal.turns] == [(team[5], team[3]), (team[3], team[5])]


def test_natives_come_first() -> None:
    track = make_track(make_session(1, "en", 0, 60), "ro")
    team = [make_person(n, "en:A ro:B") for n in (1, 2)] + [make_person(n, "en:B ro:A") for n in (3, 4)]
    assert {turn.linguist.id for turn in propose(make_material([track], team)).turns} == {3, 4}


def test_a_session_that_has_begun_is_left_alone() -> None:
    track, team = make_track(make_session(1, "en", 0, 60), "ro"), pair_of_people()
    with clock.stopped_at(after(5)):
        proposal = propose(make_material([track], team))
    assert not proposal.turns
    assert not proposal.gaps
