"""Numbers of days as a drawing: a curve of the sum and bars of the days, in the coordinates of an SVG."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 240


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float


class Drawing(NamedTuple):
    line: str
    """The sum of all days so far, as the `d` of a path."""
    area: str
    """The same closed along the bottom."""
    bars: list[Bar]
    total: int
    most: int
    """Of a day."""


def drawing(days: Sequence[tuple[date, int]]) -> Drawing:
    """Each day has its column; the curve and the bars each fill the height."""
    numbers = [number for _day, number in days]
    sums = list(accumulate(numbers))
    column, most, total = WIDTH / max(len(days), 1), max(numbers, default=0), sums[-1] if sums else 0
    points = [
        (round((place + 1) * column, 1), round(HEIGHT * (1 - value / max(total, 1)), 1))
        for place, value in enumerate(sums)
    ]
    line = f"M0 {HEIGHT}" + "".join(f"L{x} {y}" for x, y in points)
    bars = [
        Bar(
            round(place * column, 1), round(HEIGHT * (1 - number / most), 1), round(column * 0.8, 1),
            round(HEIGHT * number / most, 1),
        )
        for place, number in enumerate(numbers)
        if number
    ]  # fmt: skip
    return Drawing(line, f"{line}L{WIDTH} {HEIGHT}Z", bars, total, most)
