from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.schedule.times import TimeRefused, slot_of, times_of
from tests.factories import make_event, make_session

BUCHAREST = ZoneInfo("Europe/Bucharest")
DAY = date(2027, 3, 10)


def in_zone(day, hour, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=BUCHAREST)


def test_the_clock_is_the_event_s(app):
    slot = slot_of(make_event(), DAY, time(10), time(11, 30))
    assert (slot.starts_at, slot.ends_at, slot.notes) == (in_zone(10, 10), in_zone(10, 11, 30), ())


def test_a_session_may_end_at_midnight(app):
    assert slot_of(make_event(), DAY, time(22), time(0)).ends_at == in_zone(11, 0)


def test_after_midnight_belongs_to_the_day_before_until_the_day_changes(app):
    event = make_event(day_change=240)
    slot = slot_of(event, DAY, time(23), time(1))
    assert (slot.starts_at, slot.ends_at) == (in_zone(10, 23), in_zone(11, 1))
    slot = slot_of(event, DAY, time(1), time(2))
    assert (slot.starts_at, slot.ends_at) == (in_zone(11, 1), in_zone(11, 2))
    assert event.day_of(slot.starts_at) == DAY
    assert slot_of(event, DAY, time(3), time(4)).ends_at == in_zone(11, 4)


@pytest.mark.parametrize(("day", "start", "end", "change", "field", "said"), [
    (date(2027, 3, 9), time(10), time(11), 0, "day", "10 Mar 2027 to 11 Mar 2027"),
    (date(2027, 3, 12), time(10), time(11), 0, "day", "The event lasts"),
    (DAY, time(11), time(10), 0, "end", "before it begins"),
    (DAY, time(11), time(11), 0, "end", "before it begins"),
    (DAY, time(23), time(1), 0, "end", "after 00:00"),
    (DAY, time(23), time(5), 240, "end", "after 04:00"),
    (DAY, time(3), time(4, 30), 240, "end", "after 04:00"),
])  # fmt: skip
def test_times_that_cannot_be_are_refused_with_where_and_why(app, day, start, end, change, field, said):
    with pytest.raises(TimeRefused, match=said) as fault:
        slot_of(make_event(day_change=change), day, start, end)
    assert fault.value.field == field


def test_a_time_that_the_clock_leaps_over_does_not_exist(app):
    event = make_event(starts_on=date(2027, 3, 27), ends_on=date(2027, 3, 28))
    with pytest.raises(TimeRefused, match="never show 03:30") as fault:
        slot_of(event, date(2027, 3, 28), time(3, 30), time(5))
    assert fault.value.field == "start"
    with pytest.raises(TimeRefused, match="never show 03:15"):
        slot_of(event, date(2027, 3, 28), time(2), time(3, 15))
    slot = slot_of(event, date(2027, 3, 28), time(2), time(5))
    assert (slot.ends_at - slot.starts_at).total_seconds() == 2 * 3600


def test_of_a_time_that_comes_twice_the_first_is_taken_and_said(app):
    event = make_event(starts_on=date(2027, 10, 31), ends_on=date(2027, 10, 31))
    slot = slot_of(event, date(2027, 10, 31), time(3, 30), time(5))
    assert slot.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=ZoneInfo("UTC"))
    assert len(slot.notes) == 1
    assert "show 03:30 twice" in slot.notes[0]


def test_times_come_back_as_they_were_written(app):
    event = make_event(day_change=240)
    slot = slot_of(event, DAY, time(1), time(2))
    session = make_session(event, starts_at=slot.starts_at, ends_at=slot.ends_at)
    assert times_of(session) == (DAY, time(1), time(2))
    assert times_of(make_session(event, starts_at=None)) is None
