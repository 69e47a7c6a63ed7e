from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.calendar import writing
from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.registration import agenda
from app.registration.models import Purpose
from app.schedule.models import EventSession
from app.speakers.models import Speaker
from tests.calendar.reading import parse, read
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_room, make_session, make_speaker, make_theme, save

LATER = datetime(2027, 3, 4, tzinfo=UTC)


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)


@pytest.fixture
def paths() -> list[str]:
    event = make_event(slug="readers")
    session = make_session(event, slug="opening")
    make_speaker(event, session, slug="ana")
    token = make_registration(event).token(Purpose.CALENDAR)
    return [
        "/calendar.ics",
        "/events/readers/calendar.ics?lang=ro&alarm=5",
        "/events/readers/sessions/opening.ics",
        "/events/readers/speakers/ana.ics",
        f"/calendars/{token}.ics",
    ]


def test_nothing_is_sent_again_while_nothing_changes(
    client: FlaskClient, paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        answers = {path: client.get(path) for path in paths}
    with clock.stopped_at(LATER):
        assert all(client.get(path).headers["ETag"] == answer.headers["ETag"] for path, answer in answers.items())
    monkeypatch.setattr(writing, "feed", None)
    for path, answer in answers.items():
        for condition in (
            {"If-None-Match": answer.headers["ETag"]},
            {"If-Modified-Since": answer.headers["Last-Modified"]},
        ):
            db.session.remove()
            with statements() as said:
                again = client.get(path, headers=condition)
            assert (again.status_code, again.data, len(said)) == (304, b"", 1), (path, condition)
            assert again.headers["ETag"] == answer.headers["ETag"]
            assert answer.headers["ETag"].startswith('"')


def test_a_change_is_sent_to_both_kinds_of_question(client: FlaskClient, paths: list[str]) -> None:
    answers = {path: client.get(path) for path in paths}
    with clock.stopped_at(LATER):
        db.session.scalars(sa.select(EventSession)).one().title = {"en": "Renamed"}
        db.session.commit()
        for path, answer in answers.items():
            for condition in (
                {"If-None-Match": answer.headers["ETag"]},
                {"If-Modified-Since": answer.headers["Last-Modified"]},
            ):
                again = client.get(path, headers=condition)
                assert again.status_code == 200
                assert str(parse(again.data).walk("VEVENT")[0]["SUMMARY"]) == "Renamed"


def translate(event: Event) -> None:
    session = db.session.scalars(sa.select(EventSession)).one()
    save(LanguageTrack(session=session, language="uk", kind=TrackKind.INTERPRETATION))


def rename_the_speaker(event: Event) -> None:
    db.session.scalars(sa.select(Speaker)).one().name = {"en": "Ana Renamed"}


def call_off(event: Event) -> None:
    event.standing = Standing.CANCELLED


@pytest.mark.parametrize(("change", "said"), [
    (translate, "Ukrainian"), (rename_the_speaker, "Ana Renamed"), (call_off, "STATUS:CANCELLED"),
])  # fmt: skip
def test_a_feed_follows_what_stands_beside_its_sessions(
    client: FlaskClient, paths: list[str], change: Callable[[Event], None], said: str
) -> None:
    paths = [path.replace("lang=ro", "lang=en") for path in paths]
    answers = {path: client.get(path) for path in paths}
    with clock.stopped_at(LATER):
        change(db.session.scalars(sa.select(Event)).one())
        db.session.commit()
        for path, answer in answers.items():
            for condition in (
                {"If-None-Match": answer.headers["ETag"]},
                {"If-Modified-Since": answer.headers["Last-Modified"]},
            ):
                again = client.get(path, headers=condition)
                assert again.status_code == 200, path
                assert said in again.text.replace("\r\n ", ""), path
            before, after = (parse(each.data).walk("VEVENT")[0] for each in (answer, again))
            assert after["SEQUENCE"] > before["SEQUENCE"]


def test_two_changes_of_an_agenda_within_a_second_are_two_answers(client: FlaskClient) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    registration = make_registration(event)
    path = f"/calendars/{registration.token(Purpose.CALENDAR)}.ics"
    condition: dict[str, str] = {}
    for number in (1, 2, 3):
        agenda.add(registration, make_session(event))
        db.session.commit()
        again = client.get(path, headers=condition)
        assert len(parse(again.data).walk("VEVENT")) == number
        condition = {"If-Modified-Since": again.headers["Last-Modified"]}


def test_only_ones_own_calendar_is_private(client: FlaskClient, paths: list[str]) -> None:
    for path in paths:
        first = client.get(path)
        expected = "private, no-cache" if path.startswith("/calendars/") else "public, no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == expected
        assert "Set-Cookie" not in first.headers


def test_the_end_of_the_event_changes_a_feed_with_a_cancelled_session(client: FlaskClient) -> None:
    event = make_event(slug="readers")
    make_session(event, standing=Standing.CANCELLED)
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        before = client.get("/events/readers/calendar.ics")
    conditions = [{"If-None-Match": before.headers["ETag"]}, {"If-Modified-Since": before.headers["Last-Modified"]}]
    for moment, status in ((event.over_at - timedelta(seconds=1), 304), (event.over_at, 200)):
        with clock.stopped_at(moment):
            for condition in conditions:
                assert client.get("/events/readers/calendar.ics", headers=condition).status_code == status


@pytest.mark.parametrize("number", [2, 40])
def test_the_number_of_statements_does_not_grow_with_the_sessions(client: FlaskClient, number: int) -> None:
    event = make_event(slug="readers", kind=EventKind.CONFERENCE)
    for _ in range(number):
        make_speaker(event, make_session(event, theme=make_theme(event), room=make_room(event)))
    db.session.remove()
    with statements() as said:
        assert len(read(client, "/events/readers/calendar.ics").walk("VEVENT")) == number
    assert len(said) == 8, said


def test_only_what_changed_is_written_anew(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event(slug="readers")
    sessions = [make_session(event) for _ in range(3)]
    before = read(client, "/events/readers/calendar.ics")
    written = []
    original = writing._published
    monkeypatch.setattr(writing, "_published", lambda entry, *rest: written.append(1) or original(entry, *rest))
    with clock.stopped_at(LATER):
        sessions[1].title = {"en": "Renamed"}
        db.session.commit()
        after = read(client, "/events/readers/calendar.ics")
    assert len(written) == 1
    old, new = ({str(e["UID"]): e for e in calendar.walk("VEVENT")} for calendar in (before, after))
    assert [uid for uid in old if old[uid].to_ical() != new[uid].to_ical()] == [sessions[1].guid]
    moved = new[sessions[1].guid]
    assert moved["SEQUENCE"] == old[sessions[1].guid]["SEQUENCE"] + 1
    assert moved["DTSTAMP"].dt == moved["LAST-MODIFIED"].dt == LATER
