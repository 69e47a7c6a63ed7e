"""`python -m bench.captions`: caption streams held by one web process, beside a bare gevent loop in the same run."""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

from bench.load import ask, header
from bench.server import ROOT, Server

VIEWERS = (1000, 5000, 10000)
CUES = 20
"""Said at one a second."""
WORDS = "and so the library became the place where people of all these languages met and could follow one another "
MAKE = """
from datetime import timedelta
from app import create_app
from app.events.models import Event, EventState
from app.extensions import db
from app.languages.captions import keys, streams
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.schedule.models import EventSession
with create_app().app_context():
    db.create_all()
    now = clock.now()
    event = Event(slug="bench", title={"en": "Bench"}, zone="UTC", languages=["en"], contact_email="a@example.org",
                  state=EventState.PUBLISHED, starts_on=now.date(), ends_on=now.date())
    session = EventSession(event=event, slug="live", title={"en": "Live"}, starts_at=now,
                           ends_at=now + timedelta(hours=2))
    track = LanguageTrack(session=session, language="en", kind=TrackKind.CAPTIONS)
    db.session.add(track)
    db.session.flush()
    key = keys.make(streams.of(track))
    db.session.commit()
    print(key.token)
"""


@dataclass(frozen=True)
class Seen:
    delays: list[float]
    """Seconds, sorted."""
    lost: int
    server_cpu: float
    client_cpu: float
    kilobytes: float
    """Memory of the server for each viewer, without what the kernel keeps for a connection."""

    def percentile(self, share: int) -> float:
        return self.delays[min(len(self.delays) - 1, len(self.delays) * share // 100)]


def captions() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {
            "POLYFORUM_HOME": folder, "RATE_LIMITS": "off", "SECRET_KEY": "bench", "BASE_URL": "http://bench.test",
            "REDIS_URL": "",
        }  # fmt: skip
        made = subprocess.run(
            [sys.executable, "-c", MAKE], check=True, cwd=ROOT, env={**os.environ, **environment}, capture_output=True
        )
        token = made.stdout.decode().split()[-1]
        for count in VIEWERS:
            with Server("bench.bare_streams:app", options=("--worker-connections", "20000")) as bare:
                report(f"bare gevent loop, {count:,} viewers", watched(bare, "/stream", "/", count))
            with Server("app:create_app()", environment) as polyforum:
                stream = "/events/bench/sessions/live/captions/en/stream?after=1000000"
                report(f"Polyforum, {count:,} viewers", watched(polyforum, stream, f"/captions/{token}?v=1", count))
        with Server("bench.hello:app") as hello, Server("app:create_app()", environment) as polyforum:
            polled(hello, polyforum)


def watched(server: Server, stream: str, say: str, count: int) -> Seen:
    before = memory(server)
    viewers = subprocess.Popen(
        [sys.executable, "-m", "bench.viewers", str(server.port), stream, str(count), str(CUES)],
        cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert viewers.stdout is not None
    if viewers.stdout.readline() != b"ready\n":
        raise RuntimeError("the viewers did not get in")
    each = (memory(server) - before) / count / 1024
    cpu = server.cpu_seconds()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    start = time.monotonic()
    first = int(time.time())
    for number in range(CUES):
        time.sleep(max(0.0, start + number + 1 - time.monotonic()))
        text = f"said={time.time():.6f} {WORDS}"
        connection.request("POST", f"{say}&seq={first + number}" if "?" in say else say, text.encode(),
                           {"Content-Type": "text/plain"})  # fmt: skip
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    said = json.loads(viewers.stdout.readline())
    viewers.wait()
    delays = sorted(said["delays"])
    return Seen(delays, count * CUES - len(delays), server.cpu_seconds() - cpu, said["cpu"], each)


def memory(server: Server) -> int:
    """Bytes that the worker alone uses."""
    return sum(worker.memory_full_info().uss for worker in psutil.Process(server.process.pid).children())


def report(name: str, seen: Seen) -> None:
    p50, p95, p99 = (seen.percentile(share) * 1000 for share in (50, 95, 99))
    print(
        f"{name:34} p50 {p50:5.0f}  p95 {p95:5.0f}  p99 {p99:5.0f} ms; {seen.kilobytes:5.1f} KB a viewer; "
        f"{seen.server_cpu / CUES * 1000:5.0f} CPU-ms a cue (the viewers' own {seen.client_cpu / CUES * 1000:.0f}); "
        f"lost {seen.lost}",
        flush=True,
    )


def polled(hello: Server, server: Server) -> None:
    """The growing file, asked for by a client that has it, by one that has not, and after each new caption."""
    path = "/events/bench/sessions/live/captions/en.vtt"
    base = ask(hello, "/")
    tag = header(server, path, "ETag")
    for name, cost in (
        ("hello, world", base),
        ("growing WebVTT, 200", ask(server, path)),
        ("growing WebVTT, 304", ask(server, path, status=304, headers={"If-None-Match": tag})),
    ):
        print(f"{name:34} {cost.per_second:6.0f} a second, {cost.cpu_ms:.2f} CPU-ms, {cost.cpu_ms / base.cpu_ms:.1f}x")


if __name__ == "__main__":
    captions()
