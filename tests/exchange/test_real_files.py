"""Every real schedule comes in whole, and goes out valid and the same from wherever it is kept."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from lxml import etree

from app.events.models import Event
from app.exchange import exporting, reading, service
from app.exchange.frab import Unreadable
from app.exchange.importing import Outcome
from app.extensions import db
from app.schedule.models import EventSession
from tests.factories import make_event

pytestmark = pytest.mark.slow

SOAK = bool(os.environ.get("SOAK"))
LARGE = {"frab-xml/36c3_merged.xml", "frab-xml/fosdem-2016.xml", "frab-xml/fosdem-2020.xml"}
"""Taken by themselves only when there is time."""
FILES = [
    "frab-xml/36c3_merged.xml", "frab-xml/fosdem-2013.xml", "frab-xml/fosdem-2016.xml", "frab-xml/fosdem-2020.xml",
    "frab-xml/fosdem-2024.xml", "frab-xml/fosdem-2025.xml", "frab-xml/voctoweb-fixture.xml",
    "frab-json/frab-camp2019.json", "frab-json/hub-schedule2.json", "frab-json/pretalx-democon.json",
]  # fmt: skip
ZONE = "Europe/Brussels"


class Said(NamedTuple):
    """What a file says, read here without any of our code."""

    days: int
    rooms: int
    persons: int
    instants: list[tuple[datetime, timedelta]]


def take_in(data: bytes, **options: Any) -> Outcome:
    outcome = service.take_in(reading.read(data), **options)
    db.session.commit()
    return outcome


def schedules(shared: Path) -> Path:
    return shared / "data" / "schedules"


@pytest.mark.parametrize("name", [name for name in FILES if SOAK or name not in LARGE])
def test_a_real_file_comes_in_whole_and_imported_again_changes_nothing(app: Flask, shared: Path, name: str) -> None:
    data = (schedules(shared) / name).read_bytes()
    said = said_by(data)
    outcome = take_in(data, zone=ZONE)
    assert (outcome.days, outcome.rooms, outcome.persons) == (said.days, said.rooms, said.persons)
    rows = exporting.sessions_of(outcome.event)
    assert outcome.made == outcome.sessions == len(rows) == len(said.instants)
    assert sorted(row.starts_at for row in rows) == sorted(begins for begins, _length in said.instants)
    slot = timedelta(minutes=10)  # Only the merged congress has a session of no length.
    assert sorted((row.starts_at, row.ends_at - row.starts_at) for row in rows) == sorted(
        (begins, length or slot) for begins, length in said.instants
    )

    before = (outcome.event.revision, _sequences(outcome.event))
    again = take_in(data, zone=ZONE)
    assert again.event is outcome.event
    assert (again.made, again.changed, again.cancelled) == (0, 0, 0)
    db.session.expire_all()
    assert (again.event.revision, _sequences(again.event)) == before


@pytest.mark.parametrize("name", [name for name in (FILES[0], FILES[5], *FILES[6:]) if SOAK or name not in LARGE])
def test_a_real_programme_goes_out_valid_and_is_the_same_after_export_import_and_export(
    app: Flask, shared: Path, name: str
) -> None:
    event = take_in((schedules(shared) / name).read_bytes(), zone=ZONE).event
    xml, json_ = exporting.xml(event), exporting.json(event)
    document = etree.fromstring(xml)
    for path in (schedules(shared) / "xsd").glob("*.xsd"):
        schema = etree.XMLSchema(etree.parse(path))
        assert schema.validate(document), (path.name, schema.error_log)
    official = json.loads((schedules(shared) / "frab-json" / "schema.json").read_bytes())
    assert list(against(official, official, json.loads(json_), "$")) == []
    for write, first in ((exporting.xml, xml), (exporting.json, json_)):
        empty = make_event(title={"en": "Empty", "ro": "Gol"}, zone="Asia/Tokyo", languages=["ro"])
        take_in(first, event=empty)
        assert write(empty).splitlines() == first.splitlines()


def test_everything_of_the_merged_congress_that_is_not_as_it_was_is_listed(app: Flask, shared: Path) -> None:
    outcome = take_in((schedules(shared) / "frab-xml/36c3_merged.xml").read_bytes())
    notes = outcome.report.notes
    assert len(notes["A second session of the same guid or id: it got a guid of its own"]) == 3
    assert len(notes["An id that another session has too"]) == 13
    assert notes["Without a duration: one time slot was taken"] == ["line 22684 (event 399): 0:10:00"]
    assert "Neither the file nor the import names a zone: UTC is taken" in notes
    assert len(notes["One id stands for several people; each was kept"]) == 234


def test_the_file_that_is_invalid_on_purpose_and_files_that_are_no_schedules_are_refused(
    app: Flask, shared: Path
) -> None:
    folder = schedules(shared) / "frab-json"
    with pytest.raises(Unreadable, match=r'^schedule\..*days\[0\].*\[0\]\.id: "2814" is not a whole number\.$'):
        reading.read((folder / "invalid-example.json").read_bytes())
    for path in [*folder.glob("schema*.json"), *(folder / "submission").glob("*.json")]:
        with pytest.raises(Unreadable, match=r"no schedule|neither"):
            reading.read(path.read_bytes())


def _sequences(event: Event) -> list[tuple[str, int, datetime]]:
    rows = db.session.query(EventSession).filter_by(event=event).order_by(EventSession.id)
    return [(row.guid, row.sequence, row.changed_at) for row in rows]


def said_by(data: bytes) -> Said:
    if data.startswith(b"{"):
        return _said_by_json(json.loads(data)["schedule"])
    return _said_by_xml(etree.fromstring(data))


def _said_by_xml(root: Any) -> Said:
    instants = []
    for day in root.iterfind("day"):
        for event in day.iter("event"):
            begins = event.findtext("date") or f"{day.get('date')}T{event.findtext('start')}:00"
            hours, minutes = event.findtext("duration").split(":")
            instants.append((_instant(begins), timedelta(hours=int(hours), minutes=int(minutes))))
    people = {(p.get("id"), p.text.strip()) for p in root.iter("person")}
    rooms = {room.get("name") for room in root.iterfind("day/room")}
    return Said(len(root.findall("day")), len(rooms), len(people), instants)


def _said_by_json(schedule: Any) -> Said:
    conference = schedule["conference"]
    if "events" in schedule:
        events = schedule["events"]
        instants = [(_instant(event["start"]), _instant(event["end"]) - _instant(event["start"])) for event in events]
        people = {person["guid"] for event in events for person in event["participants"]}
        return Said(len(conference["days"]), len(conference["rooms"]), len(people), instants)
    events = [event for day in conference["days"] for room in day["rooms"].values() for event in room]
    rooms = {name for day in conference["days"] for name in day["rooms"]}
    lengths = [[int(part) for part in event["duration"].split(":")] for event in events]
    instants = [
        (_instant(event["date"]), timedelta(hours=hours, minutes=minutes))
        for event, (hours, minutes) in zip(events, lengths, strict=True)
    ]
    people = {(person["id"], person["public_name"]) for event in events for person in event["persons"]}
    return Said(len(conference["days"]), len(rooms), len(people), instants)


def _instant(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(ZONE))).astimezone(UTC)


KINDS = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip


def against(root: Any, schema: Any, value: Any, path: str) -> Iterator[str]:
    """Where a value breaks a JSON schema, for the words that the schedule's schema uses."""
    import re

    if schema is False:
        yield f"{path}: forbidden"
        return
    if "$ref" in schema:
        yield from against(root, root["definitions"][schema["$ref"].rsplit("/", 1)[1]], value, path)
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, KINDS[kind]) for kind in kinds):
        yield f"{path}: {value!r} is not {kinds}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: {value!r} does not match {schema['pattern']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not in {schema['enum']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{path}: {value!r} is too small"
    if "oneOf" in schema and sum(not list(against(root, each, value, path)) for each in schema["oneOf"]) != 1:
        yield f"{path}: not exactly one of {schema['oneOf']}"
    if isinstance(value, dict):
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        yield from (f"{path}: {name} is missing" for name in schema.get("required", []) if name not in value)
        for name, inner in value.items():
            fitting = [known[name]] if name in known else [each for p, each in patterns.items() if re.search(p, name)]
            if not fitting and schema.get("additionalProperties", True) is False:
                yield f"{path}: {name} is not allowed"
            for each in fitting:
                yield from against(root, each, inner, f"{path}.{name}")
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from against(root, schema.get("items", {}), inner, f"{path}[{number}]")
