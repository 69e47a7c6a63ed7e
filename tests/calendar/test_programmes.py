"""Programmes that nobody would make up, in all scripts and at the oddest hours, read back by parsers of others.

Two of them read each feed; ical.js and libical, where they can be had, read all of them once more at the end.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import vobject
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.lib.text import Translated, pick
from app.registration import agenda
from app.registration.models import Purpose
from app.schedule.models import EventSession
from tests.calendar.clients import libical_reads, node_reads
from tests.calendar.reading import parse
from tests.factories import make_event, make_registration, make_room, make_session

SOAK = bool(os.environ.get("SOAK"))
EXAMPLES = 600 if SOAK else 60
LONGEST = 12 * 60
"""Minutes of a session."""

ZONES = (
    "Europe/Bucharest", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Kolkata",
    "Pacific/Chatham", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo", "Etc/UTC",
)  # fmt: skip
"""With half hours and quarters, with summer in December, with a change of half an hour, with Ramadan, with none."""
SIGNS = (
    *",;:\\\"'^\n\t\r", "\\n", "\\,", "\r\n", "\x00", "\x1b", "\x85", "\u2028", "\u2029", "\ufeff", "\u00a0", "\u200f",
    "\u202e", "e\u0301", "\U0001f469\u200d\U0001f4bb", "\U0001f1f7\U0001f1f4", "\U00020000", "ș", "字", "ა", "ש", "ع",
    "ไ", "நி", "END:VEVENT", "BEGIN:VALARM",
)  # fmt: skip
"""What a writer of calendars stumbles over."""
LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cn"]), max_size=60)
TEXTS = st.lists(st.sampled_from(SIGNS) | LETTERS, max_size=8).map("".join)


def said(text: str) -> str:
    """A text as calendars carry it: without control characters, with one kind of line end."""
    text = re.sub("[\u2028\u2029]", "\n", text.replace("\t", " "))
    return re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f]", "", text)


# Forms and imports trim what they take; some readers trim once more.
TITLES = TEXTS.filter(lambda text: said(text) != "" and said(text) == said(text).strip())
TRANSLATED = st.one_of(
    st.fixed_dictionaries({"en": TITLES}), st.fixed_dictionaries({"uk": TITLES, "ro": TITLES}),
)  # fmt: skip


class Planned(NamedTuple):
    title: Translated
    room: str
    starts_at: datetime
    minutes: int
    standing: Standing
    is_chosen: bool


@cache
def changes(zone: str) -> list[datetime]:
    """When the clock changes in 2027."""
    start, tz = datetime(2027, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    moments = [start + timedelta(minutes=30) * n for n in range(365 * 48)]
    return [
        after for before, after in pairwise(moments)
        if before.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset()
    ]  # fmt: skip


@st.composite
def programmes(draw: st.DrawFn) -> tuple[str, list[Planned]]:
    zone = draw(st.sampled_from(ZONES))
    around = draw(st.sampled_from(changes(zone) or [datetime(2027, 6, 1, tzinfo=UTC)]))
    plan = st.builds(
        Planned,
        title=TRANSLATED, room=st.just("") | TITLES,
        starts_at=st.integers(-40, 40).map(lambda n: around + n * timedelta(minutes=15)),
        minutes=st.integers(1, LONGEST), standing=st.sampled_from(Standing), is_chosen=st.booleans(),
    )  # fmt: skip
    return zone, draw(st.lists(plan, max_size=5))


MARKS = {Standing.CONFIRMED: "", Standing.POSTPONED: "Postponed: ", Standing.CANCELLED: "Cancelled: "}
STATUS = {Standing.CONFIRMED: "CONFIRMED", Standing.POSTPONED: "TENTATIVE", Standing.CANCELLED: "CANCELLED"}
Entries = dict[str, dict[str, Any]]


def expected(sessions: list[EventSession]) -> Entries:
    """From the database."""
    return {session.guid: {
        "uid": session.guid, "starts": int(session.starts_at.timestamp()), "ends": int(session.ends_at.timestamp()),
        "title": MARKS[session.standing] + said(pick(session.title, ("en",)).text),
        "place": said(pick(session.room.name, ("en",)).text) if session.room else "",
        "status": STATUS[session.standing], "sequence": session.sequence,
    } for session in sessions}  # fmt: skip


def by_icalendar(body: bytes) -> Iterator[dict[str, Any]]:
    for entry in parse(body).walk("VEVENT"):
        yield {
            "uid": str(entry["UID"]), "starts": int(entry["DTSTART"].dt.timestamp()),
            "ends": int(entry["DTEND"].dt.timestamp()), "title": str(entry["SUMMARY"]),
            "text": str(entry["DESCRIPTION"]), "place": str(entry.get("LOCATION", "")),
            "status": str(entry["STATUS"]), "sequence": entry["SEQUENCE"],
        }  # fmt: skip


def by_vobject(body: bytes) -> Iterator[dict[str, Any]]:
    vobject.icalendar.__dict__["__tzidMap"].clear()  # It would keep the rules of another feed's years.
    calendar = vobject.readOne(body.decode())
    for entry in calendar.contents.get("vevent", []):
        yield {
            "uid": entry.uid.value, "starts": int(entry.dtstart.value.timestamp()),
            "ends": int(entry.dtend.value.timestamp()), "title": entry.summary.value,
            "text": entry.description.value, "place": entry.location.value if hasattr(entry, "location") else "",
            "status": entry.status.value, "sequence": int(entry.sequence.value),
        }  # fmt: skip


def entries(found: Any) -> Entries:
    """Of one calendar; nothing may be there twice."""
    listed = list(found)
    by_uid = {entry["uid"]: entry for entry in listed}
    assert len(by_uid) == len(listed)
    return by_uid


def make(zone: str, plan: list[Planned]) -> tuple[Event, list[EventSession], list[EventSession]]:
    """The event, its sessions, and those that are not on a person's agenda."""
    event = make_event(
        zone=zone, kind=EventKind.CONFERENCE, title={"en": "Every script"},
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    sessions = [
        make_session(
            event, title=each.title, starts_at=each.starts_at, standing=each.standing,
            ends_at=each.starts_at + timedelta(minutes=each.minutes), abstract={"en": f"Of {each.room}"},
            room=make_room(event, name={"en": each.room}) if each.room else None,
        ) for each in plan
    ]  # fmt: skip
    return event, sessions, [session for session, each in zip(sessions, plan, strict=True) if not each.is_chosen]


def test_what_parsers_read_is_what_the_database_has(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    written: list[tuple[Path, Entries]] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=not SOAK, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(programmes())
    def feeds_agree(programme: tuple[str, list[Planned]]) -> None:
        event, sessions, left_out = make(*programme)
        person = make_registration(event, language="en")
        for session in set(sessions) - set(left_out):
            agenda.add(person, session)
        db.session.commit()
        for path, shown in (
            (f"/events/{event.slug}/calendar.ics?lang=en", sessions),
            (f"/calendars/{person.token(Purpose.CALENDAR)}.ics", [each for each in sessions if each not in left_out]),
        ):
            body = client.get(path).data
            truth = expected(shown)
            read = entries(by_icalendar(body))
            assert entries(by_vobject(body)) == read
            assert all("Every script" in entry.pop("text") for entry in entries(by_icalendar(body)).values())
            assert {uid: {**entry, "text": read[uid]["text"]} for uid, entry in truth.items()} == read
            file = tmp_path / f"{len(written)}.ics"
            file.write_bytes(body)
            written.append((file, read))

    feeds_agree()
    for reads in (node_reads, libical_reads):
        for (file, truth), found in zip(written, reads([file for file, _truth in written]) or [], strict=False):
            assert entries(found) == truth, file.read_text()


def test_a_local_time_that_comes_twice_is_written_in_utc(app: Flask, client: FlaskClient) -> None:
    event = make_event(zone="Europe/Bucharest", slug="autumn", starts_on=date(2027, 10, 30), ends_on=date(2027, 10, 31))
    for minute in (0, 30, 60, 90, 120, 150):
        make_session(event, starts_at=datetime(2027, 10, 30, 23, 30, tzinfo=UTC) + timedelta(minutes=minute))
    body = client.get("/events/autumn/calendar.ics").text
    starts = re.findall(r"DTSTART[;:](.+)\r", body)
    assert [start for start in starts if start.startswith("20271031T0") and start.endswith("Z")] == [
        "20271031T000000Z", "20271031T003000Z", "20271031T010000Z", "20271031T013000Z",
    ]  # fmt: skip
