"""The page of a session at hand counts down to the handover, whatever the clock of the device says."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from app.events.models import Event
from app.extensions import db
from app.languages.models import Linguist, LinkPurpose, Rota, Turn
from app.lib import clock
from tests.browser.conftest import PHONE, LiveSite
from tests.factories import make_event, make_linguist, make_session, make_track, save

pytestmark = pytest.mark.browser

THREE_HOURS_WRONG = "const real = Date.now; Date.now = () => real.call(Date) + 3 * 3600 * 1000"
CASES = """async (address) => {
  const { next, face } = await import(address);
  const turns = [
    { starts: 0, ends: 10, mine: true, name: "Ana" }, { starts: 10, ends: 20, mine: true, name: "Ana" },
    { starts: 20, ends: 30, mine: false, name: "Maria" }, { starts: 40, ends: 50, mine: true, name: "Ana" },
  ];
  return [[-5, 3, 25, 45, 50].map((moment) => next(turns, moment)), [0, 59, 252, 3852].map(face)];
}"""


def make(site: LiveSite) -> str:
    """A session that two interpret in turns; the page of the one whose turn it is."""
    with site.inside():
        begin = clock.now() - timedelta(minutes=5)
        event = make_event(slug="interpreted", starts_on=begin.date(), ends_on=begin.date())
        track = make_track(make_session(event, slug="talk", starts_at=begin))
        ana, maria = make_linguist(event, name="Ana"), make_linguist(event, name="Maria")
        for number, (speaks, beside) in enumerate([(ana, maria), (maria, ana)]):
            save(Turn(track=track, linguist=speaks, partner=beside, starts_at=begin + number * timedelta(minutes=25),
                      ends_at=begin + (number + 1) * timedelta(minutes=25)))  # fmt: skip
        save(Rota(event=event, told_at=begin))
        return f"/en/language-team/{ana.token(LinkPurpose.PAGE)}/sessions/talk/"


def swap(site: LiveSite) -> None:
    with site.inside():
        of_event = db.session.query(Turn).join(Turn.linguist).join(Linguist.event).filter(Event.slug == "interpreted")
        for turn in of_event.all():
            turn.linguist, turn.partner = turn.partner, turn.linguist
        db.session.commit()


def test_the_countdown_keeps_the_server_s_time_and_follows_the_rota(browser: Browser, live_site: LiveSite) -> None:
    path = make(live_site)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script(THREE_HOURS_WRONG)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(live_site.url + path)
    shown, heard = page.get_by_role("timer"), page.locator("p[role=status]")
    expect(shown).to_have_text(re.compile(r"^Hand over to Maria in (19:[0-5]\d|20:00)$"))
    expect(heard).to_have_text(re.compile(r"^Hand over to Maria in "))
    first = shown.inner_text()
    expect(shown).not_to_have_text(first)

    # The rota is changed meanwhile; whoever comes back to the page sees it.
    swap(live_site)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shown).to_have_text(re.compile(r"^Your turn in 1\d:[0-5]\d$"))
    expect(heard).to_have_text(re.compile(r"^Your turn in "))

    address = page.locator("script[type=module]").get_attribute("src")
    found, faces = page.evaluate(CASES, address)
    assert found == [
        {"key": "turn", "until": 0}, {"key": "handover", "until": 20, "name": "Maria"}, {"key": "turn", "until": 40},
        {"key": "end", "until": 50}, {"key": "over"},
    ]  # fmt: skip
    assert faces == ["00:00", "00:59", "04:12", "1:04:12"]
    assert complaints == []
    context.close()
