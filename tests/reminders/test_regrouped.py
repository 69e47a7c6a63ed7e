"""What people hear of sessions that became one, or two."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from app.events.models import EventKind, EventState
from app.extensions import db
from app.registration import agenda, bookings, replies
from app.schedule import regrouping
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, make_speaker
from tests.reminders.reading import entries, html, recipients, text

Run = Callable[..., list[EmailMessage]]
SOON = NOON + timedelta(minutes=2)


@pytest.mark.both_databases
def test_a_merged_session_is_told_to_who_meant_to_come_and_called_off_where_it_was_in_a_calendar(
    app: object, letters_at: Run
) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session = make_session(event, title={"en": "Small talk"})
    into = make_session(event, title={"en": "Great talk"}, starts_at=session.starts_at + timedelta(hours=3))
    make_speaker(event, session, email="speaker@example.org")
    make_registration(event, email="other@example.org")
    ana, ion = (make_registration(event, email=f"{name}@example.org") for name in ("ana", "ion"))
    for registration in (ana, ion):
        agenda.add(registration, session)
    replies.note_mailed(ana, [session])
    uid, number = session.guid, session.sequence
    regrouping.merge(session, into, None)
    db.session.commit()
    by_reader = {message["To"].addresses[0].addr_spec: message for message in letters_at(SOON)}
    assert sorted(by_reader) == ["ana@example.org", "ion@example.org", "speaker@example.org"]
    letter = by_reader["ana@example.org"]
    assert letter["Subject"] == "Part of another session now: Small talk"
    assert "Great talk" in text(letter)
    assert "Great talk" in html(letter)
    (off, gone), (on, _entry) = entries(letter)
    assert (off, str(gone["UID"]), gone["STATUS"], on) == ("CANCEL", uid, "CANCELLED", "REQUEST")
    assert gone["SEQUENCE"] > number
    assert [str(entry["UID"]) for _method, entry in entries(by_reader["ion@example.org"])] == [into.guid]
    assert entries(by_reader["speaker@example.org"]) == []
    assert letters_at(SOON + timedelta(hours=1)) == []


def test_for_whom_there_is_no_place_is_told_that_they_wait(app: object, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session, into = make_session(event), make_session(event, capacity=1)
    there, comes = make_registration(event), make_registration(event, email="ana@example.org")
    bookings.book(there, into)
    agenda.add(comes, session)
    regrouping.merge(session, into, None)
    db.session.commit()
    (letter,) = letters_at(SOON)
    assert "You are on its waiting list" in text(letter)
    assert entries(letter) == []


def test_a_split_session_is_told_with_both_its_parts(app: object, letters_at: Run) -> None:
    session = make_session(make_event(), title={"en": "Long"})
    make_registration(session.event)
    second = regrouping.split(session, session.starts_at + timedelta(minutes=30), {"en": "Long, questions"}, None)
    db.session.commit()
    (letter,) = letters_at(SOON)
    assert letter["Subject"] == "In two parts now: Long"
    assert "Long, questions" in text(letter)
    assert [str(entry["UID"]) for _method, entry in entries(letter)] == [session.guid, second.guid]


def test_who_only_waits_hears_where_they_stand_now_and_gets_no_entry(app: object, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    session, into = make_session(event, capacity=1), make_session(event, capacity=2, join_url="https://meet.test/1")
    names = "booked", "first", "last"
    booked, first, last = (make_registration(event, email=f"{name}@example.org") for name in names)
    for registration in (booked, first, last):
        bookings.book(registration, session)
    second = regrouping.split(session, session.starts_at + timedelta(minutes=30), {"en": "Questions"}, None)
    db.session.commit()
    letters = {message["To"].addresses[0].addr_spec: message for message in letters_at(SOON)}
    assert text(letters["booked@example.org"]).count("You are on its waiting list.") == 0
    for name in ("first", "last"):
        assert letters[f"{name}@example.org"]["Subject"].startswith("In two parts now: ")
        assert text(letters[f"{name}@example.org"]).count("You are on its waiting list.") == 2
        assert entries(letters[f"{name}@example.org"]) == []

    regrouping.merge(second, into, None)
    db.session.commit()
    letters = {message["To"].addresses[0].addr_spec: message for message in letters_at(SOON + timedelta(minutes=1))}
    assert "You waited for a place in this session." not in text(letters["booked@example.org"])
    for said in (text(letters["first@example.org"]), html(letters["first@example.org"])):
        assert "You waited for a place in this session." in said
        assert "You have a place in it now." in said
        assert "Join:" in said
    assert [str(entry["UID"]) for _method, entry in entries(letters["first@example.org"])] == [into.guid]
    assert "You are on its waiting list." in text(letters["last@example.org"])
    assert "Join:" not in text(letters["last@example.org"])
    assert entries(letters["last@example.org"]) == []


def test_nobody_is_told_of_a_draft(app: object, letters_at: Run) -> None:
    event = make_event(state=EventState.DRAFT)
    make_registration(event)
    session, into = make_session(event), make_session(event)
    regrouping.merge(session, into, None)
    regrouping.split(into, into.starts_at + timedelta(minutes=30), {"en": "Two"}, None)
    db.session.commit()
    assert recipients(letters_at(SOON)) == []
