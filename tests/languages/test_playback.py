"""The recording in a real browser, with our Content-Security-Policy in force."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.extensions import db
from app.languages import subtitles
from app.languages.models import SubtitleFile
from app.schedule.models import EventSession
from tests.factories import make_event, make_session

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CUES = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Ada>{}</v>\n\n00:00:01.000 --> 00:00:02.000\nTwo &amp; two\n"
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


@pytest.fixture
def session(app: Flask) -> EventSession:
    session = make_session(make_event(), recording_url="/static/demo/two-views.webm")
    for language, hello in (("en", "Hello"), ("ru", "Добрый день")):
        subtitles.keep(session, language, CUES.format(hello).encode(), f"{language}.vtt")
    db.session.commit()
    return session


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_browser_loads_every_track_and_plays(address: str, session: EventSession) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    assert db.session.query(SubtitleFile).count() == 2
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        answer = page.goto(f"{address}/ru/events/{session.event.slug}/sessions/{session.slug}/")
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert page.evaluate(LOADED) == [["en", False, 2, "Hello"], ["ru", True, 2, "Добрый день"]]
        video = page.locator("video")
        video.evaluate("video => { video.muted = true; return video.play(); }")
        assert video.evaluate("video => video.error") is None
        assert [said for said in complaints if "Content Security Policy" in said] == []
        browser.close()
