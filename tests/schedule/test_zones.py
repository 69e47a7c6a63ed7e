from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from app.cli import zones as command
from app.events.models import Event, EventState
from app.extensions import db
from app.languages.models import Turn
from app.people import audit
from app.people.models import Role
from app.registration.models import AccessCode, Admission
from app.schedule import zones
from app.schedule.models import EventSession, KnownZone
from tests import tz
from tests.factories import grant, make_account, make_event, make_linguist, make_session, make_track, save, sign_in

SPRING, SUMMER, WINTER = date(2027, 3, 10), date(2027, 6, 10), date(2027, 11, 10)
HOUR = timedelta(hours=1)
Rules = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def standard(tmp_path: Path) -> Rules:
    """Romania gives up summer time."""
    return partial(tz.rules, tmp_path, "Europe/Bucharest", hours=2, changes=tz.ENDS_SUMMER_TIME)


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(starts_on=date(2027, 3, 1), ends_on=date(2027, 12, 1))


def at_ten(event: Event, day: date, **values: object) -> EventSession:
    starts_at = datetime(day.year, day.month, day.day, 10, tzinfo=event.tzinfo).astimezone(UTC)
    return make_session(event, starts_at=starts_at, **values)


def hours(session: EventSession) -> tuple[int, int]:
    """In UTC and on the event's clocks."""
    db.session.refresh(session)
    db.session.commit()
    return session.starts_at.hour, session.starts_at.astimezone(session.event.tzinfo).hour


def follow() -> list[EventSession]:
    moved = zones.follow()
    db.session.commit()
    return moved


@pytest.mark.both_databases
def test_the_hour_stays_and_the_moment_moves_where_the_rules_are_others(event: Event, standard: Rules) -> None:
    past = at_ten(event, date(2027, 3, 2))
    spring, summer, winter = (at_ten(event, day) for day in (SPRING, SUMMER, WINTER))
    assert follow() == []
    with standard():
        assert follow() == [summer]
        assert [hours(session) for session in (past, spring, summer, winter)] == [(8, 10)] * 4
        assert summer.ends_at - summer.starts_at == HOUR
        assert [session.sequence for session in (past, spring, summer, winter)] == [0, 0, 1, 0]
        assert follow() == []
        assert summer.sequence == 1
    entries = {entry.action: entry for entry in audit.trail_of(f"event:{event.id}")}
    assert entries["event.clocks"].detail == {"zone": "Europe/Bucharest", "sessions": 1}
    assert entries["session.clocks"].detail["after"] == "2027-06-10T08:00:00+00:00"


def test_summer_time_for_ever_moves_the_winter(event: Event, tmp_path: Path) -> None:
    spring, summer, winter = (at_ten(event, day) for day in (SPRING, SUMMER, WINTER))
    follow()
    with tz.rules(tmp_path, "Europe/Bucharest", hours=2, changes=tz.STAYS_IN_SUMMER):
        assert follow() == [winter]
        assert [hours(session) for session in (spring, summer, winter)] == [(8, 10), (7, 10), (7, 10)]
    assert follow() == [winter]  # The law is taken back.
    assert hours(winter) == (8, 10)


def test_what_has_begun_stays_and_what_lies_across_a_change_keeps_both_hours(event: Event, standard: Rules) -> None:
    now = make_session(event, starts_at=datetime(2027, 3, 3, 11, 30, tzinfo=UTC))
    night = datetime(2027, 3, 27, 22, tzinfo=UTC)  # Midnight, till five on new clocks.
    through = make_session(event, starts_at=night, ends_at=night + 4 * HOUR)
    follow()
    with standard():
        assert follow() == [through]
        assert (through.starts_at, through.ends_at) == (night, night + 5 * HOUR)
    assert hours(now)[0] == 11


