"""Subtitles held against published limits, each profile with its own."""

import pytest

from app.languages.formats import checks
from app.languages.formats.checks import Kind, check
from app.languages.formats.profiles import PROFILES, limits
from app.languages.formats.webvtt import Cue


def kinds(cues: list[Cue], profile: str, language: str = "en") -> list[tuple[int, Kind]]:
    return [(found.at, found.kind) for found in check(cues, limits(profile, language), language)]


@pytest.mark.parametrize(("language", "cps", "sdh", "length"), [
    ("en", 20, 20, 42), ("ar", 20, 23, 42), ("ru", 17, 20, 42), ("ro-MD", 17, 20, 42), ("nl", 17, 20, 42),
    ("hi", 22, 25, 42), ("ko", 12, 14, 16), ("zh-Hant", 9, 11, 16), ("ja", 4, 7, 23), ("th", 17, 20, 35),
])  # fmt: skip
def test_netflix_has_its_own_figures_in_each_language(language: str, cps: int, sdh: int, length: int) -> None:
    found = limits("netflix", language)
    assert (found.cps, found.line_length, found.lines) == (cps, length, 2)
    assert (found.shortest_ms, found.longest_ms, found.gap_ms, found.gap_or_none_ms) == (833, 7000, 83, None)
    assert limits("netflix-sdh", language).cps == sdh


def test_the_other_houses_limit_other_things() -> None:
    assert limits("ted", "fr").named() == {
        "cps": 21, "line_length": 42, "lines": 2, "characters": 84, "shortest_ms": 1000, "longest_ms": 7000,
        "shorter_line": 0.5,
    }  # fmt: skip
    assert limits("bbc", "en").named() == {
        "wpm": 180, "word_ms": 300, "line_length": 37, "lines": 2, "gap_or_none_ms": 1000,
    }  # fmt: skip
    assert limits("arte", "de").named() == {
        "cps": 20, "line_length": 40, "lines": 2, "shortest_ms": 1000, "longest_ms": 10000, "gap_ms": 200,
    }  # fmt: skip
    with pytest.raises(KeyError):
        limits("nobody", "en")


def test_a_gap_that_one_house_asks_for_another_refuses() -> None:
    def after(gap: int) -> list[Cue]:
        return [Cue(0, 2000, "One line"), Cue(2000 + gap, 4500 + gap, "Another")]

    assert [kinds(after(gap), "netflix") for gap in (0, 82, 83)] == [[(1, Kind.GAP)], [(1, Kind.GAP)], []]
    assert [kinds(after(gap), "bbc") for gap in (0, 999, 1000)] == [[], [(1, Kind.GAP_OR_NONE)], []]
    assert [kinds(after(gap), "arte") for gap in (0, 199, 200)] == [[(1, Kind.GAP)], [(1, Kind.GAP)], []]
    assert [kinds(after(gap), "ted") for gap in (0, 50, 200)] == [[], [], []]


def test_the_rate_is_compared_as_it_is_shown() -> None:
    assert kinds([Cue(0, 1000, "x" * 17)], "netflix", "fr") == []
    assert kinds([Cue(0, 997, "x" * 17)], "netflix", "fr") == [(0, Kind.TOO_FAST)]
    assert kinds([Cue(0, 999, "x" * 17)], "netflix", "fr") == [], "17.02 is 17.0"
    found = check([Cue(0, 1000, "x" * 20)], limits("netflix", "ro"), "ro")[0]
    assert (found.figure, found.limit, found.sentence) == (20, 17, "20 characters a second; at most 17.")


