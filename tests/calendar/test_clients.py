"""Feeds in the calendar programs of other people, over HTTP from a real server."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import vobject
from flask import Flask
from werkzeug.serving import make_server

from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.schedule.models import EventSession
from tests.factories import make_event, make_session

BIN = Path(sys.executable).parent
ZONES = ["Europe/Bucharest", "America/New_York", "Asia/Kolkata", "UTC"]
VDIRSYNCER = """
[general]
status_path = "{home}/status"
[pair feed]
a = "feed_there"
b = "feed_here"
collections = null
[storage feed_there]
type = "http"
url = "{url}"
[storage feed_here]
type = "filesystem"
path = "{home}/calendar"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {home}/calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%dT%H:%M%z
default_timezone = {zone}
local_timezone = {zone}
[sqlite]
path = {home}/khal.db
[default]
default_calendar = feed
"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def event(app: Flask) -> Event:
    """Sessions on both sides of Europe's change of the clock on 28 March 2027, and across it."""
    event = make_event(
        slug="readers",
        kind=EventKind.CONFERENCE,
        zone="Europe/Bucharest",
        starts_on=date(2027, 3, 26),
        ends_on=date(2027, 3, 29),
    )
    for hours, title in ((10, "Before"), (49.5, "Across"), (58, "After, \U0001f44d; și încă"), (85.75, "Quarter")):
        starts_at = event.begins_at.astimezone(UTC) + timedelta(hours=hours)
        make_session(
            event,
            title={"en": title},
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=95),
            abstract={"en": "Long; text, with *marks*\n\nand lines. " * 30},
        )
    return event


def expected() -> list[tuple[datetime, datetime, str]]:
    return [(row.starts_at, row.ends_at, row.title["en"]) for row in db.session.execute(
        sa.select(EventSession.starts_at, EventSession.ends_at, EventSession.title)
        .where(EventSession.starts_at.is_not(None)).order_by(EventSession.starts_at)
    )]  # fmt: skip


@dataclass
class Subscriber:
    """vdirsyncer fetches a feed into a folder, khal shows it in a zone."""

    home: Path

    def subscribe(self, url: str, zone: str) -> None:
        (self.home / "calendar").mkdir(parents=True)
        (self.home / "vdirsyncer").write_text(VDIRSYNCER.format(home=self.home, url=url))
        (self.home / "khal").write_text(KHAL.format(home=self.home, zone=zone))
        self._run("vdirsyncer", "-c", str(self.home / "vdirsyncer"), "discover")

    def sync(self) -> None:
        self._run("vdirsyncer", "-c", str(self.home / "vdirsyncer"), "sync")

    def listed(self, since: str = "2027-03-20", days: int = 20) -> list[list[str]]:
        form = "{start-long}|{end-long}|{title}|{status}"
        said = self._run("khal", "-c", str(self.home / "khal"), "list", "--day-format", "", "--once",
                         "--format", f"{form}\x1f", since, f"{days}d")  # fmt: skip
        return [each.strip().split("|") for each in said.split("\x1f") if each.strip()]

    def moments(self) -> list[tuple[datetime, datetime, str]]:
        return [
            (datetime.fromisoformat(start).astimezone(UTC), datetime.fromisoformat(end).astimezone(UTC), title)
            for start, end, title, _status in self.listed()
        ]

    def _run(self, program: str, *arguments: str) -> str:
        environment = {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        done = subprocess.run([BIN / program, *arguments], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warning" not in done.stderr.lower(), done.stderr
        return done.stdout


def uids(address: str) -> list[str]:
    with urlopen(f"{address}/events/readers/calendar.ics") as answer:
        return re.findall(r"(?m)^UID:(.+)\r$", answer.read().decode())


@pytest.fixture
def subscriber(tmp_path: Path) -> Subscriber:
    return Subscriber(tmp_path / "subscriber")


@pytest.mark.parametrize("zone", ZONES)
def test_khal_sees_the_instants_of_the_database(zone: str, address: str, event: Event, subscriber: Subscriber) -> None:
    event.zone = zone
    db.session.commit()
    subscriber.subscribe(f"{address}/events/readers/calendar.ics", "Asia/Tokyo")
    subscriber.sync()
    assert subscriber.moments() == expected()


def test_moving_renaming_and_cancelling_reach_a_subscriber(address: str, event: Event, subscriber: Subscriber) -> None:
    subscriber.subscribe(f"{address}/events/readers/calendar.ics", "Europe/Bucharest")
    subscriber.sync()
    before = uids(address)
    moved, renamed, cancelled, _rest = db.session.scalars(sa.select(EventSession).order_by(EventSession.starts_at))
    numbers = [session.sequence for session in (moved, renamed, cancelled)]

    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        moved.starts_at += timedelta(minutes=30)
        moved.ends_at += timedelta(minutes=45)
        renamed.title = {"en": "Across the change"}
        cancelled.standing = Standing.CANCELLED
        db.session.commit()
        subscriber.sync()

    for session in (moved, renamed, cancelled):
        db.session.refresh(session)
    assert [session.sequence for session in (moved, renamed, cancelled)] == [number + 1 for number in numbers]
    titles = [(title, status.strip()) for _start, _end, title, status in subscriber.listed()]
    assert titles == [
        ("Before", "CONFIRMED"), ("Across the change", "CONFIRMED"),
        ("Cancelled: After, \U0001f44d; și încă", "CANCELLED"), ("Quarter", "CONFIRMED"),
    ]  # fmt: skip
    assert [(start, end) for start, end, _title in subscriber.moments()] == [row[:2] for row in expected()]
    assert uids(address) == before  # vdirsyncer writes its own into its files.

    with clock.stopped_at(event.over_at):
        subscriber.sync()
    assert [title for _start, _end, title, _status in subscriber.listed()] == ["Before", "Across the change", "Quarter"]


@pytest.mark.parametrize("zone", ZONES)
def test_vobject_reads_the_same_instants_and_text(zone: str, address: str, event: Event) -> None:
    event.zone = zone
    db.session.commit()
    with urlopen(f"{address}/events/readers/calendar.ics") as answer:
        calendar = vobject.readOne(answer.read().decode())
    calendar.validate()
    found = [
        (entry.dtstart.value.astimezone(UTC), entry.dtend.value.astimezone(UTC), entry.summary.value)
        for entry in calendar.vevent_list
    ]
    assert found == expected()
    assert all("Long; text, with marks\nand lines." in entry.description.value for entry in calendar.vevent_list)


@pytest.mark.skipif(not shutil.which("calcurse"), reason="calcurse is not installed")
def test_calcurse_imports_every_session_at_its_time(address: str, event: Event, tmp_path: Path) -> None:
    file = tmp_path / "feed.ics"
    with urlopen(f"{address}/events/readers/calendar.ics") as answer:
        file.write_bytes(answer.read())
    environment = {"HOME": str(tmp_path), "TZ": "Europe/Bucharest", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["calcurse", "-D", str(tmp_path / "calcurse"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-q", "-i", str(file))
    said = run(
        "--input-datefmt",
        "4",
        "-Q",
        "--from",
        "2027-03-26",
        "--days",
        "6",
        "--filter-type",
        "cal",
        "--format-apt",
        "%(start:%s)|%m\n",
    )
    found = [line.strip().split("|") for line in said.splitlines() if "|" in line]
    local = ZoneInfo("Europe/Bucharest")
    assert [(datetime.fromtimestamp(int(start), local), title) for start, title in found] == [
        (start, title) for start, _end, title in expected()
    ]  # fmt: skip