def test_an_hour_that_the_clocks_show_twice_is_where_it_was(event: Event, tmp_path: Path) -> None:
    """03:30 on the last Sunday of October is at 00:30 and at 01:30 UTC; the second was meant."""
    second = make_session(event, starts_at=datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert (second.start_offset, second.end_offset) == (7200, 7200)
    follow()
    assert follow() == []
    with tz.rules(tmp_path, "Europe/Bucharest", hours=2, changes=[*tz.STAYS_IN_SUMMER, (2027, 10, 31, tz.STANDARD)]):
        assert follow() == []


def test_offsets_go_with_the_times_and_with_the_zone(event: Event) -> None:
    session = at_ten(event, SUMMER)
    assert session.start_offset == 3 * 3600
    session.starts_at, session.ends_at = session.starts_at + 180 * 24 * HOUR, session.ends_at + 180 * 24 * HOUR
    db.session.commit()
    assert session.start_offset == 2 * 3600
    event.zone = "Asia/Tokyo"
    db.session.commit()
    assert (session.start_offset, session.end_offset) == (9 * 3600, 9 * 3600)
    session.starts_at = session.ends_at = None
    db.session.commit()
    assert (session.start_offset, session.end_offset) == (None, None)


def test_sessions_of_before_get_the_offsets_of_today_and_nobody_sees_it(event: Event, standard: Rules) -> None:
    session = at_ten(event, SUMMER)
    db.session.execute(db.update(EventSession).values(start_offset=None, end_offset=None))
    db.session.commit()
    revision = event.revision
    assert follow() == []
    db.session.refresh(session)
    assert (session.start_offset, session.sequence) == (3 * 3600, 0)
    assert event.revision == revision
    with standard():
        assert follow() == [session]


def test_turns_admission_and_codes_go_along(event: Event, standard: Rules) -> None:
    session = at_ten(event, SUMMER)
    start = session.starts_at
    linguist = make_linguist(event)
    turn = save(Turn(track=make_track(session), linguist=linguist, starts_at=start, ends_at=start + HOUR / 2))
    opened = datetime(2027, 3, 1, 9, tzinfo=UTC)
    admission = save(Admission(event=event, opens_at=opened, closes_at=start))
    code = save(AccessCode(event=event, code="OPEN", expires_at=start))
    elsewhere = save(Admission(event=make_event(zone="Europe/Berlin", ends_on=event.ends_on), closes_at=start))
    follow()
    with standard():
        for _again in range(2):
            follow()
            assert turn.starts_at == admission.closes_at == code.expires_at == session.starts_at == start + HOUR
    assert (admission.opens_at, elsewhere.closes_at) == (opened, start)


def test_a_draft_moves_too_and_a_zone_of_before_is_remembered(event: Event, standard: Rules) -> None:
    draft = at_ten(make_event(state=EventState.DRAFT, ends_on=event.ends_on), SUMMER)
    follow()
    with standard():
        assert follow() == [draft]
        known = db.session.get_one(KnownZone, "Europe/Bucharest")
        assert known.former != known.rules
        shown = zones.shown_before(draft.starts_at - HOUR, "Europe/Bucharest", known.changed_at)
        assert shown == datetime(2027, 6, 10, 10)  # noqa: DTZ001
        assert zones.shown_before(draft.starts_at, "Asia/Tokyo", known.changed_at).hour == 17


def test_organisers_are_told_on_the_page_of_sessions(event: Event, client: FlaskClient, standard: Rules) -> None:
    at_ten(event, SUMMER)
    account = make_account()
    grant(event, account, Role.ORGANISER)
    sign_in(client, account)
    page = f"/en/manage/events/{event.slug}/sessions/"
    said = "The rules of the clocks in Bucharest have changed"
    follow()
    assert said not in client.get(page).text
    with standard():
        follow()
        assert said in client.get(page).text


def test_the_command_says_what_would_move_and_moves_it_when_told(
    app: Flask, event: Event, standard: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = at_ten(event, SUMMER)
    follow()
    monkeypatch.setattr("app.create_app", lambda: app)
    with standard():
        asked = CliRunner().invoke(command.check, [])
        drift = f"{event.slug}/{session.slug} (Europe/Bucharest): 2027-06-10 07:00 → 2027-06-10 08:00 UTC"
        assert drift in asked.output
        assert "1 sessions would move; nothing was done" in asked.output
        assert hours(session) == (7, 9)
        assert "1 sessions moved" in CliRunner().invoke(command.check, ["--apply"]).output
        assert hours(session) == (8, 10)
        assert "Every session is where its clocks say." in CliRunner().invoke(command.check, []).output
