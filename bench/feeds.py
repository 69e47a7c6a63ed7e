"""`python -m bench.feeds`: personal feeds, and the polls of ten thousand subscribers within a minute.

Every subscriber has an address of their own with ten sessions of a thousand on it, and asks with the ETag of the
answer before. Asked one after the other over one kept connection, of one worker; what counts is the worker's CPU.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bench.load import ask, header
from bench.server import POLYFORUM, ROOT, Server

SUBSCRIBERS = 10_000
SESSIONS = 1_000
AGENDA = 10

FILL = f"""
import sys
from datetime import UTC, date, datetime, timedelta
import sqlalchemy as sa
from app import create_app
from app.events.models import Event, EventKind, EventState
from app.extensions import db
from app.lib import clock
from app.lib.tokens import new_token
from app.registration.models import LASTING, AgendaItem, Purpose, Registration, RegistrationLink
from app.schedule.models import EventSession
with create_app().app_context():
    event = Event(slug="bench-feeds", title={{"en": "Bench"}}, zone="Europe/Berlin", kind=EventKind.CONFERENCE,
                  languages=["en"], state=EventState.PUBLISHED, starts_on=date(2027, 5, 3), ends_on=date(2027, 5, 6))
    begins = datetime(2027, 5, 3, 7, tzinfo=UTC)
    db.session.add(event)
    for n in range({SESSIONS}):
        at = begins + timedelta(days=n % 4, minutes=10 * (n // 20))
        db.session.add(EventSession(event=event, slug=f"s{{n}}", title={{"en": f"Session {{n}}: of libraries"}},
            abstract={{"en": "Some words about it. " * 20}}, languages=["en"], starts_at=at,
            ends_at=at + timedelta(minutes=10), join_url="https://meet.example.org/1"))
    db.session.flush()
    first = db.session.scalar(sa.select(sa.func.min(EventSession.id)).where(EventSession.event_id == event.id))
    said = dict(event_id=event.id, country="RO", language="en", zone="Europe/Bucharest", consented_at=clock.now(),
                state="confirmed", confirmed_at=clock.now())
    people = [dict(said, name=f"Person {{n}}", email=f"feeds{{n}}@example.org") for n in range({SUBSCRIBERS})]
    ids = list(db.session.scalars(sa.insert(Registration).returning(Registration.id), people))
    links = [dict(registration_id=i, purpose=purpose, token=new_token()) for i in ids for purpose in LASTING]
    db.session.execute(sa.insert(RegistrationLink), links)
    db.session.execute(sa.insert(AgendaItem), [
        dict(registration_id=i, session_id=first + (i * 7 + n * 97) % {SESSIONS})
        for i in ids for n in range({AGENDA})])
    db.session.commit()
    sys.stdout.write("\\n".join(link["token"] for link in links if link["purpose"] is Purpose.CALENDAR))
"""

CHANGE = """
from app import create_app
from app.extensions import db
from app.schedule.models import EventSession
with create_app().app_context():
    db.session.query(EventSession).filter_by(slug="s0").one().title = {"en": "Renamed"}
    db.session.commit()
"""


class Spent(NamedTuple):
    cpu: float
    """Seconds of the worker's."""
    wall: float


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-feeds-") as folder:
        environment = {
            "POLYFORUM_HOME": folder, "RATE_LIMITS": "off", "SECRET_KEY": "bench", "BASE_URL": "http://bench.test",
        }  # fmt: skip
        subprocess.run(
            [POLYFORUM, "migrate"], check=True, cwd=ROOT, env={**os.environ, **environment}, capture_output=True
        )
        paths = [f"/calendars/{token}.ics" for token in _python(FILL, environment).split()]
        with Server("bench.hello:app") as hello, Server("app:create_app()", environment) as polyforum:
            _single(polyforum, hello, paths[0])
            _polls(polyforum, hello, paths, lambda: _python(CHANGE, environment))


def _single(server: Server, hello: Server, path: str) -> None:
    base = ask(hello, "/")
    print(f"{'hello, world':<52}{base.cpu_ms:8.2f} CPU-ms {base.cpu_ms / base.cpu_ms:6.1f}x {base.per_second:7.0f}/s")
    for query, name in (("", f"{AGENDA} sessions"), ("?show=all", f"all {SESSIONS} sessions")):
        tag = {"If-None-Match": header(server, path + query, "ETag")}
        for cost, kind in (
            (ask(server, path + query), "again"), (ask(server, path + query, status=304, headers=tag), "304 by ETag"),
        ):  # fmt: skip
            title, times = f"personal feed, {name}, {kind}", cost.cpu_ms / base.cpu_ms
            print(f"{title:<52}{cost.cpu_ms:8.2f} CPU-ms {times:6.1f}x {cost.per_second:7.0f}/s")


def _polls(server: Server, hello: Server, paths: list[str], change: Callable[[], object]) -> None:
    print(f"\nThe polls of {len(paths):,} subscribers")
    tags: list[str] = []
    _say("hello, world as often", _poll(hello, (("/", "") for _ in paths), 200, []))
    _say("for the first time, each is rendered", _poll(server, ((path, "") for path in paths), 200, tags))
    _say("when nothing has changed, each is a 304", _poll(server, zip(paths, tags, strict=True), 304, []))
    change()
    some = list(zip(paths, tags, strict=True))[: len(paths) // 10]
    _say(f"{len(some):,} of them after a change of one session", _poll(server, some, 200, []))


def _poll(server: Server, asked: Iterable[tuple[str, str]], status: int, tags: list[str]) -> Spent:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    cpu, start = server.cpu_seconds(), time.perf_counter()
    for path, tag in asked:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **({"If-None-Match": tag} if tag else {})})
        response = connection.getresponse()
        response.read()
        if response.status != status:
            raise RuntimeError(f"{path} answered {response.status}, not {status}")
        tags.append(response.headers.get("ETag", ""))
    spent = Spent(server.cpu_seconds() - cpu, time.perf_counter() - start)
    connection.close()
    return spent


def _say(name: str, spent: Spent) -> None:
    share = f"{spent.cpu / 60:6.1%} of a processor's minute"
    print(f"{name:<52}{spent.cpu:8.1f} CPU-s {share}, {spent.wall:5.1f} s one after the other")


def _python(program: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=ROOT, env={**os.environ, **environment},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    main()
