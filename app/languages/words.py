"""Words as the search compares them: by their stems, in each language by its own rules, without case and accents.

Stems are made here and not by the database, since SQLite's full text knows those of English alone: so both databases
index the same and find the same, and a page marks the very words that were found. Scripts that put no space between
words are compared character by character.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex
import snowballstemmer
from babel import Locale, UnknownLocaleError

from app.lib.text import searchable

LONGEST_QUERY = 200
MOST_TERMS = 12

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]\p{{M}}*|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1)
_TERM = regex.compile(r'(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+))')
_WRITTEN_AS = str.maketrans("şţŞŢёЁ", "șțȘȚеЕ")
"""Old code pages had no other letters for Romanian; Russian is mostly written without the dots."""


class Word(NamedTuple):
    start: int
    end: int
    stem: str


class Term(NamedTuple):
    """A word, or words that must follow one another."""

    text: str
    is_excluded: bool

    def stems(self, language: str) -> list[str]:
        return [word.stem for word in words(self.text, language)]


class Query(NamedTuple):
    terms: tuple[Term, ...] = ()

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_excluded]

    @property
    def excluded(self) -> list[Term]:
        return [term for term in self.terms if term.is_excluded]


def indexed(text: str, language: str) -> str:
    """What the index is made of: the stems, with a space between them."""
    return " ".join(word.stem for word in words(text, language))


def query(written: str) -> Query:
    """Words that must all occur, "in quotation marks" one after another, and -words that must not.

    Whatever else was written is only text; a very long one is cut. Nothing wanted: nothing found.
    """
    terms = []
    for sign, quoted, bare in _TERM.findall(written[:LONGEST_QUERY]):
        text = quoted or bare
        if _WORD.search(text):
            terms.append(Term(text, bool(sign)))
    found = Query(tuple(dict.fromkeys(terms[:MOST_TERMS])))
    return found if found.wanted else Query()


def words(text: str, language: str) -> Iterator[Word]:
    stemmer = _stemmer(language)
    for found in _WORD.finditer(text):
        if stem := _stem(found.group(), stemmer):
            yield Word(found.start(), found.end(), stem)


@lru_cache(1 << 16)
def _stem(word: str, stemmer: str) -> str:
    plain = unicodedata.normalize("NFC", word).translate(_WRITTEN_AS).casefold()
    # A stemmer of its own each time, since one remembers the word that it is at.
    return searchable(snowballstemmer.stemmer(stemmer).stemWord(plain) if stemmer else plain)


@lru_cache(256)
def _stemmer(language: str) -> str:
    """The name of the Snowball algorithm, which is that of the language in English; empty where there is none."""
    try:
        name = Locale(Locale.parse(language, sep="-").language).english_name or ""
    except (UnknownLocaleError, ValueError):
        return ""
    return name.lower() if name.lower() in snowballstemmer.algorithms() else ""
