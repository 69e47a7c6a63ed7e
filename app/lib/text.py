"""Text that exists in several languages: `{language: text}`, languages as BCP 47 tags."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import nh3
from babel import Locale, UnknownLocaleError
from markdown_it import MarkdownIt
from markupsafe import Markup
from slugify import slugify
from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from app.lib import signed

Translated = Mapping[str, str]


class TranslatedText(TypeDecorator[Translated]):
    """A column of translated text. Values are never changed in place; the first language is the original."""

    # JSON and not JSONB: the order of the languages is part of the value.
    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Translated | None, dialect: Dialect) -> Any:
        return {language: text for language, text in (value or {}).items() if text}

    def process_result_value(self, value: Any, dialect: Dialect) -> Translated:
        return value or {}


class Picked(NamedTuple):
    text: str
    language: str


def pick(text: Translated, wanted: Iterable[str]) -> Picked:
    """The text in the first wanted language that it exists in, else in its original language.

    A wanted `pt-BR` is served by `pt` and the other way round.
    """
    for language in wanted:
        if found := text.get(language):
            return Picked(found, language)
        base = language.split("-")[0]
        for other, found in text.items():
            if found and other.split("-")[0] == base:
                return Picked(found, other)
    for language, found in text.items():
        if found:
            return Picked(found, language)
    return Picked("", "")


def direction(language: str) -> str:
    """`rtl` or `ltr`, by CLDR."""
    try:
        return str(Locale.parse(language, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


def language_name(language: str, shown_in: str) -> str:
    """The name of a language in a language, by CLDR; the tag itself where CLDR has none."""
    if signed.is_sign_language(language):
        return signed.name(language, shown_in)
    try:
        return Locale.parse(language, sep="-").get_display_name(shown_in) or language
    except (UnknownLocaleError, ValueError):
        return language


@lru_cache(maxsize=4096)  # To find that there is none, Babel goes through the names of all its files.
def is_language(tag: str) -> bool:
    """Whether CLDR knows the tag."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


def slug(text: str, fallback: str = "x", max_length: int = 60) -> str:
    """A part of an address: lower-case ASCII letters, digits and hyphens, transliterated from any script."""
    return slugify(text, max_length=max_length, word_boundary=True) or fallback


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or with the first number that makes it free: `reading`, `reading-2`, `reading-3`."""
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def searchable(*texts: str) -> str:
    """What a search compares: case folded, without accents."""
    decomposed = unicodedata.normalize("NFKD", " ".join(texts))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


_DIRECTING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of all that follows, beyond the text's own end (Unicode UAX #9)."""


def cleaned(text: str) -> str:
    """Trimmed, line ends as one, without the control characters that no text has (tab and line break stay)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0 and c not in _DIRECTING)
    ).strip()


def one_line(text: str) -> str:
    """The same without line breaks, as what goes into headers and calendars must be."""
    return " ".join(cleaned(text).split())


_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True})
_TAGS = {"p", "br", "em", "strong", "b", "i", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}


def rich(text: str) -> Markup:
    """Markdown, or the simple HTML that schedules carry, as safe HTML."""
    html = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return Markup(html)  # noqa: S704 - cleaned by nh3 in the line above


def verbatim(text: str) -> str:
    """What Markdown takes as code, in which a character reference is no character."""
    tokens = _markdown.parse(text)
    tokens += [inner for token in tokens for inner in token.children or ()]
    return "\n".join(token.content for token in tokens if token.type in ("code_inline", "code_block", "fence"))


def plain(text: str) -> str:
    """The same without any mark-up, for calendars, summaries and plain letters."""
    return str(Markup(nh3.clean(_markdown.render(text), tags=set())).unescape()).strip()  # noqa: S704
