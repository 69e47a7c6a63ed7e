from datetime import UTC, datetime, timedelta

import pytest

from app.lib.grid import Place, Timed, lay_out, stylesheet
from app.site import colours

NINE = datetime(2027, 3, 10, 9, tzinfo=UTC)


def timed(number: int, room: int | None, start: int, end: int) -> Timed:
    """Minutes after nine."""
    return Timed(number, room, NINE + timedelta(minutes=start), NINE + timedelta(minutes=end))


def test_rows_are_the_distinct_times_and_columns_the_rooms_used() -> None:
    grid = lay_out([timed(1, 20, 0, 60), timed(2, 10, 30, 60), timed(3, 20, 60, 90)], [10, 15, 20])
    assert grid.heads == [(10, 1, 1), (20, 2, 1)]
    assert grid.places == {1: Place(2, 4, 2), 2: Place(3, 4, 1), 3: Place(4, 5, 2)}


def test_sessions_that_overlap_in_a_room_stand_side_by_side() -> None:
    grid = lay_out([timed(1, 1, 0, 60), timed(2, 1, 30, 90), timed(3, 1, 60, 90), timed(4, 2, 0, 90)], [1, 2])
    assert [grid.places[n].column for n in (1, 2, 3, 4)] == [1, 2, 1, 3]
    assert grid.heads == [(1, 1, 2), (2, 3, 1)]


def test_a_session_without_a_room_spans_all_unless_others_run() -> None:
    grid = lay_out([timed(1, None, 0, 30), timed(2, 1, 30, 60), timed(3, None, 30, 60)], [1])
    assert [grid.places[n].column for n in (1, 2, 3)] == [0, 1, 2]
    assert grid.heads == [(1, 1, 1), (None, 2, 1)]


def test_the_stylesheet_places_every_row_and_column() -> None:
    sheet = stylesheet(lay_out([timed(1, 1, 0, 60), timed(2, 2, 0, 45)], [1, 2]))
    assert "repeat(2," in sheet
    for rule in (".c1{grid-column:2}", ".c2{grid-column:3}", ".r2{grid-row-start:2}", ".e4{grid-row-end:4}"):
        assert rule in sheet


def test_an_empty_day_has_a_stylesheet() -> None:
    assert stylesheet(lay_out([], [1]))


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffe119", "#fff", "#3b6ea5", "nonsense", "#12"])
def test_every_theme_colour_can_be_told_from_the_paper(colour: str) -> None:
    light, dark = (
        bytes.fromhex(part.split("#")[1][:6]) for part in colours.stylesheet([(1, colour)]).split("--theme:")[1:]
    )
    assert colours._contrast(tuple(light), colours.LIGHT) >= 3
    assert colours._contrast(tuple(dark), colours.DARK) >= 3
