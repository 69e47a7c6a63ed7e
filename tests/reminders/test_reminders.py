from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events.models import Event, EventKind, EventState, Standing
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter, LetterState
from app.registration.models import AgendaItem, Purpose
from app.reminders import event_rules, sweep
from app.schedule.models import EventSession
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, save
from tests.reminders.reading import html, recipients, text

pytestmark = pytest.mark.both_databases

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)  # Ten in Bucharest, before the change of the clock.
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def webinar(app: Flask) -> Event:
    event = make_event(slug="webinar", title={"en": "Open libraries", "ro": "Biblioteci deschise"})
    make_session(event, starts_at=START, title={"en": "The talk"}, join_url="https://meet.example.org/j/1")
    return event


@pytest.fixture
def conference(app: Flask) -> Event:
    return make_event(slug="conference", kind=EventKind.CONFERENCE)


def agenda(event: Event, *sessions: EventSession, **values: object) -> None:
    registration = make_registration(event, **values)
    for session in sessions:
        save(AgendaItem(registration=registration, session=session))


def test_registered_people_are_reminded_a_day_and_an_hour_before_and_once(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar, email="ana@example.org")

    assert letters_at(START - DAY - timedelta(seconds=1)) == []
    assert recipients(letters_at(START - DAY)) == ["ana@example.org"]
    assert letters_at(START - DAY + timedelta(seconds=30)) == []
    assert recipients(letters_at(START - HOUR)) == ["ana@example.org"]
    assert letters_at(START - timedelta(minutes=30)) == [], "the reminder of the event was enough for a webinar"
    assert letters_at(START) == []


def test_a_reminder_tells_the_time_in_both_zones_and_how_to_come_in(webinar: Event, letters_at: Run) -> None:
    registration = make_registration(webinar, zone="America/New_York")

    (message,) = letters_at(START - HOUR)

    for body in (text(message), html(message)):
        assert "03:00" in body
        assert "(New York)" in body
        assert "10:00" in body
        assert "(Bucharest)" in body
        assert f"http://polyforum.test/en/join/{registration.token(Purpose.JOIN)}/" in body
        assert "meet.example.org" not in body
    assert message["Reply-To"] == "contact@example.org"
    link = f"http://polyforum.test/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}"
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_is_written_to_in_their_own_language(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar, email="en@example.org", language="en")
    make_registration(webinar, email="ro@example.org", language="ro", zone="Europe/Bucharest")
    make_registration(webinar, email="ru@example.org", language="ru")

    english, romanian, russian = letters_at(START - HOUR)

    assert "Wednesday, 10 March 2027" in text(english)
    assert "Biblioteci deschise" in text(romanian)
    assert "miercuri, 10 martie 2027" in text(romanian)
    assert "среда, 10 марта 2027" in text(russian)
    assert "(Киев)" in text(russian)
    assert 'lang="ru"' in html(russian)


@pytest.mark.parametrize(("day", "here", "there"), [
    (date(2027, 3, 20), "12:00", "5:00"),  # America has changed its clocks, Europe not yet: six hours.
    (date(2027, 3, 31), "12:00", "5:00"),
    (date(2027, 3, 10), "12:00", "5:00"),
])  # fmt: skip
def test_the_offset_between_zones_is_that_of_the_day(
    app: Flask, letters_at: Run, day: date, here: str, there: str
) -> None:
    event = make_event(zone="Europe/Bucharest", starts_on=day, ends_on=day)
    session = make_session(event, starts_at=event.begins_at + timedelta(hours=12))
    make_registration(event, zone="America/New_York", language="ro")
    offset = 6 if day == date(2027, 3, 20) else 7

    (message,) = letters_at(session.starts_at - HOUR)

    assert f"{here}" in text(message)
    assert f"{12 - offset:02}:00" in text(message) or f"{12 - offset}:00" in text(message)


def test_the_reminder_of_a_later_event_knows_that_the_clock_changes_in_between(app: Flask, letters_at: Run) -> None:
    event = make_event(zone="Europe/Bucharest", starts_on=date(2027, 3, 28), ends_on=date(2027, 3, 28))
    make_session(event, starts_at=datetime(2027, 3, 28, 7, tzinfo=UTC))  # Summer time since 01:00 UTC that day.
    make_registration(event, zone="Asia/Tokyo", language="ro")

    (message,) = letters_at(datetime(2027, 3, 27, 7, tzinfo=UTC))

    assert "10:00" in text(message)
    assert "16:00" in text(message)


@pytest.mark.parametrize("values", [
    {"standing": Standing.CANCELLED}, {"standing": Standing.POSTPONED}, {"state": EventState.DRAFT},
    {"state": EventState.ARCHIVED},
])  # fmt: skip
def test_events_that_do_not_take_place_remind_nobody(webinar: Event, letters_at: Run, values: dict[str, str]) -> None:
    make_registration(webinar)
    for name, value in values.items():
        setattr(webinar, name, value)
    db.session.commit()

    assert letters_at(START - HOUR) == []


