"""The demonstration's recording plays in a browser, with the policy that the site declares in force."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, LiveSite

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

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_recording_plays_with_its_subtitles(browser: Browser, live_site: LiveSite) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(live_site.url + "/ru/events/dialogue-needs/sessions/two-views-of-one-question/")
    tracks = page.evaluate(LOADED)
    # The page's language is the one that is shown without being asked for.
    assert {(language, default) for language, default, *_ in tracks} == {("en", False), ("ru", True)}
    assert all(cues > 3 and first for _, _, cues, first in tracks)
    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    video.evaluate("video => new Promise(done => { video.ontimeupdate = () => video.currentTime > 0.2 && done(); })")
    assert video.evaluate("video => [video.error, video.videoWidth > 0]") == [None, True]
    assert complaints == []
    context.close()
