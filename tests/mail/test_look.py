"""Every kind of letter in every language of ours, with as much in it as there may be."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from lxml import html as markup

from app import create_app
from app.extensions import db
from app.lib import clock
from app.mail import rendering, styling
from app.mail.drafts import write
from app.mail.rendering import Content
from tests.conftest import settings
from tests.mail.every_kind import AFTER, START, World, letter

LANGUAGES = ("en", "ro", "ru")
IN_HINDSIGHT = {"reminders.thanks", "reminders.feedback", "reminders.recording"}
FETCHING = "//@src | //@background | //link | //@srcset | //object | //iframe | //script | //form"
Letters = dict[tuple[str, str], Content]


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Letters]:
    home = tmp_path_factory.mktemp("letters")
    copy(empty_database, home / "polyforum.db")
    app = create_app(settings(home))
    found: Letters = {}
    with app.app_context():
        with clock.stopped_at(START - timedelta(days=2)):
            world = World()
        for kind, (to, payload) in world.letters.items():
            with clock.stopped_at(AFTER if kind in IN_HINDSIGHT else START - timedelta(days=2)):
                for language in LANGUAGES:
                    found[kind, language] = write(letter(kind, language, to, payload))
        yield found
        db.session.remove()
        db.engine.dispose()


def told(content: Content) -> str:
    """The readable text of the HTML, without the preview that stands before it."""
    page = markup.fromstring(content.html)
    for hidden in page.xpath("//*[@class='preview'] | //style | //title"):
        hidden.drop_tree()
    return " ".join(page.text_content().split())


def test_every_kind_is_looked_at(letters: Letters) -> None:
    kinds = {kind for kind, renderer in rendering._renderers.items() if renderer.__module__.startswith("app.")}
    assert {kind for kind, _language in letters} == kinds


def test_none_is_as_long_as_to_be_clipped(letters: Letters) -> None:
    """Gmail shows 102 KB."""
    lengths = {key: len(content.html.encode()) for key, content in letters.items()}
    assert {key: length for key, length in lengths.items() if length > 99_000} == {}


def test_nothing_is_fetched_and_nothing_runs(letters: Letters) -> None:
    for key, content in letters.items():
        page = markup.fromstring(content.html)
        assert page.xpath(FETCHING) == [], key
        assert not re.search(r"url\(|@import|@font-face|\son[a-z]+=", content.html), key
        assert {part.partition(":")[0] for part in page.xpath("//a/@href")} <= {"http", "https", "mailto"}, key


def test_the_html_is_whole_and_says_its_language_and_direction(letters: Letters) -> None:
    for (kind, language), content in letters.items():
        page = markup.fromstring(content.html)
        assert (page.get("lang"), page.get("dir")) == (language, "ltr")
        (frame,) = page.xpath("//div[@class='letter']")
        assert (frame.get("lang"), frame.get("dir")) == (language, "ltr")
        assert len(page.xpath("//h1")) == 1, kind
        assert page.xpath("//p[not(normalize-space())] | //td//body | //p//p") == [], kind  # What a parser mended.
        assert all(table.get("role") == "presentation" for table in page.iter("table")), kind
        for block in page.xpath("//body//*[contains(text(), 'مكتبات')][not(self::h1 or self::h2)]"):
            marked = next((each for each in (block, *block.iterancestors()) if each.get("lang")), block)
            assert (marked.get("lang"), marked.get("dir")) == ("ar", "rtl") or "preview" in block.get("class", ""), kind


def test_styles_stand_on_the_elements(letters: Letters) -> None:
    """What clients that read no style sheet would show without any."""
    for key, content in letters.items():
        page = markup.fromstring(content.html)
        bare = page.xpath("//body//*[self::h1 or self::h2 or self::p or self::a or self::ul or @class][not(@style)]")
        assert [(each.tag, each.get("class")) for each in bare if each.get("class") != "words"] == [], key
        assert "prefers-color-scheme: dark" in content.html


def test_both_parts_tell_the_same(letters: Letters) -> None:
    moments = re.compile(r"\d{1,2}:\d\d")
    for key, content in letters.items():
        said = told(content)
        links = {address for address in markup.fromstring(content.html).xpath("//a/@href") if "mailto:" not in address}
        in_text = {address.rstrip(").,") for address in re.findall(r"https?://\S+", content.text)}
        assert links == in_text, key
        assert sorted(moments.findall(said)) == sorted(moments.findall(content.text)), key


def test_links_can_be_read_and_not_only_pressed(letters: Letters) -> None:
    """The way in above all: who is called by telephone dictates it."""
    for key in (("reminders.event", "en"), ("reminders.welcome", "en"), ("registration.confirm", "ro")):
        page = markup.fromstring(letters[key].html)
        shown = " ".join(page.xpath("//a/text()"))
        for address in page.xpath("//a/@href"):
            assert address in shown or "unsubscribe" in address or "example.org" in address


def test_times_are_the_reader_s_with_the_event_s_beside_them(letters: Letters) -> None:
    for kind in ("reminders.welcome", "reminders.event", "reminders.agenda", "reminders.change", "reminders.team"):
        for said in (told(letters[kind, "en"]), letters[kind, "en"].text):
            assert "05:30" in said, kind  # St. John’s is four hours and a half behind UTC in March.
            assert "10:00" in said, kind
            assert "(St. John’s)" in said, kind
            assert "(Bucharest)" in said, kind


def test_long_agendas_are_cut_and_say_so(letters: Letters) -> None:
    for kind in ("reminders.welcome", "reminders.event", "reminders.agenda", "reminders.change"):
        for said in (told(letters[kind, "en"]), letters[kind, "en"].text):
            assert re.search(r"\b(37|40) more;", said), kind
            assert len(re.findall(r"\d+\. Open collections", said)) == 19, kind


def test_plain_letters_are_neat(letters: Letters) -> None:
    for key, content in letters.items():
        lines = content.text.split("\n")
        assert "\n\n\n" not in content.text, key
        assert [line for line in lines if line != line.rstrip() and line != "-- "] == [], key
        assert lines.count("-- ") == 1, key
        assert content.text.partition("\n-- \n")[2].startswith("Polyforum\n"), key
        assert content.text.endswith("\n"), key
        assert "<" not in content.text.replace("<nobody>", ""), key


def test_all_greet_alike_and_say_why_they_came(letters: Letters) -> None:
    for (kind, language), content in letters.items():
        if language != "en":
            continue
        for said in (told(content), content.text):
            assert "You get this letter because " in said or "You get it because " in said, kind
            if not kind.startswith("reminders.message"):  # Organisers greet as they like.
                assert "Good day," in said, kind
                assert not re.search(r"\b(Hello|Dear|Hi) ", said.replace("Dear Ana", "").replace("Dear ,", "")), kind


def test_the_preview_is_of_facts(letters: Letters) -> None:
    page = markup.fromstring(letters["registration.confirm", "en"].html)
    (preview,) = page.xpath("//*[@class='preview']")
    assert preview.text_content().startswith("You, or someone with your address")
    assert preview.get("aria-hidden") == "true"


def test_neat_keeps_what_is_meant() -> None:
    assert styling.neat("\nA  \n\n\n\nB\n  C\n\n--\nPolyforum\n\n") == "A\n\nB\n  C\n\n-- \nPolyforum\n"
    assert styling.neat("A\n--\nB\n--\nfoot") == "A\n--\nB\n-- \nfoot\n"
    assert styling.neat("only") == "only\n"
