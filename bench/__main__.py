"""`make bench`: every figure in one run, each beside "hello, world" under the same server on the same machine."""

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from aiosmtpd.controller import Controller

from bench.captions import captions
from bench.feeds import main as feeds
from bench.house import house
from bench.letters import letters as sent_letters
from bench.load import Cost, ask, header
from bench.registrations import main as organisers
from bench.rush import register, rush
from bench.server import POLYFORUM, ROOT, Server, free_port
from bench.subtitles import main as subtitles

SHARED = ROOT.parent / "shared/data/schedules"
PEOPLE = 300
LETTERS = 500


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {
            "POLYFORUM_HOME": folder, "RATE_LIMITS": "off", "SECRET_KEY": "bench", "BASE_URL": "http://bench.test",
        }  # fmt: skip
        print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}; median of 3 rounds; one gevent worker\n")
        fill(environment)
        with Server("bench.hello:app") as hello, Server("app:create_app()", environment) as polyforum:
            for slug, name in (("bench-150", "150 sessions"), ("bench-1000", "1,000 sessions")):
                pages(polyforum, hello, Path(folder), slug, name)
            registrations(polyforum, baseline(hello))
            print("\nPeak memory of the web worker: " + ", ".join(f"{m:.0f} MB" for m in polyforum.peak_megabytes()))
        letters(environment)
    print("\nLetters: reminders written, rendered and delivered; due ones found among many")
    sent_letters()
    print()
    rush()
    print("\nPersonal feeds")
    feeds()
    print("\nOrganisers' pages, and export, of many registrations")
    organisers()
    print()
    subtitles()
    print("\nLive captions: cues at one a second, from the POST to each viewer")
    captions()
    print()
    house()


def fill(environment: dict[str, str]) -> None:
    """A programme of 150 sessions and one of 1,000: real ones where they lie beside the project."""
    run(environment, "migrate")
    real = SHARED / "frab-xml/fosdem-2025.xml"
    made = Path(environment["POLYFORUM_HOME"]) / "made.xml"
    for slug, sessions in (("bench-150", 150), ("bench-1000", 1000)):
        file = real if sessions == 1000 and real.is_file() else made
        if file is made:
            made.write_text(programme(sessions))
        start, usage = time.perf_counter(), os.times()
        run(environment, "import", "schedule", str(file), "--event", slug, "--zone", "Europe/Brussels", "--publish")
        after = os.times()
        cpu = after.children_user - usage.children_user + after.children_system - usage.children_system
        print(f"import of {file.name} as {slug}: {time.perf_counter() - start:.1f} s, {cpu:.1f} CPU-s")
    print()


