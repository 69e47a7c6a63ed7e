from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from app.calendar.zones import timezone

ZONES = [
    "Europe/Bucharest", "Europe/Kyiv", "Europe/London", "Europe/Dublin", "Europe/Istanbul", "America/New_York",
    "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Asia/Kolkata", "Asia/Jerusalem", "Asia/Amman",
    "Asia/Pyongyang", "Africa/Cairo", "Africa/El_Aaiun", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia",
    "Pacific/Chatham", "Pacific/Kiritimati",
]  # fmt: skip


def observances(component: Timezone) -> list[tuple[datetime, timedelta, timedelta]]:
    """Local onset, offset before, offset after; as a client reads them."""
    return sorted(
        (each["DTSTART"].dt, each["TZOFFSETFROM"].td, each["TZOFFSETTO"].td) for each in component.subcomponents
    )


def offset_at(component: Timezone, moment: datetime) -> timedelta:
    """The offset that a client finds: of the last observance whose onset has come."""
    passed = [
        after for onset, before, after in observances(component) if (onset - before).replace(tzinfo=UTC) <= moment
    ]
    return passed[-1]


def moments(year: int) -> Iterator[datetime]:
    moment = datetime(year, 1, 1, 12, tzinfo=UTC)
    while moment.year == year and moment < datetime(year, 12, 31, 12, tzinfo=UTC):
        yield moment
        moment += timedelta(hours=7)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("years", [(2015, 2016), (2024, 2024), (2027, 2028)])
def test_every_moment_has_the_offset_of_the_tz_database(zone: str, years: tuple[int, int]) -> None:
    component = Timezone.from_ical(timezone(zone, *years))
    tzinfo = ZoneInfo(zone)
    for year in range(years[0], years[1] + 1):
        for moment in moments(year):
            # The first hours of a year in UTC may still be the old year in the zone.
            assert offset_at(component, moment) == moment.astimezone(tzinfo).utcoffset(), moment


def test_only_the_rules_of_the_years_asked_for_are_written() -> None:
    component = Timezone.from_ical(timezone("Europe/Bucharest", 2027, 2027))
    assert component["TZID"] == "Europe/Bucharest"
    assert [str(onset) for onset, _before, _after in observances(component)] == [
        "2027-01-01 00:00:00", "2027-03-28 03:00:00", "2027-10-31 04:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Europe/Bucharest", "America/New_York", "America/St_Johns", "Pacific/Chatham"])
def test_changes_of_the_clock_are_those_of_the_reference_components(shared: Path, zone: str) -> None:
    """The reference has the rules of all times; in a year to come the last ones hold."""
    file = shared / "data/ical/vtimezone-zoneinfo2025c" / f"{zone}.ics"
    reference = Timezone.from_ical(file.read_bytes()).walk("VTIMEZONE")[0]
    expected = reference.to_tz()
    for onset, before, after in observances(Timezone.from_ical(timezone(zone, 2027, 2027)))[1:]:
        change = (onset - before).replace(tzinfo=UTC)
        for moment, offset in ((change - timedelta(seconds=1), before), (change, after)):
            local = (moment + offset).replace(tzinfo=None)
            if moment < change:
                assert expected.utcoffset(local) == offset
            else:
                assert expected.utcoffset(local + timedelta(hours=2)) == offset
