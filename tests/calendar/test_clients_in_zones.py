"""What clients show is what the site shows, in ten zones, on both changes of the clock: before and after a move, a
cancellation and a return. The site's word is its export, which knows nothing of iCalendar.
"""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.schedule.models import EventSession
from app.schedule.service import move_session, set_standing
from tests.calendar.clients import libical_reads, node_reads
from tests.calendar.test_clients import Subscriber, address  # noqa: F401 - a fixture
from tests.conftest import NOON
from tests.factories import make_event, make_session

HOUR = timedelta(hours=1)

CHANGES = {
    "Europe/Bucharest": ("2027-03-28T01:00Z", "2027-10-31T01:00Z"),
    "Europe/London": ("2027-03-28T01:00Z", "2027-10-31T01:00Z"),
    "America/New_York": ("2027-03-14T07:00Z", "2027-11-07T06:00Z"),
    "America/St_Johns": ("2027-03-14T05:30Z", "2027-11-07T04:30Z"),
    "America/Santiago": ("2027-04-04T03:00Z", "2027-09-05T04:00Z"),
    "Australia/Lord_Howe": ("2027-04-03T15:00Z", "2027-10-02T15:30Z"),
    "Pacific/Auckland": ("2027-04-03T14:00Z", "2027-09-25T14:00Z"),
    "Africa/Cairo": ("2027-04-29T22:00Z", "2027-10-28T21:00Z"),
    "Asia/Kathmandu": ("2027-04-01T00:00Z", "2027-10-01T00:00Z"),
    "Asia/Jerusalem": ("2027-03-26T00:00Z", "2027-10-30T23:00Z"),
}
"""When the clock changes, once forward and once back; in Kathmandu it never does."""
Shown = dict[str, tuple[str, str, str, str]]
"""By UID: from and to as a clock on the wall of the event shows them, title, and whether it takes place."""
STATUS = {"confirmed": "CONFIRMED", "cancelled": "CANCELLED"}


def programme(zone: str) -> Event:
    """Sessions before, across and after each change, and in the hour that there is twice."""
    moments = [datetime.fromisoformat(moment) for moment in CHANGES[zone]]
    event = make_event(
        slug=zone.rpartition("/")[2].lower().replace("_", "-"), zone=zone, kind=EventKind.CONFERENCE,
        starts_on=date(2027, 3, 1), ends_on=date(2027, 11, 30),
    )  # fmt: skip
    for change in moments:
        for minutes in (-26 * 60, -75, -30, 15, 30, 45, 22 * 60):
            starts_at = change + timedelta(minutes=minutes)
            make_session(event, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50))
    return event


def site(address: str, event: Event) -> Shown:  # noqa: F811
    with urlopen(f"{address}/events/{event.slug}/schedule.csv?lang=en") as answer:
        rows = list(csv.DictReader(answer.read().decode().splitlines()))
    return {row["guid"]: (
        f"{row['date']} {row['start']}", row["end"],
        f"Cancelled: {row['title']}" if row["standing"] == "cancelled" else row["title"], STATUS[row["standing"]],
    ) for row in rows}  # fmt: skip


def instants(address: str, event: Event) -> dict[str, tuple[int, int]]:  # noqa: F811
    """Of what takes place: the other export has no others, and times with their offset."""
    with urlopen(f"{address}/events/{event.slug}/schedule.json") as answer:
        days = json.load(answer)["schedule"]["conference"]["days"]
    found = {}
    for item in (item for day in days for room in day["rooms"].values() for item in room):
        starts = int(datetime.fromisoformat(item["date"]).timestamp())
        hours, minutes = map(int, item["duration"].split(":"))
        found[item["guid"]] = starts, starts + 3600 * hours + 60 * minutes
    return found


def shown(entries: list[dict[str, Any]], zone: str) -> Shown:
    """What a client shows to somebody in the event's zone."""
    found = {}
    for entry in entries:
        starts, ends = (datetime.fromtimestamp(entry[name], ZoneInfo(zone)) for name in ("starts", "ends"))
        found[entry["uid"]] = f"{starts:%Y-%m-%d %H:%M}", f"{ends:%H:%M}", entry["title"], entry["status"]
    assert len(found) == len(entries), "nothing twice"
    return found


def edits(event: Event) -> Iterator[str]:
    """What happens to a programme, an hour apart."""
    yield "as published"
    sessions = db.session.scalars(
        sa.select(EventSession).where(EventSession.event == event).order_by(EventSession.starts_at)
    ).all()
    across = [*sessions[1:3], *sessions[8:10]]
    for hours, (name, edit) in enumerate((
        ("moved over the change", lambda one: move_session(one, one.starts_at + 2 * HOUR, one.ends_at + 2 * HOUR)),
        ("cancelled", lambda one: set_standing(one, Standing.CANCELLED)),
        ("brought back", lambda one: set_standing(one, Standing.CONFIRMED)),
    ), 1):  # fmt: skip
        with clock.stopped_at(NOON + hours * HOUR):
            for session in across:
                edit(session)
            db.session.commit()
        yield name


def test_libraries_show_what_the_site_shows(app: Flask, address: str, tmp_path: Path) -> None:  # noqa: F811
    expected: list[tuple[str, Shown, dict[str, tuple[int, int]]]] = []
    files: list[Path] = []
    for zone in CHANGES:
        event = programme(zone)
        for hours, state in enumerate(edits(event)):
            with clock.stopped_at(NOON + hours * HOUR), urlopen(f"{address}/events/{event.slug}/calendar.ics") as feed:
                files.append(tmp_path / f"{len(files)}.ics")
                files[-1].write_bytes(feed.read())
            expected.append((f"{zone}, {state}", site(address, event), instants(address, event)))
    clients = [found for reads in (node_reads, libical_reads) if (found := reads(files)) is not None]
    if not clients:
        pytest.skip("neither ical.js nor the bindings of libical are installed")
    for found in clients:
        for (name, of_site, of_export), entries in zip(expected, found, strict=True):
            assert shown(entries, name.partition(",")[0]) == of_site, name
            moments = {each["uid"]: (each["starts"], each["ends"]) for each in entries if each["status"] == "CONFIRMED"}
            assert moments == of_export, name


@pytest.mark.parametrize("zone", CHANGES)
def test_khal_shows_what_the_site_shows(app: Flask, address: str, tmp_path: Path, zone: str) -> None:  # noqa: F811
    """From one synchronisation to the next, in the same calendar: nothing twice, nothing left over."""
    event = programme(zone)
    subscriber = Subscriber(tmp_path / "subscriber")
    subscriber.subscribe(f"{address}/events/{event.slug}/calendar.ics", zone)
    for hours, state in enumerate(edits(event)):
        with clock.stopped_at(NOON + hours * HOUR):
            subscriber.sync()
        found = [
            (start[:16].replace("T", " "), end[11:16], title, status.strip())
            for start, end, title, status in subscriber.listed("2027-03-01", 275)
        ]
        assert sorted(found) == sorted(site(address, event).values()), state
