"""Two people caption a session: they type, correct, hand over, lose the line. Nothing is lost, and nothing is twice."""

import re
import urllib.request
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.languages.models import LinkPurpose
from app.lib import clock
from tests.browser.conftest import DESKTOP, LiveSite
from tests.factories import make_event, make_linguist, make_session, make_speaker, make_stream

pytestmark = pytest.mark.browser


def make(site: LiveSite) -> list[str]:
    """A session that is on; the desks of two captioners."""
    with site.inside():
        day = clock.now().date()
        event = make_event(slug="captioned", title={"en": "Captioned"}, starts_on=day, ends_on=day)
        session = make_session(event, slug="talk", starts_at=clock.now() - timedelta(minutes=5))
        make_speaker(event, session, name={"en": "Dr Chandra"})
        stream = make_stream(session)
        people = [make_linguist(event, name=name) for name in ("Ana", "Boris")]
        return [f"/en/language-team/{who.token(LinkPurpose.PAGE)}/captions/{stream.id}/" for who in people]


def test_two_captioners_lose_nothing_and_say_nothing_twice(browser: Browser, live_site: LiveSite) -> None:
    ana, boris = (opened(browser, live_site.url + path) for path in make(live_site))

    type_line(ana, "Good mourning.")
    expect(ana.locator("#desk-latency")).to_have_text(re.compile(r"^[\d.]+ s to viewers$"))
    expect(lines(boris)).to_have_count(1)
    type_line(boris, "Me too!")
    expect(boris.locator("#desk-says")).to_have_text("You are not on air. What you typed stays in the field.")
    boris.locator("#text").fill("")

    boris.keyboard.press("ArrowUp")
    boris.keyboard.press("Control+A")
    boris.keyboard.type("Good morning.")
    boris.keyboard.press("Enter")
    expect(lines(ana).first).to_have_value("Good morning.")
    expect(ana.locator("#lines")).to_contain_text("corrected by Boris")

    ana.locator("#abbreviations").evaluate("area => area.value = 'wf World Federation'")
    ana.locator("#text").press("Control+1")
    ana.keyboard.type("Thanks, wf. And")
    expect(lines(boris).last).to_have_value("Dr Chandra: Thanks, World Federation. And")  # While it is typed.
    ana.keyboard.type(" welcome.")
    ana.keyboard.press("Enter")

    # The site has the first of these, but its answer is lost; of the others it hears after the page was loaded anew.
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost and "Line one." in (route.request.post_data or ""):
            lost.append(str(route.fetch().status))
        route.abort()

    expect(ana.locator("#desk-waiting")).to_have_text("All sent")
    ana.route("**/lines/**", lose)
    type_line(ana, "Line one.")
    expect(ana.locator("#desk-fault")).to_contain_text("everything is kept here")
    type_line(ana, "Line two.")
    type_line(ana, "Line thre")
    ana.keyboard.press("F2")
    ana.keyboard.press("End")
    ana.keyboard.type("e.")
    ana.keyboard.press("Enter")
    ana.keyboard.type("Half a li")
    assert lost == ["200"]
    expect(ana.locator("#desk-waiting")).to_have_text("4 waiting for the line")
    ana.reload()
    expect(lines(ana).last).to_have_value("Line three.")
    expect(ana.locator("#text")).to_have_value("Half a li")
    ana.unroute("**/lines/**")
    expect(ana.locator("#desk-waiting")).to_have_text("All sent")
    type_line(ana, "ne.")

    ana.keyboard.press("F9")
    expect(boris.locator("#desk-panel")).to_contain_text("Ana hands over to you.")
    boris.keyboard.press("F9")
    expect(ana.locator("#desk-panel")).to_contain_text("Boris is on air.")
    type_line(boris, "A slip.")
    boris.keyboard.press("F8")
    type_line(boris, "Thank you.")
    expect(boris.locator("#desk-waiting")).to_have_text("All sent")

    expected = [
        "Good morning.", "Dr Chandra: Thanks, World Federation. And welcome.", "Line one.", "Line two.", "Line three.",
        "Half a line.", "Thank you.",
    ]  # fmt: skip
    for page in (ana, boris):
        expect(page.locator("#lines li[data-state=final] textarea")).to_have_count(len(expected))
        assert [line.input_value() for line in page.locator("#lines li[data-state=final] textarea").all()] == expected
    with urllib.request.urlopen(f"{live_site.url}/events/captioned/sessions/talk/captions/en.vtt") as answer:
        cues = answer.read().decode().strip().split("\n\n")[1:]
    assert [cue.split("\n")[-1] for cue in cues] == expected
    for page in (ana, boris):
        page.context.close()


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()  # type: ignore[arg-type]
    page.goto(address)
    return page


def type_line(page: Page, text: str) -> None:
    page.locator("#text").press("End")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def lines(page: Page):
    return page.locator("#lines textarea")