def programme(sessions: int) -> str:
    """A frab XML schedule over four days and five rooms."""
    days: dict[int, dict[int, list[str]]] = {}
    for n in range(sessions):
        slot, room = divmod(n, 5)
        a_day = -(-sessions // 20)
        day, slot = divmod(slot, a_day)
        minutes = 9 * 60 + slot * (840 // a_day)
        days.setdefault(day, {}).setdefault(room, []).append(
            f'<event id="{n + 1}" guid="00000000-0000-4000-8000-{n:012d}">'
            f"<date>2027-05-{day + 3:02d}T{minutes // 60:02d}:{minutes % 60:02d}:00+02:00</date>"
            f"<start>{minutes // 60:02d}:{minutes % 60:02d}</start><duration>00:10</duration>"
            f"<room>Stage {room + 1}</room><title>Session {n + 1}: what a library can do</title>"
            f"<track>Theme {n % 5 + 1}</track><type>talk</type>"
            f"<language>en</language><abstract>{'Some words about it. ' * 20}</abstract>"
            f'<persons><person id="{n % 120 + 1}">Person {n % 120 + 1}</person></persons></event>'
        )
    body = "".join(
        f'<day index="{day + 1}" date="2027-05-{day + 3:02d}">'
        + "".join(f'<room name="Stage {room + 1}">{"".join(events)}</room>' for room, events in sorted(rooms.items()))
        + "</day>"
        for day, rooms in sorted(days.items())
    )
    return (
        "<schedule><version>1</version><conference><acronym>bench</acronym><title>Bench</title><start>2027-05-03</start>"
        f"<end>2027-05-06</end><days>4</days><time_zone_name>Europe/Berlin</time_zone_name></conference>{body}</schedule>"
    )


def baseline(hello: Server) -> Cost:
    """Measured again before each group, since other work on the machine makes everything dearer."""
    base = ask(hello, "/")
    line("hello, world", base, base)
    return base


def pages(server: Server, hello: Server, home: Path, slug: str, name: str) -> None:
    with changes(home, slug) as change:
        for path, title in (
            (f"/en/events/{slug}/schedule/", "schedule, a day"),
            (f"/events/{slug}/calendar.ics", "event feed"),
            (f"/en/events/{slug}/speakers/", "speakers"),
        ):
            base = baseline(hello)
            line(f"{title}, {name}", ask(server, path), base)
            tag = header(server, path, "ETag")
            line(f"{title}, {name}, 304 by ETag", ask(server, path, status=304, headers={"If-None-Match": tag}), base)
            if "feed" in title:
                since = {"If-Modified-Since": header(server, path, "Last-Modified")}
                line(f"{title}, {name}, 304 by date", ask(server, path, status=304, headers=since), base)
            line(f"{title}, {name}, first after a change", ask(server, path, times=40, before_each=change), base)
            if "speakers" not in title:
                all_of_it = partial(change, every_session=True)
                line(f"{title}, {name}, all changed", ask(server, path, times=10, before_each=all_of_it), base)


@contextmanager
def changes(home: Path, slug: str) -> Iterator[Any]:
    """Calling what it gives changes one session, or all of them, and makes a new revision of the event as any edit."""
    import sqlite3

    connection = sqlite3.connect(home / "polyforum.db", isolation_level=None)

    def change(every_session: bool = False) -> None:
        connection.execute("UPDATE event SET revision = revision + 1 WHERE slug = ?", (slug,))
        sessions = "SELECT id FROM event_session WHERE event_id = (SELECT id FROM event WHERE slug = ?)"
        limit = "" if every_session else " ORDER BY starts_at LIMIT 1"
        connection.execute(
            f"UPDATE event_session SET sequence = sequence + 1 WHERE id IN ({sessions}{limit})",  # noqa: S608 - our own words
            (slug,),
        )

    yield change
    connection.close()


def registrations(server: Server, base: Cost) -> None:
    """One after the other, at one worker; how many a second two workers take is `bench.rush`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    cpu, start = server.cpu_seconds(), time.perf_counter()
    for number in range(PEOPLE):
        register(connection, "/en/events/bench-150/register/", f"person{number}@example.org")
    seconds = time.perf_counter() - start
    cpu_ms = (server.cpu_seconds() - cpu) / PEOPLE * 1000
    line("one registration: form, post, commit", Cost(cpu_ms, PEOPLE / seconds, 0), base)


def letters(environment: dict[str, str]) -> None:
    """Queued letters swept into an SMTP server on this machine, which only counts."""

    class Counter:
        received = 0

        async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
            self.received += 1
            return "250 OK"

    counter = Counter()
    controller = Controller(counter, hostname="127.0.0.1", port=free_port())
    controller.start()
    queue = (
        "from app import create_app; from app.extensions import db\n"
        "from app.registration.letters import tell_standing\n"
        "from app.registration.models import Registration; import sqlalchemy as sa\n"
        "with create_app().app_context():\n"
        "    people = db.session.scalars(sa.select(Registration)).all()\n"
        f"    for n in range({LETTERS}):\n"
        "        tell_standing(people[n % len(people)])\n"
        "    db.session.commit()\n"
    )
    subprocess.run([sys.executable, "-c", queue], check=True, cwd=ROOT, env={**os.environ, **environment})
    mail = {**environment, "MAIL_URL": f"smtp://127.0.0.1:{controller.port}?tls=none"}
    peak: list[float] = []
    start = time.perf_counter()
    process = subprocess.Popen(
        [POLYFORUM, "mail", "sweep"], env={**os.environ, **mail}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    process.wait()
    seconds = time.perf_counter() - start
    watcher.join()
    controller.stop()
    print(
        f"\n{counter.received} letters swept into a local SMTP server in {seconds:.1f} s: "
        f"{counter.received / seconds:.0f} a second, start of the command included; peak {max(peak):.0f} MB"
    )


def _watch(process: "subprocess.Popen[bytes]", peak: list[float]) -> None:
    while process.poll() is None:
        try:
            peak.append(psutil.Process(process.pid).memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def run(environment: dict[str, str], *words: str) -> None:
    subprocess.run(
        [POLYFORUM, *words],
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def line(name: str, cost: Cost, base: Cost) -> None:
    size = f"{cost.size / 1024:6.1f} KB" if cost.size else " " * 9
    print(f"{name:<52}{cost.cpu_ms:8.2f} CPU-ms {cost.cpu_ms / base.cpu_ms:6.1f}x {cost.per_second:7.0f}/s {size}")


if __name__ == "__main__":
    main()
