"""The subtitle workbench in two browsers at once: what both see in the end is what the database has."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from app.extensions import db
from app.languages import glossary
from app.languages.formats import checks, profiles
from app.languages.formats.webvtt import Cue
from app.languages.models import LinkPurpose, SubtitleDraft
from app.languages.workbench import beginning, contents
from tests.browser.conftest import DESKTOP, PHONE, LiveSite
from tests.factories import make_event, make_linguist, make_session

pytestmark = pytest.mark.browser

SPOKEN = b"WEBVTT\n\nNOTE Of the demonstration\n\n" + b"".join(
    b"00:%02d.000 --> 00:%02d.500\nLine %d of what the library said\n\n" % (2 * n, 2 * n + 1, n) for n in range(12)
)
SHOWN = """async () => {
  const { readTime } = await import("/static/workbench-text.js");
  return [...document.querySelectorAll("#cues > li:not(.block)")].map((row) => [
    ...row.querySelector(".cue-times").textContent.split(" – ").map(readTime),
    row.querySelector(".cue-text").textContent,
  ]);
}"""
SAME_CHECKS = """async ([rules, cues]) => {
  const { Checks } = await import("/static/workbench-checks.js");
  const found = new Checks(rules).check(cues);
  return found.flatMap((each, at) => each.map(({ kind, figure = 0, limit = 0 }) => [at, kind, figure, limit]));
}"""
CUES = [
    Cue(0, 2000, "ADA: Good <i>morning</i> &amp; welcome"),
    Cue(1900, 2300, "- Кто там? 👩‍👩‍👧‍👦👩‍👩‍👧‍👦 " * 4),
    Cue(2340, 12_000, "أهلاً وسهلاً بكم في المكتبة\nنعم"),
    Cue(12_500, 12_400, ""),
    Cue(11_000, 13_000, "नमस्ते दुनिया, यह एक लंबी पंक्ति है जो सीमा से आगे जाती है\none\ntwo"),
    Cue(15_000, 15_700, "<v Ben>Quick words that nobody can read in so short a time"),
    Cue(15_700, 18_000, "<ruby>漢<rt>kan</rt></ruby>字です\u200f"),
]


def cues_of(site: LiveSite, language: str) -> list[list[Any]]:
    """What the database has."""
    with site.inside():
        ours = sa.select(SubtitleDraft).where(
            SubtitleDraft.language == language, SubtitleDraft.session.has(slug="talk")
        )
        draft = db.session.scalars(ours).one()
        return [[cue.start_ms, cue.end_ms, cue.text] for cue in contents.document(draft).cues]


@pytest.fixture(scope="module")
def paths(live_site: LiveSite) -> list[str]:
    """The workbenches of two people: of what was said, and of its translation."""
    with live_site.inside():
        event = make_event(slug="bench", languages=["en", "ar"])
        session = make_session(event, slug="talk", recording_url="/static/demo/two-views.webm")
        people = [make_linguist(event, "en:A ar:A", name=name) for name in ("Ana", "Ben")]
        draft = beginning.from_file(session, "en", SPOKEN, "Ana")
        translated = beginning.translation(draft, "ar", "Ana")
        glossary.add(event, {"en": "library", "ar": "المكتبة"}, "the house")
        db.session.commit()
        return [
            f"/en/language-team/{who.token(LinkPurpose.PAGE)}/subtitles/{each.id}/"
            for each in (draft, translated) for who in people
        ]  # fmt: skip


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """Of two people, with the site's own policy in force; no script may fail."""
    contexts = [browser.new_context(viewport=DESKTOP, locale="en-GB") for _ in range(2)]  # type: ignore[arg-type]
    made = [context.new_page() for context in contexts]
    faults: list[str] = []
    for page in made:
        page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield made
    for context in contexts:
        context.close()
    assert faults == []


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".bench.ready")).to_be_attached()
    return page


def row(page: Page, number: int) -> Locator:
    return page.locator("#cues > li:not(.block)").nth(number - 1)


def write(page: Page, number: int, text: str) -> None:
    row(page, number).locator(".cue-times, .cue-head").first.click()
    page.get_by_label("Text of the cue").fill(text)


def saved(page: Page) -> None:
    expect(page.locator("#state")).to_have_text("Saved")


