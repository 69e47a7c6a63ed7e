"""The glossary of an event: how its terms are said in each language, and where a text has them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.languages import words
from app.languages.models import Term
from app.lib.text import Translated, searchable

MOST_TERMS = 5000
LONGEST_WORD, LONGEST_NOTE = 200, 500


class Found(NamedTuple):
    """Where a text has a term, as a slice of it."""

    start: int
    end: int
    term: Term


class GlossaryFull(Exception):  # noqa: N818 - news for whoever adds
    """There are as many terms as an event may have."""


def of_event(event: Event, search: str = "") -> list[Term]:
    """In the order of their first words; those that have what is searched for in any language or the note."""
    terms = db.session.scalars(sa.select(Term).where(Term.event_id == event.id).order_by(Term.id))
    wanted = searchable(search)
    found = [term for term in terms if wanted in searchable(*term.words.values(), term.note)]
    return sorted(found, key=lambda term: searchable(next(iter(term.words.values()), "")))


def of_number(event: Event, number: int) -> Term | None:
    return db.session.scalar(sa.select(Term).where(Term.event_id == event.id, Term.id == number))


def languages_of(event: Event, terms: Iterable[Term]) -> list[str]:
    """The event's own, then whatever else the terms are in."""
    others = {tag for term in terms for tag in term.words} - set(event.languages)
    return [*event.languages, *sorted(others)]


def add(event: Event, spoken: Translated, note: str = "") -> Term:
    """Raises GlossaryFull."""
    number = db.session.scalar(sa.select(sa.func.count()).where(Term.event_id == event.id)) or 0
    if number >= MOST_TERMS:
        raise GlossaryFull
    term = Term(event=event, words=dict(spoken), note=note)
    db.session.add(term)
    db.session.flush()
    return term


def change(term: Term, spoken: Translated, note: str) -> None:
    term.words, term.note = dict(spoken), note
    db.session.flush()


def remove(term: Term) -> None:
    db.session.delete(term)
    db.session.flush()


def terms_in(text: str, event: Event, source: str, target: str = "") -> list[Found]:
    """The terms that a text in the language `source` has, in its order; with `target`, those that exist there too."""
    return Finder(of_event(event), source, target).find(text)


class Finder:
    """Finds the terms of one glossary in many texts of one language.

    Words are compared by their stems, so inflected ones are found; of terms that overlap, the longest counts.
    """

    def __init__(self, terms: Iterable[Term], source: str, target: str = "") -> None:
        self.source = source
        self._by_first: dict[str, list[tuple[tuple[str, ...], Term]]] = defaultdict(list)
        for term in terms:
            stems = _stems(term.word(source).text, source)
            if stems and (not target or term.word(target).text):
                self._by_first[stems[0]].append((stems, term))
        for those in self._by_first.values():
            those.sort(key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> list[Found]:
        spoken = list(words.words(text, self.source))
        stems = tuple(word.stem for word in spoken)
        found, place = [], 0
        while place < len(spoken):
            number, term = self._longest(stems, place)
            if term is not None:
                found.append(Found(spoken[place].start, spoken[place + number - 1].end, term))
            place += number
        return found

    def _longest(self, stems: Sequence[str], place: int) -> tuple[int, Term | None]:
        """The longest term that begins at a place, and how many words it has."""
        for wanted, term in self._by_first.get(stems[place], ()):
            if stems[place : place + len(wanted)] == wanted:
                return len(wanted), term
        return 1, None


@lru_cache(1 << 15)
def _stems(text: str, language: str) -> tuple[str, ...]:
    """Those of a term, which is looked for in one text after the other."""
    return tuple(word.stem for word in words.words(text, language))
