"""The question of a rota as a model for the constraint solver CP-SAT of OR-Tools.

What is not pinned of each track is a *stretch*, cut into turns of 20 to 30 minutes. It is given to a pair, whose
two take turns, or to nobody, at a price that nothing else outweighs: so there always is an answer, and it names
its gaps. The rules that it holds to are those that `conflicts.py` looks for, written down there a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.languages.models import Grade, LanguageTrack, Linguist
from app.languages.rota import booths
from app.languages.rota.material import BREAK, LONGEST_TURN, Material, Place, Span, gaps_in, overlap
from app.languages.rota.stretches import Answer, Duty, Planned, Stretch, minutes, turns_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver

GAP, SECOND_BEST, OVER, ANOTHER_BOOTH, OTHER_PERSON, OTHER_LEAD = 1000, 1, 3, 20, 45, 5
"""Prices: of a minute that nobody covers; of a minute of somebody who has the language as B, not A; of a minute over
one's fair share; of each booth of a day after the first; of somebody new in a stretch; of another who begins."""


def solver_library() -> Any:
    """Loaded when it is needed: it is heavy, and nobody else needs it."""
    from ortools.sat.python import cp_model

    return cp_model


class Model:
    """Variables and rules, a rule a method, for some stretches; what is `settled` elsewhere stays as it is."""

    def __init__(self, material: Material, stretches: Sequence[Stretch], settled: Iterable[Duty]) -> None:
        self.cp = solver_library()
        self.model: CpModel = self.cp.CpModel()
        self.material, self.stretches = material, stretches
        self.settled: dict[Linguist, list[Duty]] = defaultdict(list)
        for duty in settled:
            self.settled[duty.person].append(duty)
        self.sits: dict[tuple[Stretch, Linguist], Any] = {}
        """Whether somebody is one of the pair of a stretch …"""
        self.leads: dict[tuple[Stretch, Linguist], Any] = {}
        """… and begins."""
        self.covered: dict[Stretch, Any] = {}
        self.of_person: dict[Linguist, list[Stretch]] = defaultdict(list)
        self.pairs()
        self.relays()
        for person in material.team:
            self.one_place_at_a_time(person)
            self.short_speech(person)
            self.short_days(person)
        self.model.minimize(sum(self.prices()))

    def pairs(self) -> None:
        """Two people of those who may, one of whom begins; or nobody."""
        for stretch in self.stretches:
            self.covered[stretch] = self.model.new_bool_var("")
            those = [person for person in stretch.people if self.is_free(person, stretch)]
            for person in those:
                self.sits[stretch, person] = sits = self.model.new_bool_var("")
                self.leads[stretch, person] = leads = self.model.new_bool_var("")
                self.model.add_implication(leads, sits)
                self.of_person[person].append(stretch)
            self.model.add(sum(self.sits[stretch, person] for person in those) == 2 * self.covered[stretch])
            self.model.add(sum(self.leads[stretch, person] for person in those) == self.covered[stretch])

    def is_free(self, person: Linguist, stretch: Stretch) -> bool:
        return all(_go_together(duty.span, duty.place, stretch) for duty in self.settled[person])

    def relays(self) -> None:
        """A relay works only while somebody works into the language that it listens to."""
        by_track: dict[LanguageTrack | None, list[Stretch]] = defaultdict(list)
        for stretch in self.stretches:
            by_track[stretch.track].append(stretch)
        for stretch in filter(lambda stretch: booths.is_relay(stretch.track), self.stretches):
            pivot = self.material.pivot_of[stretch.track]
            pinned = [turn for turn in self.material.turns_of[pivot] if turn.is_pinned] if pivot else []
            heard = [(turn.starts_at, turn.ends_at) for turn in pinned]
            if gaps_in(stretch.span, [*heard, *(each.span for each in by_track[pivot])]):
                self.model.add(self.covered[stretch] == 0)
            for each in by_track[pivot]:
                if overlap(each.span, stretch.span):
                    self.model.add_implication(self.covered[stretch], self.covered[each])

    def one_place_at_a_time(self, person: Linguist) -> None:
        """Nobody in two booths at once, nor in one soon after another."""
        those = self.of_person[person]
        for later in those:
            start = later.span[0]
            meanwhile = [each for each in those if each.span[0] <= start < each.span[1]]
            self.model.add_at_most_one(self.sits[each, person] for each in meanwhile)
            for earlier in those:
                if earlier.span[1] <= start < earlier.span[1] + BREAK and earlier.place != later.place:
                    self.model.add_at_most_one(self.sits[earlier, person], self.sits[later, person])

    def short_speech(self, person: Linguist) -> None:
        """Within a turn and a break nobody speaks more than a turn; it suffices to look from where one begins."""
        parts: list[tuple[Span, Any]] = [(duty.span, 1) for duty in self.settled[person] if duty.speaks]
        for stretch in self.of_person[person]:
            leads = self.leads[stretch, person]
            speaks = leads, self.sits[stretch, person] - leads
            parts += ((span, speaks[number % 2]) for number, span in enumerate(stretch.cuts))
        for start in sorted({span[0] for span, _speaks in parts}):
            window = start, start + LONGEST_TURN + BREAK
            inside = [(_common(span, window), speaks) for span, speaks in parts if overlap(span, window)]
            stays = sum(seconds for seconds, speaks in inside if isinstance(speaks, int))
            most = max(int(LONGEST_TURN.total_seconds()), stays)
            if sum(seconds for seconds, _speaks in inside) > most:
                self.model.add(sum(seconds * speaks for seconds, speaks in inside) <= most)

    def short_days(self, person: Linguist) -> None:
        for day in {stretch.day for stretch in self.of_person[person]}:
            stays = self.settled_minutes(person, day)
            work = sum(each.minutes * self.sits[each, person] for each in self.of_person[person] if each.day == day)
            self.model.add(work <= max(0, self.material.most_minutes - stays))

    def settled_minutes(self, person: Linguist, day: date | None = None) -> int:
        return sum(minutes(duty.span) for duty in self.settled[person] if day in (None, duty.day))

    def prices(self) -> Iterator[Any]:
        for stretch in self.stretches:
            yield GAP * stretch.minutes * (1 - self.covered[stretch])
        for (stretch, person), sits in self.sits.items():
            if not person.has(stretch.track.language, Grade.A):
                yield SECOND_BEST * stretch.minutes * sits
            if stretch.before and all(person not in (turn.linguist, turn.partner) for turn in stretch.before):
                yield OTHER_PERSON * sits
            if stretch.before and person is not stretch.before[0].linguist:
                yield OTHER_LEAD * self.leads[stretch, person]
        fair = self.fair_share()
        for person in self.material.team:
            yield from self.booths_of_days(person)
            yield OVER * self.over(person, fair)

    def booths_of_days(self, person: Linguist) -> Iterator[Any]:
        """For each day the number of booths after the first."""
        used: dict[date, dict[Place, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for stretch in self.of_person[person]:
            used[stretch.day][stretch.place].append(self.sits[stretch, person])
        for duty in self.settled[person]:
            used[duty.day][duty.place].append(1)
        for places in used.values():
            if len(places) < 2:
                continue
            visited = [self.model.new_bool_var("") for _place in places]
            for here, works in zip(visited, places.values(), strict=True):
                for work in works:
                    self.model.add(work <= here)
            more = self.model.new_int_var(0, len(places), "")
            self.model.add(more >= sum(visited) - 1)
            yield ANOTHER_BOOTH * more

    def fair_share(self) -> int:
        """Minutes of each, if all shared all of the work evenly."""
        settled = sum(minutes(duty.span) for duties in self.settled.values() for duty in duties)
        work = 2 * sum(stretch.minutes for stretch in self.stretches) + settled
        return work // max(1, len(self.material.team))

    def over(self, person: Linguist, share: int) -> Any:
        work = sum(each.minutes * self.sits[each, person] for each in self.of_person[person])
        most = self.settled_minutes(person) + sum(each.minutes for each in self.of_person[person])
        over = self.model.new_int_var(0, most, "")
        self.model.add(over >= work + self.settled_minutes(person) - share)
        return over

    def solve(self, effort: float, seconds: float, known: Iterable[Planned], *, proves: bool) -> Answer:
        """`effort`: the solver's own measure of its work, the same on every machine; `known`: an answer to improve.

        What is too large to prove anything of is better improved by searching around the answer alone.
        """
        self.hint(known)
        solver: CpSolver = self.cp.CpSolver()
        # The same question has the same answer: from one seed, searches take turns in one thread, a little at a time.
        solver.parameters.random_seed = 1
        solver.parameters.num_workers = 8
        solver.parameters.interleave_search = True
        solver.parameters.interleave_batch_size = 2
        if not proves:
            solver.parameters.use_lns_only = True
            solver.parameters.cp_model_probing_level = solver.parameters.symmetry_level = 0
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return Answer(list(known), is_best=False)
        turns = [turn for stretch in self.stretches for turn in self.planned(stretch, solver)]
        return Answer(turns, is_best=status == self.cp.OPTIMAL)

    def hint(self, known: Iterable[Planned]) -> None:
        begins = {(turn.track, turn.span[0]): turn for turn in known}
        for stretch, covered in self.covered.items():
            self.model.add_hint(covered, (stretch.track, stretch.span[0]) in begins)
        for (stretch, person), sits in self.sits.items():
            turn = begins.get((stretch.track, stretch.span[0]))
            self.model.add_hint(sits, turn is not None and person in (turn.linguist, turn.partner))
            self.model.add_hint(self.leads[stretch, person], turn is not None and person is turn.linguist)

    def planned(self, stretch: Stretch, solver: "CpSolver") -> Iterable[Planned]:
        pair = [p for p in self.material.team if (stretch, p) in self.sits and solver.value(self.sits[stretch, p])]
        return turns_of(stretch, *sorted(pair, key=lambda p: not solver.value(self.leads[stretch, p]))) if pair else ()


def _go_together(span: Span, place: Place, stretch: Stretch) -> bool:
    needed = timedelta() if place == stretch.place else BREAK
    return span[1] + needed <= stretch.span[0] or stretch.span[1] + needed <= span[0]


def _common(one: Span, other: Span) -> int:
    """Seconds."""
    return int((min(one[1], other[1]) - max(one[0], other[0])).total_seconds())
