"""The demonstration's recording plays in a browser, with the policy that the site declares in force."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import DESKTOP, PHONE, LiveSite

LOADED = """async () => {
  const loaded = [];
  for (const element of document.querySelectorAll("video track")) {
    element.track.mode = "showing";
    if (element.readyState < 2) await new Promise(done => { element.onload = element.onerror = done; });
    const cues = [...element.track.cues];
    loaded.push([element.srclang, element.default, cues.length, cues[0].getCueAsHTML().textContent]);
  }
  return loaded;
}"""

pytestmark = pytest.mark.browser


def test_the_recording_plays_with_its_subtitles(browser: Browser, live_site: LiveSite) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(live_site.url + "/ru/events/dialogue-needs/sessions/two-views-of-one-question/")
    tracks = page.evaluate(LOADED)
    # The page's language is the one that is shown without being asked for.
    assert {(language, default) for language, default, *_ in tracks} == {("ar", False), ("en", False), ("ru", True)}
    assert all(cues > 3 and first for _, _, cues, first in tracks)
    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    video.evaluate("video => new Promise(done => { video.ontimeupdate = () => video.currentTime > 0.2 && done(); })")
    assert video.evaluate("video => [video.error, video.videoWidth > 0]") == [None, True]
    assert complaints == []
    context.close()


def test_the_transcript_keeps_step_with_the_video(browser: Browser, live_site: LiveSite) -> None:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(live_site.url + "/en/events/dialogue-needs/sessions/two-views-of-one-question/recording/?t=22")
    heard, video = page.locator("#transcript [aria-current]"), page.locator("video")
    expect(heard).to_contain_text("In Vologda")
    video.evaluate("video => { video.muted = true; }")

    # What is chosen is heard, and the address says so.
    page.get_by_text("They did not ask for books first.").click()
    expect(heard).to_contain_text("When the doors closed")
    page.wait_for_url("**/recording/?t=5")
    assert video.evaluate("video => Math.floor(video.currentTime)") >= 5

    # What is heard is marked.
    video.evaluate("video => { video.currentTime = 15.6; }")
    expect(heard).to_contain_text("So we opened a telephone line")
    page.wait_for_url("**/recording/?t=15")
    video.evaluate("video => video.pause()")

    # A search leaves the video where it is.
    page.get_by_role("searchbox").fill("neighbour")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#transcript mark")).to_have_text("neighbours")
    assert video.evaluate("video => video.currentTime") > 15
    assert "q=neighbour" in page.url

    page.get_by_role("link", name="العربية").click()
    expect(page.locator("#transcript")).to_have_attribute("dir", "rtl")
    expect(heard).to_contain_text("خطا هاتفيا")
    assert complaints == []
    context.close()