def test_two_people_edit_at_once_and_nothing_is_lost(live_site: LiveSite, paths: list[str], pages: list[Page]) -> None:
    ana, ben = (opened(page, live_site.url + path) for page, path in zip(pages, paths, strict=False))
    row(ben, 2).click()
    ben.keyboard.press("End")
    ben.keyboard.type(", and more")
    write(ana, 1, "<b>Bold</b> & 1 < 2")
    expect(row(ben, 1).locator(".cue-text")).to_have_text("<b>Bold</b> & 1 < 2")
    expect(ben.locator("#people")).to_have_text("Also here: Ana (cue 1)")
    ben.keyboard.type("!")
    expect(ben.get_by_label("Text of the cue")).to_have_value("Line 1 of what the library said, and more!")

    ben.context.set_offline(True)
    write(ben, 3, "Ben says three")
    write(ben, 4, "Ben says four")
    expect(ben.locator("#state")).to_contain_text("Offline")
    write(ana, 3, "Ana says three")
    saved(ana)
    ben.context.set_offline(False)
    conflict = row(ben, 3).locator(".cue-conflict")
    expect(conflict).to_contain_text("Ana changed this cue at the same time")
    expect(row(ana, 4).locator(".cue-text")).to_have_text("Ben says four")
    conflict.get_by_role("button", name="Keep both").click()
    saved(ben)
    expect(ana.get_by_label("Text of the cue")).to_have_value("Ana says three\nBen says three")

    write(ana, 5, "One half and the other half")
    ana.get_by_label("Text of the cue").evaluate("field => field.setSelectionRange(8, 8)")
    ana.keyboard.press("Alt+Enter")
    expect(row(ana, 6).locator(".cue-text")).to_have_text("and the other half")
    row(ana, 7).click()
    ana.keyboard.press("Alt+j")
    ana.keyboard.press("Control+Enter")
    ana.keyboard.press("Alt+Delete")
    ana.keyboard.press("Control+z")
    ana.get_by_label("Start", exact=True).fill("0:16,25")
    ana.keyboard.press("Enter")
    ana.keyboard.press("Alt+t")
    ana.get_by_label("By how much").fill("+1.5")
    ana.keyboard.press("Enter")
    ana.get_by_role("button", name="Stretch times").click()
    ana.get_by_label("should start at").first.fill("0:00")
    ana.get_by_label("should start at").last.fill("0:47")
    ana.keyboard.press("Enter")
    expect(row(ana, 12).locator(".cue-times")).to_contain_text("0:47.000 – ")
    saved(ana)
    expect(row(ben, 12).locator(".cue-times")).to_contain_text("0:47.000 – ")
    write(ben, 12, "A line that is much longer than any viewer would like to have to read at once")
    expect(row(ben, 12).locator(".cue-findings")).to_contain_text("A line of 77 characters; at most 42.")
    saved(ben)
    expect(row(ana, 12).locator(".cue-text")).to_contain_text("A line that is much longer")

    kept = cues_of(live_site, "en")
    assert [text for _, _, text in kept[:7]] == [
        "<b>Bold</b> &amp; 1 &lt; 2", "Line 1 of what the library said, and more!", "Ana says three\nBen says three",
        "Ben says four", "One half", "and the other half",
        "Line 5 of what the library said\nLine 6 of what the library said",
    ]  # fmt: skip
    kept[0][2] = "<b>Bold</b> & 1 < 2"
    assert ana.evaluate(SHOWN) == ben.evaluate(SHOWN) == kept


def test_a_translation_stands_beside_its_original(live_site: LiveSite, paths: list[str], pages: list[Page]) -> None:
    page = opened(pages[0], live_site.url + paths[2])
    expect(row(page, 9).locator(".cue-source mark")).to_have_text("library")
    expect(row(page, 9).locator(".cue-terms")).to_have_text("library → المكتبة (the house)")
    write(page, 9, "قالت المكتبة <img src=x>")
    saved(page)
    assert page.get_by_label("Text of the cue").evaluate("field => getComputedStyle(field).direction") == "rtl"
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#said")).to_contain_text("The times follow the original")
    # What stood in the browser only, of a page that was closed without a network, is sent by the next one.
    page.context.set_offline(True)
    write(page, 10, "بلا شبكة")
    expect(page.locator("#state")).to_contain_text("Offline")
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    opened(again, live_site.url + paths[2])
    expect(row(again, 10).locator(".cue-text")).to_have_text("بلا شبكة")
    saved(again)
    kept = [text for _, _, text in cues_of(live_site, "ar")]
    assert kept[8:10] == ["قالت المكتبة &lt;img src=x>", "بلا شبكة"]


def test_the_page_warns_as_the_command_does(
    app: Flask, live_site: LiveSite, paths: list[str], pages: list[Page]
) -> None:
    page = opened(pages[0], live_site.url + paths[0])
    cues = [{"start": cue.start_ms, "end": cue.end_ms, "text": cue.text} for cue in CUES]
    for profile in profiles.PROFILES:
        for language in ("en", "ar", "hi", "ja", "ru"):
            limits = profiles.limits(profile, language)
            said = page.evaluate(SAME_CHECKS, [checks.for_script(limits, language), cues])
            found = checks.check(CUES, limits, language)
            assert [tuple(each) for each in said] == [(f.at, f.kind.value, f.figure, f.limit) for f in found], profile


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESKTOP), ("dark", PHONE)])
def test_axe_finds_nothing(browser: Browser, live_site: LiveSite, paths: list[str], scheme: Any, viewport: Any) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)
    page = opened(context.new_page(), live_site.url + paths[2])
    page.keyboard.press("F1")
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    page.keyboard.press("Escape")
    found += [
        f"{violation['id']} {violation['nodes'][0]['html'][:150]}"
        for violation in Axe().run(page).response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert (found, width) == ([], 0)
