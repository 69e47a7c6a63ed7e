from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as markup

from app import create_app
from app.events.models import EventKind, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.mail.models import Letter, LetterState
from app.mail.outbox import write
from app.mail.service import enqueue
from app.people.models import Role
from app.registration import bookings
from app.registration import service as registrations
from app.registration.models import Purpose, Registration, RegistrationState
from app.registration.signals import registration_confirmed
from tests.conftest import NOON, settings_of
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in
from tests.reminders.reading import entries, html, text

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)


@pytest.fixture
def registration(app: Flask) -> Registration:
    event = make_event(slug="webinar", title={"en": "Open <libraries>"}, reply_to="desk@example.org")
    session = make_session(
        event, slug="talk", starts_at=START, join_url="https://meet.example.org/j/1", join_passcode="123",
    )  # fmt: skip
    save(LanguageTrack(
        session=session, language="ru", kind=TrackKind.INTERPRETATION, url="https://meet.example.org/ru"
    ))  # fmt: skip
    return make_registration(event, email="ana@example.org", name="Ana")


def test_the_welcome_brings_the_entry_the_join_link_and_the_private_page(
    registration: Registration, letters_at: Run
) -> None:
    make_session(registration.event, title={"en": "Called off"}, standing=Standing.CANCELLED)
    registration_confirmed.send(registration)
    registration_confirmed.send(registration)
    db.session.commit()

    (message,) = letters_at(NOON)
    page = f"http://polyforum.test/en/registrations/{registration.token(Purpose.PAGE)}/"
    for body in (text(message), html(message)):
        assert page in body
        own = f"http://polyforum.test/en/join/{registration.token(Purpose.JOIN)}/talk/"
        assert own in body
        assert f"{own}#ru" in body
        assert "meet.example.org" not in body
        assert "123" in body
        assert "Called off" not in body
    assert "Open <libraries>" in text(message)
    assert "Open &lt;libraries&gt;" in html(message)
    assert message["Reply-To"] == "desk@example.org"
    assert message["List-Unsubscribe"] is None
    ((method, entry),) = entries(message)
    assert method == "REQUEST"
    assert "ana@example.org" in str(entry["ATTENDEE"])


def test_how_to_join_a_session_with_few_places_is_said_to_who_has_one(
    registration: Registration, letters_at: Run
) -> None:
    event = registration.event
    workshop = make_session(
        event, slug="workshop", starts_at=START, capacity=1, join_url="https://meet.example.org/j/2",
        join_phone="+40 21 5550199", join_passcode="9876",
    )  # fmt: skip
    booked = make_registration(event, email="booked@example.org", name="Ion")
    bookings.book(booked, workshop)
    for each in (registration, booked):
        registration_confirmed.send(each)
    db.session.commit()
    for moment in (NOON, START - timedelta(days=1)):
        ana, ion = letters_at(moment)
        for said in (text, html):
            assert "123" in said(ana)
            for secret in ("9876", "5550199", "/workshop/"):
                assert secret not in said(ana)
                assert secret in said(ion)


def test_cancelling_is_confirmed_and_takes_the_entry_back(registration: Registration, letters_at: Run) -> None:
    registrations.cancel(registration)
    db.session.commit()

    (message,) = letters_at(NOON)
    assert message["Subject"] == "Your registration is cancelled: Open <libraries>"
    assert [(method, str(entry["STATUS"])) for method, entry in entries(message)] == [("CANCEL", "CANCELLED")]


def test_the_welcome_of_someone_who_cancelled_meanwhile_is_not_sent(
    registration: Registration, letters_at: Run
) -> None:
    registration_confirmed.send(registration)
    registration.state = RegistrationState.CANCELLED
    db.session.commit()

    assert letters_at(NOON) == []


def test_a_letter_never_follows_a_registration_to_an_address_it_left(
    registration: Registration, letters_at: Run
) -> None:
    registration_confirmed.send(registration)
    registration.email = "new@example.org"
    db.session.commit()

    assert letters_at(NOON) == []


def test_a_letter_in_a_language_that_runs_from_right_to_left_says_so(app: Flask) -> None:
    arabic = create_app(settings_of(app, LANGUAGES=("en", "ar")))
    with arabic.app_context():
        event = make_event(title={"ar": "مكتبات مفتوحة"})
        make_session(event, starts_at=START, title={"en": "The talk"})
        registration = make_registration(event, language="ar")
        registration_confirmed.send(registration)
        db.session.commit()
        content = write(db.session.query(Letter).one())

    (frame,) = markup.fromstring(content.html).xpath("//div[@class='letter']")
    assert (frame.get("lang"), frame.get("dir")) == ("ar", "rtl")
    (title,) = frame.xpath(".//h2/span")
    assert (title.text, title.get("lang"), title.get("dir")) == ("The talk", "en", "ltr")
    assert len(content.html) < 100_000


def test_a_letter_fetches_nothing_from_anywhere(registration: Registration, letters_at: Run) -> None:
    registration_confirmed.send(registration)
    db.session.commit()
    body = html(letters_at(NOON)[0])

    assert not any(mark in body for mark in ("<img", "src=", "@import", "url(", "<script", "<link"))


def test_a_conference_without_an_agenda_is_confirmed_without_entries(app: Flask, letters_at: Run) -> None:
    event = make_event(kind=EventKind.CONFERENCE)
    make_session(event, starts_at=START)
    registration_confirmed.send(make_registration(event))
    db.session.commit()

    (message,) = letters_at(NOON)
    assert entries(message) == []
    assert "Wednesday, 10 March 2027" in text(message)


def failed(registration: Registration) -> Letter:
    enqueue(
        "reminders.welcome",
        "1",
        "ana@example.org",
        language="en",
        registration_id=registration.id,
        about=f"event:{registration.event_id}",
        attempt=1,
    )
    letter: Letter = db.session.query(Letter).one()
    letter.state, letter.last_error = LetterState.FAILED, "550 5.1.1 No such user"
    db.session.commit()
    return letter


def test_organisers_see_what_became_of_letters_and_send_a_failed_one_again(
    registration: Registration, client: FlaskClient, letters_at: Run
) -> None:
    letter = failed(registration)
    account = make_account()
    grant(registration.event, account)
    sign_in(client, account)

    page = client.get("/en/manage/events/webinar/letters/?state=failed")
    assert page.status_code == 200
    assert "550 5.1.1 No such user" in page.text
    assert client.get("/en/manage/events/webinar/letters/?state=nonsense").status_code == 200
    assert client.post(f"/en/manage/events/webinar/letters/{letter.id}/send/").status_code == 303
    assert len(letters_at(NOON)) == 1
    assert client.post("/en/manage/events/webinar/letters/999/send/").status_code == 404


def test_letters_are_for_those_who_may_see_registrations(registration: Registration, client: FlaskClient) -> None:
    letter = failed(registration)
    send = f"/en/manage/events/webinar/letters/{letter.id}/send/"

    assert client.post(send).status_code == 302
    stranger, reader, elsewhere = make_account(), make_account(), make_account()
    sign_in(client, stranger)
    assert client.post(send).status_code == 404
    grant(registration.event, reader, Role.READER)
    sign_in(client, reader)
    assert client.post(send).status_code == 403
    assert client.get("/en/manage/events/webinar/letters/").status_code == 403
    other = make_event(slug="other")
    grant(other, elsewhere)
    sign_in(client, elsewhere)
    assert client.post(f"/en/manage/events/other/letters/{letter.id}/send/").status_code == 404
    assert client.get(send).status_code == 405
    db.session.refresh(letter)
    assert letter.state is LetterState.FAILED
