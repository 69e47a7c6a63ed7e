"""Who is told that a language fell through in a session, or came back, and what the letter says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from app.events.models import EventKind, EventState, Standing
from app.extensions import db
from app.languages import plan
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import clock
from app.registration.models import AgendaItem, Need, NeedKind, RegistrationState
from app.schedule.models import EventSession
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, make_track, save
from tests.reminders.reading import entries, html, recipients, text

Run = Callable[[datetime], list[EmailMessage]]
SOON = NOON + timedelta(minutes=1)
LATER = NOON + timedelta(hours=1)
CONTACT = "contact@example.org"


@pytest.fixture
def talk(app: Flask) -> EventSession:
    """Of a webinar, in English, which Ana from Romania attends."""
    talk = make_session(make_event(), title={"en": "The talk", "ro": "Discursul"}, join_url="https://meet.example.org/")
    make_registration(talk.event, email="ana@example.org", language="ro")
    return talk


@pytest.fixture
def track(talk: EventSession) -> LanguageTrack:
    make_track(talk, language="uk", url="https://meet.example.org/uk")
    return make_track(talk, language="ro", state=TrackState.CONFIRMED)


def move(track: LanguageTrack, state: TrackState, moment: datetime = NOON) -> None:
    with clock.stopped_at(moment):
        plan.move(track, state)
        db.session.commit()


@pytest.mark.both_databases
def test_who_has_the_language_as_their_own_is_told_once_in_it(track: LanguageTrack, letters_at: Run) -> None:
    make_registration(track.session.event, language="en")
    make_registration(track.session.event, language="ro", state=RegistrationState.PENDING)
    before = track.session.sequence
    move(track, TrackState.FAILED)
    assert letters_at(NOON) == [], "a slip may be mended"
    ana, contact = letters_at(SOON)
    assert recipients([ana, contact]) == ["ana@example.org", CONTACT]
    assert letters_at(LATER) == []
    for body in (text(ana), html(ana)):
        assert "Discursul" in body
        assert "engleză" in body, "on the floor"
        assert "ucraineană" in body
    ((method, entry),) = entries(ana)
    assert (method, entry["SEQUENCE"]) == ("REQUEST", before + 1)
    assert "omanian" not in str(entry["DESCRIPTION"])
    assert contact["Subject"] == "No interpretation into Romanian: The talk"
    assert "1 registered person gets word of it." in text(contact)


@pytest.mark.both_databases
def test_who_asked_for_the_language_is_told_too_and_who_reads_it_from_the_stage_is_not(
    talk: EventSession, letters_at: Run
) -> None:
    talk.languages = ["ro"]
    for email, kind, language in (
        ("asked@example.org", NeedKind.CAPTIONS, "ro"), ("other@example.org", NeedKind.CAPTIONS, "uk"),
        ("ramp@example.org", NeedKind.OTHER, "ro"),
    ):  # fmt: skip
        save(Need(registration=make_registration(talk.event, email=email), kind=kind, language=language))
    move(make_track(talk, language="ro-MD", kind=TrackKind.CAPTIONS), TrackState.FAILED)
    assert recipients(letters_at(SOON)) == ["asked@example.org", CONTACT]


def test_sign_language_concerns_who_asked_for_it(talk: EventSession, letters_at: Run) -> None:
    save(Need(registration=make_registration(talk.event, email="deaf@example.org"), kind=NeedKind.SIGN, note="LSR"))
    move(make_track(talk, language="rms", kind=TrackKind.SIGN), TrackState.FAILED)
    deaf, contact = letters_at(SOON)
    assert deaf["Subject"] == "Not in Romanian Sign Language: The talk"
    assert recipients([contact]) == [CONTACT]


@pytest.mark.both_databases
def test_of_a_conference_only_those_who_chose_the_session_are_told(track: LanguageTrack, letters_at: Run) -> None:
    track.session.event.kind = EventKind.CONFERENCE
    save(AgendaItem(
        registration=make_registration(track.session.event, email="ion@example.org", language="ro"),
        session=track.session,
    ))  # fmt: skip
    move(track, TrackState.FAILED)
    assert recipients(letters_at(SOON)) == ["ion@example.org", CONTACT]


def test_a_slip_that_is_mended_at_once_tells_nobody(track: LanguageTrack, letters_at: Run) -> None:
    move(track, TrackState.FAILED)
    move(track, TrackState.CONFIRMED, NOON + timedelta(seconds=30))
    assert letters_at(SOON) == []
    assert letters_at(LATER) == []


def test_what_comes_back_is_told_to_the_same_people(track: LanguageTrack, letters_at: Run) -> None:
    move(track, TrackState.FAILED)
    assert len(letters_at(SOON)) == 2
    move(track, TrackState.LIVE, LATER)
    letters = letters_at(LATER + timedelta(minutes=1))
    assert recipients(letters) == ["ana@example.org", CONTACT]
    assert letters[1]["Subject"] == "Interpretation into Romanian after all: The talk"


def test_tracks_that_fall_through_together_are_one_letter(track: LanguageTrack, letters_at: Run) -> None:
    move(track, TrackState.FAILED)
    move(make_track(track.session, language="ro", kind=TrackKind.CAPTIONS), TrackState.FAILED)
    ana, contact = letters_at(SOON)
    assert contact["Subject"].startswith("Languages have changed")
    assert len(entries(ana)) == 1
    assert "No live captions in Romanian: The talk" in text(contact)


def test_a_letter_that_waited_until_the_language_was_back_is_dropped(
    track: LanguageTrack, letters_at: Run, app: Flask
) -> None:
    mail = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1?tls=none"
    move(track, TrackState.FAILED)
    assert letters_at(SOON) == []
    app.config["MAIL_URL"] = mail
    move(track, TrackState.CONFIRMED, SOON)
    assert [letter["Subject"] for letter in letters_at(LATER)][1:] == [
        "Interpretation into Romanian after all: The talk"
    ], "and the one that it fell through never goes"  # fmt: skip


@pytest.mark.parametrize("why", ["over", "draft", "cancelled", "soon cancelled"])
def test_nobody_is_told_of_what_does_not_matter_any_more(track: LanguageTrack, letters_at: Run, why: str) -> None:
    session = track.session
    if why == "over":
        session.starts_at, session.ends_at = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    elif why == "draft":
        session.event.state = EventState.DRAFT
    elif why == "cancelled":
        session.standing = Standing.CANCELLED
    move(track, TrackState.FAILED)
    session.standing = Standing.CANCELLED if why == "soon cancelled" else session.standing
    db.session.commit()
    assert letters_at(SOON) == []


def test_who_registers_after_it_fell_through_is_told_nothing_new(track: LanguageTrack, letters_at: Run) -> None:
    move(track, TrackState.FAILED)
    make_registration(
        track.session.event, email="new@example.org", language="ro", confirmed_at=NOON + timedelta(seconds=10)
    )
    assert recipients(letters_at(SOON)) == ["ana@example.org", CONTACT]
