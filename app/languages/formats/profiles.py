"""Published limits of good subtitles. Houses disagree, so each set of limits has the name of its house.

Only what a house says of itself stands here; what it does not say is None, and is not checked.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType

from app.lib.tags import base_language

_FIVE_SIXTHS_OF_A_SECOND = 833
_TWO_FRAMES = 83
"""At 24 frames a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds in one language. Characters are graphemes, and a rate is rounded to a tenth before it is compared."""

    cps: float | None = None
    """Characters a second, spaces counted and line ends not."""
    wpm: float | None = None
    """Words a minute."""
    word_ms: int | None = None
    """How long a cue stands at least for each of its words."""
    line_length: int
    lines: int = 2
    characters: int | None = None
    """In all lines of a cue together."""
    shortest_ms: int | None = None
    longest_ms: int | None = None
    gap_ms: int | None = None
    """At least this between two cues."""
    gap_or_none_ms: int | None = None
    """Either no gap at all, or at least this."""
    shorter_line: float | None = None
    """The shorter of two lines is at least this part of the longer."""

    def named(self) -> dict[str, float]:
        """As JSON for a page's script; what is not limited is left out, so that a comparison with it is false."""
        return {name: figure for name, figure in asdict(self).items() if figure is not None}


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    limits: Limits
    cps: Mapping[str, float] = field(default_factory=dict)
    """Characters a second in the languages that differ from the rest."""
    line_length: Mapping[str, int] = field(default_factory=dict)


def _netflix(name: str, most: float, cps: Mapping[str, float]) -> Profile:
    limits = Limits(cps=most, line_length=42, shortest_ms=_FIVE_SIXTHS_OF_A_SECOND, longest_ms=7000, gap_ms=_TWO_FRAMES)
    return Profile(name, limits, cps, {"th": 35, "ja": 23, "ko": 16, "zh": 16})


PROFILES: Mapping[str, Profile] = MappingProxyType({
    "netflix": _netflix("Netflix", 17, {"en": 20, "ar": 20, "hi": 22, "ko": 12, "zh": 9, "ja": 4}),
    "netflix-sdh": _netflix("Netflix SDH", 20, {"ar": 23, "hi": 25, "ko": 14, "zh": 11, "ja": 7}),
    "ted": Profile("TED", Limits(
        cps=21, line_length=42, characters=84, shortest_ms=1000, longest_ms=7000, shorter_line=0.5,
    )),
    "bbc": Profile("BBC", Limits(wpm=180, word_ms=300, line_length=37, gap_or_none_ms=1000)),
    "arte": Profile("Arte", Limits(cps=20, line_length=40, shortest_ms=1000, longest_ms=10000, gap_ms=200)),
})  # fmt: skip
"""Timed-text style guides of Netflix, once more for the deaf and hard of hearing (SDH); guidelines of TED's
translators, of the BBC and of Arte."""


def limits(profile: str, language: str) -> Limits:
    """In a language given by its BCP 47 tag; only its base counts. Raises KeyError for an unknown profile."""
    found = PROFILES[profile]
    base = base_language(language)
    return replace(
        found.limits,
        cps=found.cps.get(base, found.limits.cps),
        line_length=found.line_length.get(base, found.limits.line_length),
    )
