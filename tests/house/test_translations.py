"""Every language is complete, well formed, and nothing that people read is left unmarked."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.config import LANGUAGES

ROOT = Path(__file__).parent.parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def catalogue(language: str) -> Catalog:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def marked_messages() -> set[str | tuple[str, str]]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    keywords = {
        "_": None, "_l": None, "gettext": None, "lazy_gettext": None,
        "ngettext": (1, 2), "lazy_ngettext": (1, 2), "N_": None, "Stale": None,
    }  # fmt: skip
    return {
        message
        for folder in ("app", "worker")
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, methods, options, keywords=keywords
        )
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_string_stands_in_the_catalogue(language: str) -> None:
    known = {message.id for message in catalogue(language) if message.id}
    missing = marked_messages() - known
    assert not missing, f"run `make catalogues` and translate: {sorted(map(str, missing))[:10]}"


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_nothing_is_untranslated_or_fuzzy(language: str) -> None:
    faults = [
        message.id
        for message in catalogue(language)
        if message.id and (message.fuzzy or not all(_forms(message.string)))
    ]
    assert not faults, faults[:10]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_and_placeholders_are_whole(language: str) -> None:
    said = catalogue(language)
    faults = []
    for message in said:
        if not message.id or not any(_forms(message.string)):
            continue
        if isinstance(message.id, tuple) and len(_forms(message.string)) != said.num_plurals:
            faults.append((message.id, "plural forms"))
        expected = set(PLACEHOLDER.findall(_forms(message.id)[-1]))
        faults.extend((message.id, form) for form in _forms(message.string) if not _names(form, expected, message.id))
    assert not faults, faults[:10]


def _names(form: str, expected: set[str], message_id: object) -> bool:
    """«One session» may leave the number out; nothing may name a placeholder that is not given."""
    named = set(PLACEHOLDER.findall(form))
    return named <= expected if isinstance(message_id, tuple) else named == expected


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


# Names, units and marks that are the same in every language.
SAME_EVERYWHERE = re.compile(
    r"^(Polyforum|schedule\.(xml|json|csv)|WebVTT|VTT|SRT|TXT|XML|JSON|CSV|TSV|UTC|iCal|frab|pretalx|Message-ID|[\W\d_]*)$"
)
TEXT_ATTRIBUTES = re.compile(r'\b(?:title|alt|placeholder|aria-label|summary|content)="([^"{]*[A-Za-z]{2}[^"{]*)"')
MACHINE_CONTENT = re.compile(
    r"^(width=device-width|light dark|noindex|summary|website|nofollow|no-referrer|index|telephone=no)"
)
TAGS = re.compile(r"<(script|style|kbd)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
"""Keys of a keyboard are named as it names them."""
LONE_ATTRIBUTES = re.compile(r'^(?:\s*[a-z-]+="[^"]*")+\s*$')
"""Of a tag that begins in another block or set."""


FOR_MACHINES = {"robots.txt"}


def templates() -> list[Path]:
    found = (path for path in (ROOT / "app").rglob("templates/**/*") if path.name not in FOR_MACHINES)
    return sorted(path for path in found if path.suffix in (".html", ".txt"))


def unmarked(source: str) -> list[str]:
    """Pieces of literal text of a template that a reader would see."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701 - only parsed
    literal = "\0".join(
        data.data for output in environment.parse(source).find_all(nodes.Output)
        for data in output.nodes if isinstance(data, nodes.TemplateData)
    )  # fmt: skip
    attributes = [text for text in TEXT_ATTRIBUTES.findall(literal) if not MACHINE_CONTENT.match(text)]
    # An expression inside a tag splits the tag; joined again, what stands between tags is text.
    pieces = TAGS.sub("\n", literal.replace("\0", "")).split("\n")
    return [text.strip() for text in (*attributes, *pieces) if _is_prose(text) and not LONE_ATTRIBUTES.match(text)]


def _is_prose(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", text)) and not all(SAME_EVERYWHERE.match(word) for word in text.split())


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_has_an_unmarked_string(path: Path) -> None:
    assert unmarked(path.read_text()) == []


def test_the_search_for_unmarked_strings_finds_them() -> None:
    assert unmarked('<p class="{{ c }}">Hello there</p>') == ["Hello there"]
    assert unmarked('<img alt="A picture"><p>{{ _("Hi") }}</p>') == ["A picture"]
    assert unmarked("{% trans %}Marked{% endtrans %} · Polyforum") == []
