import re
from itertools import product

import pytest
from flask import Flask
from flask_babel import force_locale

from app.lib import clock
from app.lib.legible import legible
from app.lib.present import day
from app.lib.text import rich
from app.reminders import words
from app.reminders.audiences import Person
from app.reminders.words import faults, filled, filled_line
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("app")
PAGE = "https://polyforum.test/en/me/a_b-c_d/"


def reader(name: str = "Ana", language: str = "en") -> Person:
    return Person("registration", 1, "ana@example.org", name, language, "Europe/Kyiv")


def html_of(text: str, name: str) -> str:
    return str(rich(filled({"en": text}, reader(name), {"name": name, "page": PAGE}).text))


def tags(html: str) -> list[str]:
    return re.findall("<[^>]+>", html)


def test_placeholders_become_what_they_stand_for_and_other_braces_stay() -> None:
    said = filled({"en": "Dear {name}, {} {1} { name } {ok"}, reader(), {"name": "Ana"})
    assert legible(said.text) == "Dear Ana, {} {1} { name } {ok"


def test_a_text_is_taken_in_the_readers_language_and_else_in_its_own() -> None:
    text = {"en": "Hello {name}", "ro": "Bună {name}"}
    assert filled(text, reader(language="ro-MD"), {"name": "Ana"}) == ("Bună Ana", "ro")
    assert filled(text, reader(language="uk"), {"name": "Ana"}) == ("Hello Ana", "en")


def test_an_unknown_placeholder_is_a_fault_with_its_name_and_language() -> None:
    found = faults({"en": "Dear {name}", "ro": "Dragă {nume}, {event}, {} {2}"})
    assert found == ["Romanian: {nume} stands for nothing here. There are: {name}, {event}, {begins}, {page}."]


def test_a_name_cannot_be_where_a_link_leads_to() -> None:
    assert faults({"en": "[x]({name}) and [y]({page})"}) == ["English: {name} is no address that a link can lead to."]
    assert faults({"en": '<a href="{event}">x</a> {name}'}) == [
        "English: {event} is no address that a link can lead to."
    ]


TEXTS = (
    "Dear {name}, welcome", "<p>{name}</p>", "# {name}", "**{name}**", '<a class="{name}" href="https://a.b">x</a>',
    "`{name}`", "```\n{name}\n```", "- {name}", "{name}", "<a class='{name}' href='https://a.b'>x</a>",
)  # fmt: skip
NAMES = (
    "[x](https://evil.example)", "<a href=https://evil.example>x</a>", "<script>alert(1)</script>", "# big\n\n* list",
    "`x` <b>y</b>", "![i](https://evil.example/i.png)", '"><a href="https://evil.example">', "https://evil.example",
    "\n\n---\n<https://evil.example>", "**b** _i_ &lt;u&gt;", "*/--><h3>", "' onclick='alert(1)",
)  # fmt: skip


def test_a_name_never_becomes_mark_up() -> None:
    for text, name in product(TEXTS, NAMES):
        assert tags(html_of(text, name)) == tags(html_of(text, "Ana")), (text, name)


def test_a_name_in_code_is_shown_as_it_is_written() -> None:
    for text in ("`{name}`", "```\n{name}\n```", "So:\n\n    {name}"):
        assert legible(filled({"en": text}, reader(), {"name": "Ana O'Brien_*&#33;"}).text).endswith(
            "Ana O'Brien_*&#33;"
        )
    assert html_of("`{page}` {page}", "Ana").startswith(f"<p><code>{PAGE}</code> <a href=")


def test_a_name_is_shown_as_it_is_written() -> None:
    for name in ("O'Brien_Smith", "Ana *the* First", "1. Ana", "<Ana>", "a & b", "Ana {event}"):
        assert legible(filled({"en": "Dear {name}!"}, reader(name), {"name": name}).text) == f"Dear {name}!"


def test_a_link_to_the_page_works_alone_as_a_links_target_and_in_brackets() -> None:
    for text in ("See {page}", "[See]({page})", "<{page}>", '<a href="{page}">See</a>', "({page})"):
        assert f'href="{PAGE}"' in html_of(text, "Ana")


def test_a_subject_is_one_line_whatever_a_name_holds() -> None:
    said = filled_line({"en": "For {name}: {event}"}, reader(), {"name": "Ana\r\nBcc: x@y.z", "event": "A & B_C"})
    assert filled_line({"en": "{page}"}, reader(), {"page": PAGE}).text == "{page}", "the record keeps subjects"
    assert said.text == "For Ana Bcc: x@y.z: A & B_C"


def test_dates_are_written_in_the_language_of_the_text() -> None:
    facts = {"begins": lambda: day(clock.local(NOON, "Europe/Kyiv").date())}
    text = {"en": "On {begins}", "ro": "Pe {begins}", "fa": "{begins}"}
    with force_locale("ro"):
        assert legible(filled(text, reader(language="uk"), facts).text) == "On Wednesday, 3 March 2027"
        assert "مارس" in filled(text, reader(language="fa"), facts).text, "also one that the site does not speak"
        assert legible(filled(text, reader(language="ro"), facts).text) == "Pe miercuri, 3 martie 2027"


def test_a_name_of_the_other_direction_is_kept_apart() -> None:
    assert filled({"en": "Dear {name}, 10"}, reader(), {"name": "علی"}).text == "Dear \u2068علی\u2069, 10"
    assert filled({"ar": "مرحبا {name}"}, reader(language="ar"), {"name": "علی"}).text == "مرحبا علی"
    assert filled({"ar": "مرحبا {name}"}, reader(language="ar"), {"name": "Ana"}).text == "مرحبا \u2068Ana\u2069"


def test_every_word_has_a_meaning_for_the_form(app: Flask) -> None:
    assert all(str(word.meaning) for word in words.WORDS.values())
