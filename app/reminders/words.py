"""Organisers' own words in letters: Markdown with placeholders in braces, `Dear {name}`.

What a placeholder stands for is text and never mark-up, wherever it stands: all of its punctuation is written as
character references, which Markdown and HTML both take for the characters themselves and never for structure. In code
there are none, and nothing but the mark of its end is structure.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.events.models import Event
from app.lib.present import language_name
from app.lib.text import Picked, Translated, direction, is_language, one_line, pick, rich, verbatim
from app.reminders.audiences import Person

Facts = Mapping[str, str | Callable[[], str]]
"""What placeholders stand for; a function is asked with the locale of the text in force, as dates need it."""


@dataclass(frozen=True, slots=True)
class Word:
    meaning: Any
    is_address: bool = False
    """A link, and so the only sort of word that may be where a link leads to."""


WORDS: dict[str, Word] = {
    "name": Word(_l("the reader's name")),
    "event": Word(_l("the title of the event")),
    "begins": Word(_l("when it begins, on the reader's clock")),
    "page": Word(_l("the link to the reader's own page"), is_address=True),
}
IN_A_LINE = tuple(name for name, word in WORDS.items() if not word.is_address)
"""Those for subjects: these are kept in the record as they are, and nobody follows a link in one."""
_PLACEHOLDER = re.compile(r"\{([^\W\d]\w*)\}")
_IN_LINK = re.compile(r"""(?:\]\(\s*<?|<|=\s*["']?)$""")
_MAY_BE_CODE = re.compile(r"`|~~~|^(?: {4}| *\t)", re.MULTILINE)
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ISOLATED, _END = "\u2068", "\u2069"


def faults(text: Translated, known: Collection[str] = tuple(WORDS)) -> list[str]:
    """What is wrong with a text, in sentences for the form; other braces than those of placeholders are text."""
    return [fault for language, written in text.items() for fault in _faults_in(written, language, known)]


def _faults_in(written: str, language: str, known: Collection[str]) -> list[str]:
    said, names = language_name(language), dict.fromkeys(_PLACEHOLDER.findall(written))
    offered = ", ".join(f"{{{name}}}" for name in known)
    unknown = [
        _("%(language)s: {%(name)s} stands for nothing here. There are: %(offered)s.",
          language=said, name=name, offered=offered)
        for name in names if name not in known
    ]  # fmt: skip
    html = rich(_PLACEHOLDER.sub(lambda found: f"word-{found[1]}-word", written))
    led = [name for name in names if name in known and not WORDS[name].is_address]
    return unknown + [
        _("%(language)s: {%(name)s} is no address that a link can lead to.", language=said, name=name)
        for name in led if re.search(rf'href="[^"]*word-{name}-word', html)
    ]  # fmt: skip


def filled(text: Translated, person: Person, facts: Facts) -> Picked:
    """A text in the language of its reader as far as it exists, as Markdown for `rich` and `legible`."""
    found = pick(text, (person.language,))
    in_code = _in_code(found.text)

    def fill(placeholder: re.Match[str], value: str) -> str:
        if placeholder.start() in in_code:
            return _isolated(one_line(value).replace("`", "'"), found.language)
        if WORDS[placeholder[1]].is_address:
            inside = _IN_LINK.search(found.text, max(0, placeholder.start() - 10), placeholder.start())
            return value if inside else f"<{value}>"
        return _isolated(_PUNCTUATION.sub(lambda c: f"&#{ord(c[0])};", one_line(value)), found.language)

    return _fill(found, facts, fill)


def _in_code(text: str) -> set[int]:
    """Where placeholders begin that stand in code."""
    if not _MAY_BE_CODE.search(text):
        return set()
    code = verbatim(_PLACEHOLDER.sub(lambda found: f"word{found.start()}word", text))
    return {found.start() for found in _PLACEHOLDER.finditer(text) if f"word{found.start()}word" in code}


def headed(text: Translated, event: Event) -> Translated:
    """A subject as organisers see it: with what stands in it for every reader alike."""
    return {
        language: written.replace("{event}", one_line(pick(event.title, (language,)).text))
        for language, written in text.items()
    }  # fmt: skip


def filled_line(text: Translated, person: Person, facts: Facts) -> Picked:
    """The same for a subject: one line, without any mark-up."""
    known = {name: fact for name, fact in facts.items() if name in IN_A_LINE}
    found = _fill(pick(text, (person.language,)), known, lambda _placeholder, value: value)
    return Picked(one_line(found.text), found.language)


def _fill(found: Picked, facts: Facts, fill: Callable[[re.Match[str], str], str]) -> Picked:
    def value(placeholder: re.Match[str]) -> str:
        fact = facts.get(placeholder[1])
        if fact is None:
            return placeholder[0]
        return fill(placeholder, fact if isinstance(fact, str) else fact())

    with force_locale(_locale(found.language)):
        return Picked(_PLACEHOLDER.sub(value, found.text), found.language)


def _locale(language: str) -> str:
    """Of the text, since dates are known in more languages than the site is; else of the letter."""
    return language.replace("-", "_") if is_language(language) else str(get_locale() or "en")


def runs_from_the_right(character: str) -> bool:
    return _RTL.match(character) is not None


def _isolated(value: str, language: str) -> str:
    """A name in a script of the other direction must not turn what stands around it (Unicode UAX #9)."""
    is_rtl = direction(language) == "rtl"
    turns = any(c.isalpha() and not runs_from_the_right(c) for c in value) if is_rtl else _RTL.search(value)
    return f"{_ISOLATED}{value}{_END}" if turns else value
