"""What a cell of a table says: a country, a language, an answer. Each function raises Faulty, with what is wrong."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from app.config import LANGUAGES
from app.lib import clock
from app.lib.countries import countries
from app.lib.text import is_language
from app.registration.models import NeedKind, Question, QuestionKind
from app.registration.questions import LONGEST, LONGEST_NOTE

YES = {"yes", "true", "1", "x", "да", "так", "da", "✓"}
NO = {"", "no", "false", "0", "нет", "ні", "nu", "-"}


class Faulty(ValueError):  # noqa: N818 - it says what is wrong with a cell
    """In the reader's language."""


def line_of(text: str, most: int, *, needed: bool = False) -> str:
    """A line without control characters, of at most so many characters."""
    if not text and needed:
        raise Faulty(_("It is empty."))
    if any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in text):
        raise Faulty(_("There is a line break or a control character in it."))
    if len(text) > most:
        raise Faulty(_("It has %(number)s characters; at most %(most)s are kept.", number=len(text), most=most))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """A code of ISO 3166, or the name of a country in one of our languages."""
    if not text:
        raise Faulty(_("The country is missing."))
    if code := _countries().get(text.casefold()):
        return code
    raise Faulty(_("“%(text)s” is no country that we know.", text=text[:80]))


@lru_cache(maxsize=4096)
def language_of(text: str) -> str:
    """A BCP 47 tag, or the name of a language in one of our languages."""
    tag = _languages().get(text.casefold(), text.replace("_", "-"))
    if len(tag) > 35 or not is_language(tag):
        raise Faulty(_("“%(text)s” is no language that we know.", text=text[:80]))
    return str(Locale.parse(tag, sep="-")).replace("_", "-")


def zone_of(text: str) -> str:
    if not clock.is_zone(text):
        raise Faulty(_("“%(text)s” is no zone of the tz database, such as Europe/Bucharest.", text=text[:80]))
    return text


def needs_of(text: str) -> tuple[tuple[NeedKind, str, str], ...]:
    """`interpretation ru; other: a ramp`: kind, language, and a note behind a colon."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        said, _colon, note = part.partition(":")
        kind, _space, language = said.strip().partition(" ")
        if kind not in set(NeedKind) or (language and not is_language(language.strip())):
            raise Faulty(_(
                "“%(text)s” is no need. Write one of %(kinds)s, a language and, behind a colon, a note.",
                text=part[:80], kinds=", ".join(NeedKind),
            ))  # fmt: skip
        found.append((NeedKind(kind), language.strip(), line_of(note.strip(), LONGEST_NOTE)))
    return tuple(found)


def value_of(question: Question, text: str) -> Any:
    """An answer as it is stored; None when there is none. Files do not come in by a table."""
    if not text or question.kind in (QuestionKind.FILE, QuestionKind.NEEDS):
        return None
    match question.kind:
        case QuestionKind.TEXT:
            return line_of(text, LONGEST[question.kind])
        case QuestionKind.LONG_TEXT:
            for line in text.splitlines():
                line_of(line, LONGEST[question.kind])
            if len(text) > LONGEST[question.kind]:
                raise Faulty(_("At most %(most)s characters are kept.", most=LONGEST[question.kind]))
            return "\n".join(text.splitlines())
        case QuestionKind.NUMBER:
            return _number(text)
        case QuestionKind.DATE:
            return _date(text)
        case QuestionKind.CONSENT:
            return _consent(text)
        case QuestionKind.CHOICE:
            return _option(question, text)
    chosen = [_option(question, part.strip()) for part in text.split(";") if part.strip()]
    return chosen or None


def _number(text: str) -> int | float:
    try:
        value = float(text.replace(",", "."))
        if abs(value) < 1e15:
            return int(value) if value.is_integer() else value
    except ValueError:
        pass
    raise Faulty(_("“%(text)s” is no number.", text=text[:80]))


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Faulty(_("“%(text)s” is no date such as 2027-03-10.", text=text[:80])) from None


def _consent(text: str) -> bool | None:
    if text.casefold() in YES | NO:
        return True if text.casefold() in YES else None
    raise Faulty(_("“%(text)s” is neither yes nor no.", text=text[:80]))


def _option(question: Question, text: str) -> int:
    for option in question.options:
        if any(label.casefold() == text.casefold() for label in option.label.values()):
            return option.id
    raise Faulty(_("“%(text)s” is none of the answers to choose from.", text=text[:80]))


@cache
def _countries() -> Mapping[str, str]:
    """Codes by themselves and by the names that our languages have for them."""
    found = {code.casefold(): code for code, _name in countries("en")}
    for language in LANGUAGES:
        found |= {name.casefold(): code for code, name in countries(language)}
    return found


@cache
def _languages() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for tag, name in Locale.parse(language, sep="-").languages.items():
            if is_language(tag.replace("_", "-")):
                found.setdefault(name.casefold(), tag.replace("_", "-"))
    return found
