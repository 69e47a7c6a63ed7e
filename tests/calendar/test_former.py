"""Sessions that left the programme, as those who subscribed see them."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.calendar import writing
from app.events.models import Event, EventKind, Series, Standing
from app.extensions import db
from app.lib import clock
from app.registration import agenda, bookings
from app.registration.models import Purpose, Registration
from app.schedule import regrouping, service
from app.schedule.models import EventSession
from tests.calendar.reading import entry, read, titles
from tests.calendar.test_conditional import statements
from tests.factories import (
    make_account,
    make_event,
    make_registration,
    make_session,
    make_speaker,
    make_theme,
    make_track,
    save,
)  # fmt: skip

LATER = datetime(2027, 3, 4, tzinfo=UTC)
EVENT = "/events/readers/calendar.ics"


def personal(registration: Registration, query: str = "") -> str:
    return f"/calendars/{registration.token(Purpose.CALENDAR)}.ics{query}"


def facts(client: FlaskClient, path: str) -> dict[str, tuple[str, str, int]]:
    """By UID: title, status and SEQUENCE. No UID stands in a calendar twice."""
    entries = read(client, path).walk("VEVENT")
    found = {str(e["UID"]): (str(e["SUMMARY"]), str(e["STATUS"]), int(e["SEQUENCE"])) for e in entries}
    assert len(found) == len(entries)
    return found


def take_out(session: EventSession) -> None:
    service.set_standing(session, Standing.CANCELLED)
    service.delete_session(session, make_account())
    db.session.commit()


@pytest.mark.both_databases
def test_every_feed_that_had_a_session_calls_it_off_while_the_event_lasts_and_then_it_is_gone(
    client: FlaskClient,
) -> None:
    series = save(Series(slug="occupy", title={"en": "Occupy Library"}))
    event = make_event(slug="readers", series=series, kind=EventKind.CONFERENCE)
    session = make_session(event, slug="opening", title={"en": "Opening"}, theme=make_theme(event, slug="access"))
    make_session(event)
    speaker = make_speaker(event, session, slug="ana")
    make_track(session, language="uk")
    registration, other = make_registration(event), make_registration(event)
    agenda.add(registration, session)
    db.session.commit()
    paths = [
        "/calendar.ics", "/series/occupy/calendar.ics", EVENT, f"{EVENT}?theme=access", f"{EVENT}?language=uk",
        f"{EVENT}?q=opening", f"/events/readers/speakers/{speaker.slug}.ics", "/events/readers/sessions/opening.ics",
        personal(registration), personal(registration, "?show=starred"), personal(registration, "?show=all"),
        personal(other, "?show=all"),
    ]  # fmt: skip
    before = {path: facts(client, path)[session.guid] for path in paths}
    elsewhere = [f"{EVENT}?language=fr", f"{EVENT}?q=closing", personal(other), personal(registration, "?show=booked")]
    with clock.stopped_at(LATER):
        take_out(session)
        for path in paths:
            title, status, number = facts(client, path)[session.guid]
            assert (title, status) == ("Cancelled: Opening", "CANCELLED"), path
            assert number > before[path][2], path
        for path in elsewhere:
            assert session.guid not in facts(client, path), path
        found = entry(client, "/events/readers/sessions/opening.ics")
        assert (found["TRANSP"], found["DTSTART"].dt) == ("TRANSPARENT", session.starts_at)
        assert found["DTSTAMP"].dt == found["LAST-MODIFIED"].dt == LATER
        assert "no longer in the programme" in found["DESCRIPTION"]
    with clock.stopped_at(event.over_at):
        for path in paths:
            if "sessions/" not in path:
                assert session.guid not in facts(client, path), path


def test_the_calendar_of_a_former_session_ends_with_its_event(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    session = make_session(event, slug="opening")
    path = "/events/readers/sessions/opening.ics"
    take_out(session)
    first = client.get(path)
    condition = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=condition).status_code == 304
    with clock.stopped_at(event.over_at):
        assert client.get(path, headers=condition).status_code == 410
        assert client.get(path).status_code == 410
    assert client.get("/events/readers/sessions/never.ics").status_code == 404


def test_a_session_without_a_time_is_called_off_until_it_has_one_again(client: FlaskClient) -> None:
    session = make_session(make_event(slug="readers"), slug="opening", title={"en": "Opening"})
    starts_at, seen = session.starts_at, [facts(client, EVENT)[session.guid]]
    for move in (
        lambda: service.set_standing(session, Standing.POSTPONED),
        lambda: service.move_session(session, None, None),
        lambda: service.move_session(session, starts_at, starts_at + timedelta(hours=2)),
        lambda: service.set_standing(session, Standing.CONFIRMED),
    ):
        move()
        db.session.commit()
        seen.append(facts(client, EVENT)[session.guid])
        assert facts(client, "/events/readers/sessions/opening.ics")[session.guid] == seen[-1]
    assert [(title, status) for title, status, _number in seen] == [
        ("Opening", "CONFIRMED"), ("Postponed: Opening", "TENTATIVE"), ("Cancelled: Opening", "CANCELLED"),
        ("Postponed: Opening", "TENTATIVE"), ("Opening", "CONFIRMED"),
    ]  # fmt: skip
    numbers = [number for _title, _status, number in seen]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_a_merged_session_says_what_it_became_and_leads_there(client: FlaskClient) -> None:
    event = make_event(slug="readers", languages=["en", "ro"])
    session = make_session(event, slug="one", title={"en": "One"})
    into = make_session(event, slug="two", title={"en": "Two", "ro": "Doi"})
    numbers = {uid: number for uid, (_title, _status, number) in facts(client, EVENT).items()}
    regrouping.merge(session, into, None)
    db.session.commit()
    found = facts(client, EVENT)
    assert found[session.guid] == ("Cancelled: One", "CANCELLED", numbers[session.guid] + 1)
    assert found[into.guid] == ("Two", "CONFIRMED", numbers[into.guid])
    gone = next(e for e in read(client, f"{EVENT}?lang=ro").walk("VEVENT") if e["UID"] == session.guid)
    assert "Doi" in gone["DESCRIPTION"]
    assert gone["URL"] == "http://polyforum.test/ro/events/readers/sessions/two/"


def test_a_split_session_keeps_its_uid_and_the_second_part_has_its_own(client: FlaskClient) -> None:
    event = make_event(slug="readers", kind=EventKind.CONFERENCE)
    session = make_session(event)
    registration = make_registration(event)
    agenda.add(registration, session)
    db.session.commit()
    for path in (EVENT, personal(registration)):
        assert list(facts(client, path)) == [session.guid]
    number = facts(client, EVENT)[session.guid][2]
    second = regrouping.split(session, session.starts_at + timedelta(minutes=20), {"en": "Part two"}, None)
    db.session.commit()
    for path in (EVENT, personal(registration)):
        found = facts(client, path)
        assert set(found) == {session.guid, second.guid}, path
        assert (found[session.guid][2], found[second.guid][2]) == (number + 1, 0), path


def test_who_had_a_booking_sees_it_called_off_among_the_booked(client: FlaskClient) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session = make_session(event, capacity=1)
    registration = make_registration(event)
    bookings.book(registration, session)
    db.session.commit()
    uid = session.guid
    take_out(session)
    assert facts(client, personal(registration, "?show=booked"))[uid][1] == "CANCELLED"


def test_no_random_history_of_a_programme_loses_doubles_or_lowers_an_entry(client: FlaskClient) -> None:
    """Each step takes out, unschedules, brings back, merges or splits; what was once seen is seen until the end."""
    chance = Random(20270303)  # noqa: S311 - no secret
    event = make_event(slug="readers")
    rows = [make_session(event) for _ in range(6)]
    seen: dict[str, int] = {}
    for step in range(40):
        alive = list(db.session.scalars(sa.select(EventSession).where(EventSession.event == event)))
        row = chance.choice(alive or [make_session(event)])
        act = chance.choice(["take out", "unschedule", "bring back", "merge", "split", "new"])
        with clock.stopped_at(LATER + timedelta(minutes=step)):
            if act == "take out":
                take_out(row)
            elif act == "unschedule" and row.is_scheduled:
                service.set_standing(row, Standing.POSTPONED)
                service.move_session(row, None, None)
            elif act == "bring back" and not row.is_scheduled:
                service.set_standing(row, Standing.CONFIRMED)
                service.move_session(row, event.begins_at, event.begins_at + timedelta(hours=1))
            elif act == "merge" and (targets := regrouping.targets(row)):
                regrouping.merge(row, chance.choice(targets), None)
            elif act == "split" and row.starts_at:
                regrouping.split(row, row.starts_at + (row.ends_at - row.starts_at) / 2, {"en": "Part"}, None)
            elif act == "new":
                make_session(event)
            db.session.commit()
            found = {uid: number for uid, (_title, _status, number) in facts(client, EVENT).items()}
        assert set(seen) <= set(found), (step, act)
        assert all(found[uid] >= number for uid, number in seen.items()), (step, act)
        seen = found
    assert len(seen) > len(rows)


@pytest.mark.parametrize("number", [1, 30])
def test_former_sessions_cost_one_statement_however_many(client: FlaskClient, number: int) -> None:
    event = make_event(slug="readers")
    for _ in range(number):
        session, into = make_session(event), make_session(event)
        regrouping.merge(session, into, None)
    db.session.commit()
    db.session.remove()
    with statements() as said:
        assert len(read(client, EVENT).walk("VEVENT")) == 2 * number
    assert len(said) == 8, said


def test_a_feed_with_former_sessions_is_not_rendered_again_while_nothing_changes(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(slug="readers")
    with clock.stopped_at(LATER):
        regrouping.merge(make_session(event), make_session(event), None)
        db.session.commit()
    with clock.stopped_at(LATER + timedelta(hours=1)):
        first = client.get(EVENT)
    monkeypatch.setattr(writing, "feed", None)
    for condition in (
        {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
    ):  # fmt: skip
        assert client.get(EVENT, headers=condition).status_code == 304
    monkeypatch.undo()
    with clock.stopped_at(db.session.scalars(sa.select(Event)).one().over_at):
        assert len(titles(client, EVENT)) == 1