def test_words_have_their_rate_where_a_language_puts_spaces_between_them() -> None:
    assert kinds([Cue(0, 1000, "one two three")], "bbc") == []
    assert kinds([Cue(0, 980, "one two three")], "bbc") == [(0, Kind.TOO_MANY_WORDS)]
    assert kinds([Cue(0, 800, "one - two, three!")], "bbc") == [(0, Kind.TOO_SHORT), (0, Kind.TOO_MANY_WORDS)]
    assert kinds([Cue(0, 300, "你好 世界")], "bbc", "zh") == []
    assert check([Cue(0, 800, "a b c")], limits("bbc", "en"), "en")[0].sentence == "Shown for 0.8 s; at least 0.9 s."


def test_duration_order_and_overlap() -> None:
    cues = [
        Cue(0, 500, "Hm"), Cue(1000, 9000, "Long"), Cue(8500, 10000, "Overlaps"), Cue(8400, 10500, "Earlier"),
        Cue(11000, 11000, "Never"), Cue(12000, 14000, " <i> </i>"),
    ]  # fmt: skip
    assert kinds(cues, "ted") == [
        (0, Kind.TOO_SHORT), (1, Kind.TOO_LONG), (2, Kind.OVERLAP), (3, Kind.OUT_OF_ORDER),
        (4, Kind.ENDS_BEFORE_IT_BEGINS), (5, Kind.EMPTY),
    ]  # fmt: skip
    assert check(cues, limits("ted", "en"), "en")[2].sentence == "The cue begins 0.5 s before an earlier one ends."


def test_lines_are_counted_and_measured() -> None:
    assert kinds([Cue(0, 6000, f"{'x' * 42}\n{'y' * 42}")], "ted") == []
    assert kinds([Cue(0, 6900, f"{'x' * 43}\n{'y' * 42}")], "ted") == [
        (0, Kind.LONG_LINE),
        (0, Kind.TOO_MANY_CHARACTERS),
    ]
    assert kinds([Cue(0, 6000, "a\nb\nc")], "arte") == [(0, Kind.TOO_MANY_LINES)]
    assert kinds([Cue(0, 6000, "0123456789\n01234")], "ted") == []
    assert kinds([Cue(0, 6000, "0123\n0123456789")], "ted") == [(0, Kind.UNEVEN_LINES)]


@pytest.mark.parametrize(("text", "lines"), [
    ("<v Ada Lovelace>Hello</v>", ["Hello"]),
    ("ADA: Hello\n- Jean-Luc Picard: Hi", ["Hello", "Hi"]),
    ("&gt;&gt; Yes\n>> SPEAKER 2: No", ["Yes", "No"]),
    ("Ștefan: da\nЁлка: нет\n主持人：你好", ["da", "нет", "你好"]),
    ("I say this: go\nat 12:30", ["I say this: go", "at 12:30"]),
    ("<b>a</b> &amp; <c.red>b</c> <00:00:01.000>c", ["a & b c"]),
    ("<ruby>漢字<rt>かんじ</rt></ruby>", ["漢字"]),
    ("\u200fשלום\u200f\nADA:", ["שלום"]),
])  # fmt: skip
def test_mark_up_and_names_of_speakers_do_not_count(text: str, lines: list[str]) -> None:
    assert checks.read_lines(text) == lines


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("e\u0301", 1), ("👩‍👩‍👧🇲🇩", 2), ("नमस्ते", 3), ("한국어", 3)])
def test_what_a_reader_takes_for_one_character_counts_as_one(text: str, length: int) -> None:
    assert checks.length(text) == length


def test_a_script_gets_the_same_figures_patterns_and_sentences() -> None:
    given = checks.for_script(limits("bbc", "zh"), "zh")
    assert given["limits"]["wpm"] == 180
    assert given["spaced"] is False
    assert set(given["sentences"]) == set(Kind)
    assert given["sentences"]["too-fast"] == "%(figure)s characters a second; at most %(limit)s."
    assert set(PROFILES) == {"netflix", "netflix-sdh", "ted", "bbc", "arte"}


def test_every_finding_has_its_sentence() -> None:
    assert set(checks.SENTENCES) == set(Kind)
    assert all(checks.Finding(0, kind, 1, 2).sentence for kind in Kind)
