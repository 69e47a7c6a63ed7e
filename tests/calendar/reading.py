"""Reading feeds back, as strictly as icalendar can."""

from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar, Component


def parse(body: bytes) -> Calendar:
    """The calendar, after looking at what no parser complains of: line ends, line lengths, control characters."""
    assert body.endswith(b"\r\n")
    for raw in body[:-2].split(b"\r\n"):
        assert len(raw) <= 75
        assert not any(byte < 32 or byte == 127 for byte in raw), raw
        raw.decode()  # No line may end within a character.
    calendar = Calendar.from_ical(body)
    assert [error for component in calendar.walk() for error in component.errors] == []
    return calendar


def read(client: FlaskClient, path: str, **headers: str) -> Calendar:
    response = client.get(path, headers=headers)
    assert (response.status_code, response.content_type) == (200, "text/calendar; charset=utf-8"), path
    return parse(response.data)


def titles(client: FlaskClient, path: str) -> list[str]:
    return [str(entry["SUMMARY"]) for entry in read(client, path).walk("VEVENT")]


def entry(client: FlaskClient, path: str) -> Component:
    """The only one."""
    (found,) = read(client, path).walk("VEVENT")
    return found


def told(component: Component, name: str) -> tuple[str, dict[str, Any]]:
    return str(component[name]), dict(component[name].params)
