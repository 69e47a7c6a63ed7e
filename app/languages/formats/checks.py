"""Subtitles held against the limits of a profile. A check warns and never blocks: people decide."""

import enum
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import regex
from babel.numbers import format_decimal
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from app.languages.formats import cue_text
from app.languages.formats.profiles import Limits
from app.languages.formats.webvtt import Cue
from app.lib.tags import base_language


class Kind(enum.StrEnum):
    EMPTY = "empty"
    ENDS_BEFORE_IT_BEGINS = "ends-before-it-begins"
    OUT_OF_ORDER = "out-of-order"
    OVERLAP = "overlap"
    GAP = "gap"
    GAP_OR_NONE = "gap-or-none"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_FAST = "too-fast"
    TOO_MANY_WORDS = "too-many-words"
    LONG_LINE = "long-line"
    TOO_MANY_LINES = "too-many-lines"
    TOO_MANY_CHARACTERS = "too-many-characters"
    UNEVEN_LINES = "uneven-lines"


SENTENCES: dict[Kind, LazyString] = {
    Kind.EMPTY: _l("The cue has no text."),
    Kind.ENDS_BEFORE_IT_BEGINS: _l("The cue does not end after it begins."),
    Kind.OUT_OF_ORDER: _l("The cue begins before the one above it."),
    Kind.OVERLAP: _l("The cue begins %(figure)s s before an earlier one ends."),
    Kind.GAP: _l("%(figure)s s after the cue before; at least %(limit)s s."),
    Kind.GAP_OR_NONE: _l("%(figure)s s after the cue before; no gap, or at least %(limit)s s."),
    Kind.TOO_SHORT: _l("Shown for %(figure)s s; at least %(limit)s s."),
    Kind.TOO_LONG: _l("Shown for %(figure)s s; at most %(limit)s s."),
    Kind.TOO_FAST: _l("%(figure)s characters a second; at most %(limit)s."),
    Kind.TOO_MANY_WORDS: _l("%(figure)s words a minute; at most %(limit)s."),
    Kind.LONG_LINE: _l("A line of %(figure)s characters; at most %(limit)s."),
    Kind.TOO_MANY_LINES: _l("%(figure)s lines; at most %(limit)s."),
    Kind.TOO_MANY_CHARACTERS: _l("%(figure)s characters in all; at most %(limit)s."),
    Kind.UNEVEN_LINES: _l("The shorter line has %(figure)s %% of the longer; at least %(limit)s %%."),
}
"""With places for the figure and its limit, which a page's script fills in the same way."""

_NAME = r"[\p{Lu}\p{Lt}][\p{L}\p{M}\p{N}.'’\-]{0,19}"
LABEL = (
    r"^[\-\u2010-\u2015]?\s*(?:>>+\s*)?"
    rf"(?:(?:{_NAME}(?:\s(?:{_NAME}|\p{{N}}{{1,3}})){{0,3}}\s?:(?:\s+|$))|(?:\p{{Lo}}{{1,12}}\s?(?::\s+|：\s*|:$)))?"
)
"""Who speaks, said at the beginning of a line: `ADA:`, `- Ada Lovelace: `, `>>`. Good for JavaScript too (flag u)."""

_UNSPACED = frozenset(("bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"))
"""Languages that put no space between words: no rate of words is counted in them."""