def test_who_unsubscribed_or_did_not_confirm_or_came_later_is_not_reminded(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar, unsubscribed_at=NOON)
    make_registration(webinar, state="pending")
    make_registration(webinar, state="cancelled")
    make_registration(webinar, confirmed_at=START - HOUR + timedelta(minutes=1))

    assert letters_at(START - HOUR + timedelta(minutes=2)) == []


def test_who_unsubscribes_while_the_reminder_waits_gets_none(webinar: Event, letters_at: Run) -> None:
    registration = make_registration(webinar)
    with clock.stopped_at(START - HOUR):
        sweep.sweep()
        registration.unsubscribed_at = clock.now()
        db.session.commit()

    assert letters_at(START - HOUR) == []
    dropped = db.session.scalars(sa.select(Letter)).one()
    assert (dropped.state, dropped.last_error) == (LetterState.DROPPED, "no reminders are wanted")


def test_a_moved_session_does_not_send_the_stale_reminder(webinar: Event, letters_at: Run) -> None:
    make_registration(webinar)
    session = db.session.scalars(sa.select(EventSession)).one()
    with clock.stopped_at(START - HOUR):
        sweep.sweep()
        session.starts_at, session.ends_at = START + 2 * HOUR, START + 3 * HOUR
        db.session.commit()

    (message,) = letters_at(START - HOUR)
    assert "12:00" in text(message), "the reminder of a day before says the new hour, and is of use for two hours yet"
    (message,) = letters_at(START + HOUR)
    assert "12:00" in text(message)


def test_sessions_of_an_agenda_that_start_together_are_one_letter(conference: Event, letters_at: Run) -> None:
    first = make_session(conference, starts_at=START, title={"en": "First"})
    second = make_session(conference, starts_at=START + timedelta(minutes=45), title={"en": "Second"})
    third = make_session(conference, starts_at=START + timedelta(minutes=60), title={"en": "Third"})
    make_session(conference, starts_at=START, title={"en": "Another stage"})
    agenda(conference, first, second, third)
    letters_at(START - HOUR)

    (message,) = letters_at(START - timedelta(minutes=30))
    assert "First" in text(message)
    assert "Second" in text(message)
    assert "Third" not in text(message)
    assert "Another stage" not in text(message)
    assert letters_at(START + timedelta(minutes=15)) == []
    (message,) = letters_at(START + timedelta(minutes=30))
    assert "Third" in text(message)
    assert "Second" not in text(message)


def test_a_session_put_on_the_agenda_just_before_it_begins_brings_no_letter(conference: Event, letters_at: Run) -> None:
    session = make_session(conference, starts_at=START)
    registration = make_registration(conference)
    letters_at(START - HOUR)
    save(AgendaItem(registration=registration, session=session, added_at=START - timedelta(minutes=20)))

    assert letters_at(START - timedelta(minutes=19)) == []


def test_what_fails_at_one_event_takes_no_letter_from_the_event_before(
    webinar: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_event(starts_on=webinar.starts_on, ends_on=webinar.ends_on)
    make_session(other, starts_at=START)
    for event in (webinar, other):
        make_registration(event)
    with monkeypatch.context() as broken, clock.stopped_at(START - DAY):
        write = event_rules.write
        broken.setattr(event_rules, "write", lambda event, rules: write(event, rules) if event is webinar else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sweep.sweep()
    db.session.rollback()
    about = sa.select(Letter.about).where(Letter.kind == event_rules.EVENT)
    assert db.session.scalars(about).all() == [f"event:{webinar.id}"]
    with clock.stopped_at(START - DAY):
        sweep.sweep()
    assert set(db.session.scalars(about)) == {f"event:{webinar.id}", f"event:{other.id}"}


def test_reminding_eight_hundred_people_takes_hardly_more_statements_than_reminding_one(webinar: Event) -> None:
    registration = make_registration(webinar)
    columns = ("event_id", "name", "country", "language", "zone", "consented_at", "confirmed_at", "state", "new_email",
               "created_at", "attempt", "agenda_changed_at")  # fmt: skip
    row = {name: getattr(registration, name) for name in columns}
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    with clock.stopped_at(START - DAY):
        sweep.sweep()
        for_one = len(statements)
        db.session.execute(
            sa.insert(type(registration)), [{**row, "email": f"many{n}@example.org"} for n in range(800)]
        )  # fmt: skip
        statements.clear()
        sweep.sweep()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 801
    assert len(statements) <= for_one + 3, statements
    assert for_one < 35, "the beginnings of transactions among them"
