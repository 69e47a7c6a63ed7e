"""Where everything of a day stands in a grid: rows are the distinct times, columns what it belongs to (rooms, booths).

Markup and stylesheet are made from the same places, in two requests: an element names its row and column by class
(`r3 e5 c2`), the stylesheet of that revision and day says what these are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

ROW_REM_PER_MINUTE = 0.045
SHORTEST_ROW, TALLEST_ROW = 0.4, 4.0
MANY_ROOMS = 7
"""More of them do not fit a laptop's window: the grid then scrolls inside its own frame."""


class Timed(NamedTuple):
    id: int
    under: int | None
    """Number of the room or booth."""
    starts_at: datetime
    ends_at: datetime


class Place(NamedTuple):
    row: int
    end: int
    column: int
    """The first column is 1; 0 stands for all of them."""

    @property
    def classes(self) -> str:
        return f"r{self.row} e{self.end} c{self.column}"


class Grid(NamedTuple):
    places: dict[int, Place]
    heads: list[tuple[int | None, int, int]]
    """Room or booth, its first column, and how many it takes: more than one where what is under it overlaps."""
    times: list[datetime]

    @property
    def columns(self) -> int:
        return sum(width for _under, _first, width in self.heads)


def lay_out(sessions: Sequence[Timed], heads_in_order: Iterable[int]) -> Grid:
    """The grid of one day; those with nothing that day are left out, and what is under none stands across or last."""
    times = sorted({s.starts_at for s in sessions} | {s.ends_at for s in sessions})
    row_of = {time: number for number, time in enumerate(times, start=2)}
    alone = {s.id for s in sessions if s.under is None and not _has_company(s, sessions)}
    by_head: dict[int | None, list[Timed]] = {}
    for session in sessions:
        if session.id not in alone:
            by_head.setdefault(session.under, []).append(session)

    places = {s.id: Place(row_of[s.starts_at], row_of[s.ends_at], 0) for s in sessions if s.id in alone}
    heads = []
    column = 1
    for head in [*heads_in_order, None]:
        if head not in by_head:
            continue
        lanes: list[datetime] = []
        for session in sorted(by_head[head], key=lambda s: (s.starts_at, s.ends_at)):
            lane = next((n for n, free_from in enumerate(lanes) if free_from <= session.starts_at), len(lanes))
            lanes[lane : lane + 1] = [session.ends_at]
            places[session.id] = Place(row_of[session.starts_at], row_of[session.ends_at], column + lane)
        heads.append((head, column, len(lanes)))
        column += len(lanes)
    return Grid(places, heads, times)


def stylesheet(grid: Grid) -> str:
    rows = "".join(f" minmax({_height(earlier, later):.3g}rem,auto)" for earlier, later in pairwise(grid.times))
    rules = [f".slots{{grid-template-columns:4.5rem repeat({grid.columns or 1},minmax(var(--column,0),1fr));"
             f"grid-template-rows:auto{rows or ' auto'}}}", ".c0{grid-column:2/-1}"]  # fmt: skip
    rules += [f".c{n}{{grid-column:{n + 1}}}" for n in range(1, grid.columns + 1)]
    rules += [f".h{first}{{grid-column:{first + 1}/span {width}}}" for _under, first, width in grid.heads]
    rules += [f".r{n}{{grid-row-start:{n}}}.e{n}{{grid-row-end:{n}}}" for n in range(2, len(grid.times) + 2)]
    return f"@media screen and (min-width:48rem),print{{{''.join(rules)}}}\n"


def _has_company(session: Timed, sessions: Sequence[Timed]) -> bool:
    return any(
        other.starts_at < session.ends_at and session.starts_at < other.ends_at and other.id != session.id
        for other in sessions
    )


def _height(earlier: datetime, later: datetime) -> float:
    minutes = (later - earlier).total_seconds() / 60
    return min(max(minutes * ROW_REM_PER_MINUTE, SHORTEST_ROW), TALLEST_ROW)