_LABEL = regex.compile(LABEL)
_INVISIBLE = regex.compile(r"[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ABOVE_THE_LINE = regex.compile(r"<rt\b[^>]*>[^<]*(?:</rt>|$)")
_GRAPHEME = regex.compile(r"\X")
_WORD = regex.compile(r"\S*[\p{L}\p{N}]\S*")


class Finding(NamedTuple):
    at: int
    """Which of the cues, from 0."""
    kind: Kind
    figure: float = 0
    """Milliseconds, characters, words, lines or per cent, as the kind has it."""
    limit: float = 0

    @property
    def sentence(self) -> str:
        """In the reader's language, seconds for milliseconds."""
        unit = 1000 if self.kind in _IN_SECONDS else 1
        locale = get_locale() or "en"
        return str(SENTENCES[self.kind]) % {
            "figure": format_decimal(round(self.figure / unit, 3), locale=locale),
            "limit": format_decimal(round(self.limit / unit, 3), locale=locale),
        }


_IN_SECONDS = frozenset((Kind.OVERLAP, Kind.GAP, Kind.GAP_OR_NONE, Kind.TOO_SHORT, Kind.TOO_LONG))


def check(cues: Sequence[Cue], limits: Limits, language: str) -> list[Finding]:
    """What is to be said of cues in the order in which they stand, by cue."""
    spaced = _is_spaced(language)
    findings: list[Finding] = []
    begun = ended = 0
    for at, cue in enumerate(cues):
        if at:
            findings += _between(at, cue, begun, ended, limits)
        begun, ended = max(begun, cue.start_ms), max(ended, cue.end_ms)
        lines = read_lines(cue.text)
        if not lines:
            findings.append(Finding(at, Kind.EMPTY))
        findings += _time(at, cue, lines, limits, spaced)
        findings += _lines(at, [length(line) for line in lines], limits)
    return findings


def for_script(limits: Limits, language: str) -> dict[str, Any]:
    """All that a page's script needs in order to say the same as `check`, as JSON."""
    return {
        "limits": limits.named(),
        "label": LABEL,
        "invisible": _INVISIBLE.pattern,
        "spaced": _is_spaced(language),
        "sentences": {kind.value: str(sentence) for kind, sentence in SENTENCES.items()},
    }


def read_lines(text: str) -> list[str]:
    """What counts of a cue: its lines without mark-up, names of speakers, and characters that nobody sees."""
    if "<rt" in text:
        text = _ABOVE_THE_LINE.sub("", text)
    shown = _INVISIBLE.sub("", cue_text.plain(text))
    lines = (_LABEL.sub("", line.strip(), count=1).strip() for line in shown.split("\n"))
    return [line for line in lines if line]


def length(line: str) -> int:
    """In graphemes: what a reader takes for one character."""
    return len(line) if line.isascii() else len(_GRAPHEME.findall(line))


def _is_spaced(language: str) -> bool:
    return base_language(language) not in _UNSPACED


def _between(at: int, cue: Cue, begun: int, ended: int, limits: Limits) -> Iterator[Finding]:
    gap = cue.start_ms - ended
    if cue.start_ms < begun:
        yield Finding(at, Kind.OUT_OF_ORDER)
    elif gap < 0:
        yield Finding(at, Kind.OVERLAP, -gap)
    elif limits.gap_ms and gap < limits.gap_ms:
        yield Finding(at, Kind.GAP, gap, limits.gap_ms)
    elif limits.gap_or_none_ms and 0 < gap < limits.gap_or_none_ms:
        yield Finding(at, Kind.GAP_OR_NONE, gap, limits.gap_or_none_ms)


def _time(at: int, cue: Cue, lines: Sequence[str], limits: Limits, spaced: bool) -> Iterator[Finding]:
    lasts = cue.end_ms - cue.start_ms
    if lasts <= 0:
        yield Finding(at, Kind.ENDS_BEFORE_IT_BEGINS)
        return
    words = sum(len(_WORD.findall(line)) for line in lines) if spaced and (limits.wpm or limits.word_ms) else 0
    shortest = max(limits.shortest_ms or 0, words * (limits.word_ms or 0))
    if lasts < shortest:
        yield Finding(at, Kind.TOO_SHORT, lasts, shortest)
    if limits.longest_ms and lasts > limits.longest_ms:
        yield Finding(at, Kind.TOO_LONG, lasts, limits.longest_ms)
    if limits.cps and (cps := round(sum(map(length, lines)) * 1000 / lasts, 1)) > limits.cps:
        yield Finding(at, Kind.TOO_FAST, cps, limits.cps)
    if limits.wpm and (wpm := round(words * 60_000 / lasts, 1)) > limits.wpm:
        yield Finding(at, Kind.TOO_MANY_WORDS, wpm, limits.wpm)


def _lines(at: int, lengths: Sequence[int], limits: Limits) -> Iterator[Finding]:
    if not lengths:
        return
    if max(lengths) > limits.line_length:
        yield Finding(at, Kind.LONG_LINE, max(lengths), limits.line_length)
    if len(lengths) > limits.lines:
        yield Finding(at, Kind.TOO_MANY_LINES, len(lengths), limits.lines)
    if limits.characters and sum(lengths) > limits.characters:
        yield Finding(at, Kind.TOO_MANY_CHARACTERS, sum(lengths), limits.characters)
    if limits.shorter_line and len(lengths) == 2 and min(lengths) < limits.shorter_line * max(lengths):
        yield Finding(at, Kind.UNEVEN_LINES, min(lengths) * 100 // max(lengths), limits.shorter_line * 100)
