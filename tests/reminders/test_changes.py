from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from app.events.models import Event, EventKind, Standing
from app.events.service import set_standing
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.registration import agenda, bookings, replies
from app.registration.models import AgendaItem
from app.schedule.models import EventSession
from app.schedule.signals import session_changed
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, make_speaker, save
from tests.reminders.reading import entries, html, recipients, text

pytestmark = pytest.mark.both_databases

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)
SOON = NOON + timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def webinar(app: Flask) -> Event:
    return make_event(slug="webinar")


@pytest.fixture
def talk(webinar: Event) -> EventSession:
    return make_session(webinar, slug="talk", starts_at=START, title={"en": "The talk"})


def move(session: EventSession, to: datetime) -> None:
    previous = session.starts_at
    session.starts_at, session.ends_at = to, to + HOUR
    session_changed.send(session, change=Change.MOVED, previous_start=previous)
    db.session.commit()


def call_off(session: EventSession, standing: Standing) -> None:
    session.standing, session.standing_reason = standing, {"en": "The speaker is ill."}
    session_changed.send(session, change=Change(standing.value), previous_start=None)
    db.session.commit()


def test_a_move_is_told_once_to_each_with_both_times_and_the_new_entry(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event, email="ana@example.org", zone="Europe/Kyiv")
    make_registration(talk.event, email="ion@example.org", unsubscribed_at=NOON)
    make_registration(talk.event, state="pending")
    before = talk.sequence
    move(talk, START + HOUR)

    assert letters_at(NOON) == [], "an organiser may correct it"
    messages = letters_at(SOON)
    assert recipients(messages) == ["ana@example.org", "ion@example.org"]
    assert letters_at(SOON + HOUR) == []
    ana = messages[0]
    assert ana["Subject"] == "Moved: The talk"
    assert ana["List-Unsubscribe"] is None
    for body in (text(ana), html(ana)):
        assert "11:00" in body
        assert "10:00" in body
    method, entry = entries(ana)[0]
    assert method == "REQUEST"
    assert entry["DTSTART"].dt.astimezone(UTC) == START + HOUR
    assert entry["SEQUENCE"] > before


def test_corrections_within_a_minute_are_one_letter_with_the_last_facts(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event)
    move(talk, START + HOUR)
    with clock.stopped_at(NOON + timedelta(seconds=40)):
        move(talk, START + 3 * HOUR)

    assert letters_at(SOON) == []
    (message,) = letters_at(NOON + timedelta(seconds=100))
    assert "13:00" in text(message)
    assert "10:00" in text(message), "what people knew"
    assert "11:00" not in text(message).replace("11:00 (", "")


def test_what_is_taken_back_at_once_is_not_told(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event)
    move(talk, START + HOUR)
    move(talk, START)

    assert letters_at(SOON) == []


def test_a_letter_that_was_untrue_for_a_minute_is_sent_when_it_is_true_again(
    talk: EventSession, letters_at: Run, app: Flask
) -> None:
    make_registration(talk.event)
    mail = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1?tls=none"
    move(talk, START + HOUR)
    assert letters_at(SOON) == []
    app.config["MAIL_URL"] = mail
    later = SOON + timedelta(minutes=2)
    with clock.stopped_at(later):
        move(talk, START + 2 * HOUR)
    assert letters_at(later) == [], "it says 11:00, and 12:00 may be an error"
    with clock.stopped_at(later + timedelta(seconds=20)):
        move(talk, START + HOUR)

    (message,) = letters_at(later + timedelta(minutes=2))
    assert "11:00" in text(message)
    assert letters_at(later + timedelta(minutes=4)) == []


def test_who_is_due_a_reminder_during_an_error_of_a_minute_gets_it(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event)
    due = START - HOUR
    with clock.stopped_at(due - timedelta(seconds=5)):
        move(talk, START + HOUR)
    with clock.stopped_at(due + timedelta(seconds=5)):
        move(talk, START)

    assert letters_at(due + timedelta(seconds=10)) == []
    (message,) = letters_at(due + timedelta(minutes=2))
    assert message["Subject"].startswith("Reminder: ")


def test_a_number_that_is_given_out_again_swallows_no_news(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event)
    other = make_session(talk.event, starts_at=START + 4 * HOUR)
    move(other, START + 5 * HOUR)
    assert len(letters_at(SOON)) == 1
    db.session.delete(other)
    db.session.commit()
    with clock.stopped_at(SOON + HOUR):
        move(talk, START + HOUR)

    assert len(letters_at(SOON + HOUR + timedelta(minutes=1))) == 1


def test_a_letter_about_a_move_that_waited_too_long_is_not_sent_beside_the_next(
    talk: EventSession, letters_at: Run, app: Flask
) -> None:
    make_registration(talk.event)
    mail = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1?tls=none"
    move(talk, START + HOUR)
    assert letters_at(SOON) == []
    with clock.stopped_at(SOON):
        move(talk, START + 2 * HOUR)
    app.config["MAIL_URL"] = mail

    assert len(letters_at(SOON + HOUR)) == 1


