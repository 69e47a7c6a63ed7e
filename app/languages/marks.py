"""Which words of a text a search found: to be marked, and to choose what of a long text is shown."""

from collections.abc import Sequence
from typing import NamedTuple

from app.languages.words import Query, Term, Word, words

SHOWN = 260
"""Characters of an excerpt, about."""


class Piece(NamedTuple):
    text: str
    is_found: bool


def matches(query: Query, text: str, language: str) -> bool:
    """Whether all that is wanted occurs, and nothing that is excluded: as the index of the database decides."""
    found = list(words(text, language))
    return bool(query.wanted) and all(
        bool(_places(term, found, language)) is not term.is_excluded for term in query.terms
    )


def pieces(query: Query, text: str, language: str) -> list[Piece]:
    """The whole text, cut where what was found begins and ends."""
    found = list(words(text, language))
    places = sorted({place for term in query.wanted for place in _places(term, found, language)})
    cut, at = [], 0
    for start, end in places:
        if end <= at:
            continue
        cut += [Piece(text[at:start], False), Piece(text[max(start, at) : end], True)]
        at = end
    return [piece for piece in (*cut, Piece(text[at:], False)) if piece.text]


def excerpt(query: Query, text: str, language: str) -> list[Piece]:
    """The part of a text where the first thing that was found stands, from one word to another."""
    cut = pieces(query, text, language)
    first = len(cut[0].text) if len(cut) > 1 and not cut[0].is_found else 0
    begin = 0 if first < SHOWN // 2 else text.find(" ", first - SHOWN // 3) + 1 or first
    end = len(text) if len(text) - begin < SHOWN * 5 // 4 else text.rfind(" ", begin + SHOWN // 2, begin + SHOWN)
    end = begin + SHOWN if end < 0 else end
    shown, at = [], 0
    for piece in cut:
        part = piece.text[max(0, begin - at) : max(0, end - at)]
        shown.append(Piece(part, piece.is_found))
        at += len(piece.text)
    before, after = Piece("… ", False), Piece(" …", False)
    return [
        *([before] if begin else []),
        *(piece for piece in shown if piece.text),
        *([after] if end < len(text) else []),
    ]


def _places(term: Term, found: Sequence[Word], language: str) -> list[tuple[int, int]]:
    """From where to where a term stands in a text."""
    stems = term.stems(language)
    first = stems[0] if stems else None
    return [
        (word.start, found[at + len(stems) - 1].end)
        for at, word in enumerate(found)
        if word.stem == first and [other.stem for other in found[at : at + len(stems)]] == stems
    ]
