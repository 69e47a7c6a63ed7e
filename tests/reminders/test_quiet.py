"""Nobody is woken by a letter, wherever they live and whatever their clocks do that night."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.reminders.models import Reminding
from app.reminders.quiet import Quiet
from tests.factories import make_event, make_registration, make_session, save
from tests.reminders.reading import recipients

Run = Callable[[datetime], list[EmailMessage]]
NIGHT = Quiet(22 * 60, 7 * 60)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ZONES = ["Pacific/Auckland", "Asia/Kolkata", "Europe/Bucharest", "UTC", "America/New_York", "Pacific/Honolulu"]


def at(zone: str, *moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2027, 3, 13), date(2027, 3, 27), date(2027, 4, 3), date(2027, 10, 30)])
def test_the_night_is_from_ten_to_seven_on_the_wall_also_when_clocks_change(zone: str, day: date) -> None:
    begins = at(zone, day.year, day.month, day.day, 22)
    morning = day + DAY
    ends = at(zone, morning.year, morning.month, morning.day, 7)
    moment = begins - 3 * HOUR
    while moment < ends + 3 * HOUR:
        found = NIGHT.around(moment, zone)
        assert found == ((begins, ends) if begins <= moment < ends else None), moment
        moment += 30 * MINUTE


@pytest.mark.parametrize(("zone", "day", "hours"), [
    ("Europe/Bucharest", date(2027, 3, 27), 8), ("Europe/Bucharest", date(2027, 10, 30), 10),
    ("America/New_York", date(2027, 3, 13), 8), ("Pacific/Auckland", date(2027, 4, 3), 10),
    ("Asia/Kolkata", date(2027, 3, 27), 9), ("Africa/Cairo", date(2027, 4, 29), 8),
])  # fmt: skip
def test_a_night_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: int) -> None:
    found = NIGHT.around(at(zone, day.year, day.month, day.day, 23), zone)
    assert found is not None
    assert found.ends_at - found.starts_at == hours * HOUR


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    afternoon = Quiet(13 * 60, 15 * 60)
    assert afternoon.around(at("Europe/Madrid", 2027, 3, 10, 14), "Europe/Madrid") is not None
    assert afternoon.around(at("Europe/Madrid", 2027, 3, 10, 15), "Europe/Madrid") is None
    assert Quiet(0, 0).around(at("UTC", 2027, 3, 10, 0), "UTC") is None


@pytest.fixture
def event(app: Flask) -> Event:
    """It begins on the day after Europe's change of clocks, at ten in Bucharest."""
    event = make_event(starts_on=date(2027, 3, 29), ends_on=date(2027, 3, 29))
    make_session(event, starts_at=datetime(2027, 3, 29, 7, tzinfo=UTC))
    return event


DUE = {
    # A day before it is 20:00 in Auckland, 12:30 in Kolkata, 10:00 in Bucharest, 7:00 at UTC: as the rule says.
    **dict.fromkeys(ZONES[:4], datetime(2027, 3, 28, 7, tzinfo=UTC)),
    # It is 3:00 in New York and 21:00 in Honolulu; in New York a quarter of an hour before they go to sleep.
    "America/New_York": datetime(2027, 3, 28, 1, 45, tzinfo=UTC),
    "Pacific/Honolulu": datetime(2027, 3, 28, 7, tzinfo=UTC),
}


@pytest.mark.both_databases
def test_a_reminder_of_a_day_comes_before_people_go_to_sleep(event: Event, letters_at: Run) -> None:
    for zone in ZONES:
        make_registration(event, zone=zone, email=f"{zone.lower().replace('/', '.')}@example.org")
    came: dict[str, datetime] = {}
    moment = datetime(2027, 3, 28, 0, tzinfo=UTC)
    for _ in range(40):
        moment += 15 * MINUTE
        came |= dict.fromkeys(recipients(letters_at(moment)), moment)

    assert came == {f"{zone.lower().replace('/', '.')}@example.org": due_at for zone, due_at in DUE.items()}


def test_a_reminder_of_an_hour_comes_when_it_is_due_in_the_middle_of_the_night(event: Event, letters_at: Run) -> None:
    make_registration(event, zone="America/New_York")
    begins = datetime(2027, 3, 29, 7, tzinfo=UTC)
    letters_at(begins - DAY - 6 * HOUR)

    assert len(letters_at(begins - HOUR)) == 1, "two o'clock in New York"


def test_a_letter_that_was_held_up_lets_people_sleep_if_it_is_of_use_in_the_morning(
    event: Event, letters_at: Run
) -> None:
    make_registration(event, zone="Europe/Bucharest")
    save(Reminding(event=event, quiet_from=22 * 60, quiet_to=7 * 60))
    begins = datetime(2027, 3, 29, 7, tzinfo=UTC)
    # The worker was off since the day before; now it is midnight.
    assert letters_at(at("Europe/Bucharest", 2027, 3, 29, 0)) == []
    assert letters_at(at("Europe/Bucharest", 2027, 3, 29, 6, 59)) == []
    assert len(letters_at(at("Europe/Bucharest", 2027, 3, 29, 7))) == 1
    assert len(letters_at(begins - HOUR)) == 1
    # Quiet until an hour before it begins: later the letter would be of no use.
    late = db.session.get_one(Reminding, event.id)
    late.quiet_to = 9 * 60 + 30
    make_registration(event, zone="Europe/Bucharest", confirmed_at=begins - 4 * DAY)
    db.session.commit()
    assert len(letters_at(begins - 2 * HOUR)) == 1


def test_thanks_wait_for_the_morning(event: Event, letters_at: Run) -> None:
    make_registration(event, zone="Pacific/Auckland")
    ends = datetime(2027, 3, 29, 8, tzinfo=UTC)  # 21:00 in Auckland; two hours later it is 23:00.
    letters_at(ends - 90 * MINUTE)

    assert letters_at(ends + 2 * HOUR) == []
    morning = at("Pacific/Auckland", 2027, 3, 30, 7)
    assert letters_at(morning - MINUTE) == []
    assert len(letters_at(morning)) == 1
    assert letters_at(morning + DAY) == []
    assert clock.local(morning, "Pacific/Auckland").hour == 7