def test_sessions_changed_together_are_one_letter(talk: EventSession, letters_at: Run) -> None:
    other = make_session(talk.event, starts_at=START + HOUR, title={"en": "The debate"})
    make_registration(talk.event)
    move(talk, START + 2 * HOUR)
    call_off(other, Standing.CANCELLED)

    (message,) = letters_at(SOON)
    assert "Moved: The talk" in text(message)
    assert "Cancelled: The debate" in text(message)
    assert "The speaker is ill." in text(message)
    assert [method for method, _ in entries(message)] == ["REQUEST", "CANCEL"]


def test_at_a_conference_only_those_hear_who_chose_the_session_and_who_speaks(app: Flask, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session = make_session(event, starts_at=START)
    make_speaker(event, session, email="speaker@example.org", zone="Asia/Tokyo")
    make_speaker(event, email="another@example.org")
    make_registration(event, email="ion@example.org")
    save(AgendaItem(registration=make_registration(event, email="ana@example.org"), session=session))
    call_off(session, Standing.CANCELLED)

    ana, speaker = letters_at(SOON)
    assert recipients([ana, speaker]) == ["ana@example.org", "speaker@example.org"]
    assert [(method, str(entry["STATUS"])) for method, entry in entries(ana)] == [("CANCEL", "CANCELLED")]
    assert "(Tokyo)" in text(speaker)
    assert "because you speak" in text(speaker)


def test_who_waits_for_a_place_hears_without_an_entry_and_without_the_ways_in(app: Flask, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session = make_session(event, starts_at=START, capacity=1, join_url="https://meet.test/1")
    for name in ("booked", "waits"):
        bookings.book(make_registration(event, email=f"{name}@example.org"), session)
    move(session, START + HOUR)
    booked, waits = letters_at(SOON)
    assert ("Join:" in text(booked), len(entries(booked))) == (True, 1)
    assert ("Join:" in text(waits), entries(waits)) == (False, [])
    assert "You are on its waiting list." in text(waits)

    with clock.stopped_at(SOON + HOUR):
        call_off(session, Standing.CANCELLED)
    booked, waits = letters_at(SOON + 2 * HOUR)
    assert len(entries(booked)) == 1
    assert entries(waits) == []
    for body in (text(waits), html(waits)):
        assert "You waited for a place in this session." in body


def test_a_changed_programme_is_no_letter_of_sixty_files_and_what_calendars_have_goes_first(
    app: Flask, letters_at: Run
) -> None:
    event = make_event(slug="long", kind=EventKind.CONFERENCE)
    registration = make_registration(event)
    long = "Бібліотеки говорять одна з одною. " * 60
    talks = [make_session(event, starts_at=START, title={"en": f"Talk {n}"}, abstract={"en": long}) for n in range(60)]
    for talk in talks:
        agenda.add(registration, talk)
    replies.note_mailed(registration, talks[-3:])
    for talk in talks:
        move(talk, START + HOUR)

    (letter,) = letters_at(SOON)
    found = entries(letter)
    assert [str(entry["UID"]) for _method, entry in found[:3]] == [talk.guid for talk in talks[-3:]]
    assert 3 < len(found) <= 13
    for body in (text(letter), html(letter)):
        assert f"The calendar entries of {60 - len(found)} sessions have no room in this letter." in body
    assert len(letter.as_bytes()) < 100_000

    with clock.stopped_at(SOON + HOUR):
        replies.note_mailed(registration, talks)
        set_standing(event, Standing.CANCELLED)
        db.session.commit()
    (letter,) = letters_at(SOON + 2 * HOUR)
    found = entries(letter)
    assert {method for method, _entry in found} == {"CANCEL"}
    assert len(found) > 20, "without what they were to be about"
    assert f"The withdrawals of {60 - len(found)} calendar entries have no room" in text(letter)
    assert len(letter.as_bytes()) < 100_000


def test_a_cancelled_event_is_told_to_all_and_one_who_does_both_hears_once(app: Flask, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session = make_session(event, starts_at=START)
    make_speaker(event, session, email="Ana@example.org")
    make_speaker(event, email="speaker@example.org")
    make_registration(event, email="ana@example.org")
    set_standing(event, Standing.CANCELLED, {"en": "Nobody may travel."})
    move(session, START + HOUR)

    messages = letters_at(SOON)
    assert recipients(messages) == ["ana@example.org", "speaker@example.org"]
    assert all("Nobody may travel." in text(message) for message in messages)
    assert letters_at(START - HOUR) == []


def test_an_event_that_takes_place_after_all_is_told(talk: EventSession, letters_at: Run) -> None:
    make_registration(talk.event)
    set_standing(talk.event, Standing.POSTPONED)
    db.session.commit()
    (postponed,) = letters_at(SOON)
    with clock.stopped_at(SOON):
        set_standing(talk.event, Standing.CONFIRMED)
        db.session.commit()
    (restored,) = letters_at(SOON + timedelta(minutes=1))

    assert postponed["Subject"].startswith("Postponed: ")
    assert restored["Subject"].startswith("Takes place after all: ")


def test_who_registers_after_a_move_hears_nothing_of_it(talk: EventSession, letters_at: Run) -> None:
    move(talk, START + HOUR)
    make_registration(talk.event, confirmed_at=NOON + timedelta(seconds=20))

    assert letters_at(SOON) == []
