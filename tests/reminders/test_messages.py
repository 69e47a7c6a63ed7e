"""Messages of organisers to groups of people, from the draft to the last letter."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.lib.http import LETTER_CSP
from app.mail import copies, outbox
from app.mail.models import Letter, LetterState, Priority
from app.people.models import Account, AuditEntry, Role
from app.registration import dossier, erasure
from app.registration.models import AgendaItem, RegistrationState
from app.reminders import messages
from app.reminders.models import Addressee, AudienceKind, Message, MessageState
from app.reminders.readers import Readers, readers_of, written_in
from tests.conftest import NOON
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_linguist,
    make_registration,
    make_session,
    make_speaker,
    make_theme,
    save,
    sign_in,
)
from tests.reminders.reading import html, recipients, text

LettersAt = Callable[[datetime], list[EmailMessage]]
AT = "/en/manage/events/forum/letters/messages/"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="forum", title={"en": "Forum", "ro": "Forumul"}, reply_to="forum@example.org")


@pytest.fixture
def organiser(event: Event, client: FlaskClient) -> Account:
    account = make_account(email="vera@example.org", name="Vera", zone="Asia/Kolkata")
    grant(event, account)
    sign_in(client, account)
    return account


def make_message(event: Event, **values: Any) -> Message:
    return save(Message(**{
        "event": event, "subject": {"en": "News for {name}"},
        "text": {"en": "Dear {name},\n\n**come** to [us]({page})."},
    } | values))  # fmt: skip


def sent(message: Message, by: Account | None = None, at: datetime | None = None) -> Message:
    """Given out to be sent, and taken up by the worker."""
    messages.schedule(message, by or make_account(), at)
    db.session.commit()
    messages.sweep()
    return message


def letters_of(message: Message) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.cause == message.cause).order_by(Letter.id)))


def test_everyone_of_the_audience_gets_a_letter_of_their_own(event: Event, letters_at: LettersAt) -> None:
    ana = make_registration(event, name="Ana", email="ana@example.org")
    make_registration(event, name="Bo *B*", email="bo@example.org")
    make_registration(event, state=RegistrationState.PENDING)
    make_registration(event, unsubscribed_at=NOON)
    sent(make_message(event))
    first, second = letters_at(NOON)
    assert recipients([first, second]) == ["ana@example.org", "bo@example.org"]
    assert first["Subject"] == "News for Ana"
    assert first["Reply-To"] == "forum@example.org"
    assert "/unsubscribe/" in first["List-Unsubscribe"]
    assert text(first).replace("\r\n", "\n").startswith("Dear Ana,\n\ncome to us (http://polyforum.test/en/")
    assert "You get this letter because you registered for “Forum”." in text(first)
    assert ">come</strong>" in html(first)
    assert f"/registrations/{ana.links[0].token}" in html(first)
    assert "Bo *B*" in html(second)
    assert "Bo *B*" in text(second)


def test_the_letter_is_in_the_readers_language_and_says_so_when_it_is_not(event: Event, letters_at: LettersAt) -> None:
    for language in ("ro", "ru", "en"):
        make_registration(event, language=language, name=language)
    sent(
        make_message(event, subject={"en": "News", "ro": "Noutăți"}, text={"en": "Begins: {begins}", "ro": "{event}!"})
    )
    english, romanian, russian = letters_at(NOON)
    assert (english["Subject"], romanian["Subject"], russian["Subject"]) == ("News", "Noutăți", "News")
    assert "Forumul!" in text(romanian)
    assert "Wednesday, 10 March 2027" in text(russian)
    assert '<p class="other-language"' in html(russian)
    assert '<p class="other-language"' not in html(english)


def test_a_text_in_an_arabic_script_is_marked_as_running_from_the_right(event: Event, letters_at: LettersAt) -> None:
    make_registration(event, language="fa", name="Ana")
    sent(make_message(event, subject={"fa": "سلام {name}"}, text={"fa": "به {event} خوش آمدید، {name}."}))
    (letter,) = letters_at(NOON)
    assert letter["Subject"] == "سلام Ana"
    assert '<div lang="fa" dir="rtl">' in html(letter)
    assert "\u2068Ana\u2069" in text(letter)


def test_each_audience_is_reached(app: Flask, letters_at: LettersAt) -> None:
    event = make_event(slug="forum", kind=EventKind.CONFERENCE)
    theme = make_theme(event)
    session = make_session(event, theme=theme)
    chooser = make_registration(event, email="chooser@example.org", language="ro")
    save(AgendaItem(registration=chooser, session=session))
    make_registration(event, email="waits@example.org", state=RegistrationState.WAITING)
    make_registration(event, email="pending@example.org", state=RegistrationState.PENDING)
    make_speaker(event, session, email="speaks@example.org")
    make_linguist(event, email="linguist@example.org")
    expected = {
        AudienceKind.WAITING: ["waits@example.org"], AudienceKind.UNCONFIRMED: ["pending@example.org"],
        AudienceKind.SPEAKERS: ["speaks@example.org"], AudienceKind.INTERPRETERS: ["linguist@example.org"],
        AudienceKind.PRESENT: [],
    }  # fmt: skip
    value = {AudienceKind.BOOKED: str(session.id), AudienceKind.THEME: str(theme.id), AudienceKind.LANGUAGE: "ro"}
    for kind in AudienceKind:
        message = sent(make_message(event, audience=kind, audience_value=value.get(kind, "")))
        found = recipients(letters_at(NOON))
        assert found == expected.get(kind, ["chooser@example.org"]), kind
        assert message.recipients == len(found)


@pytest.mark.both_databases
def test_a_worker_that_dies_between_two_batches_repeats_nobody_and_forgets_nobody(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_registration(event) for _ in range(5)]
    monkeypatch.setattr(messages, "BATCH", 2)
    message = make_message(event)
    messages.schedule(message, make_account())
    db.session.commit()
    assert messages._advance(message.id)
    db.session.commit()
    assert messages._advance(message.id)
    db.session.commit()
    assert messages._advance(message.id)
    db.session.rollback()  # The worker is killed before it commits the second batch.
    late = make_registration(event)
    messages.sweep()
    assert [letter.recipient for letter in letters_of(message)] == [person.email for person in people]
    assert late.email not in {letter.recipient for letter in letters_of(message)}
    assert db.session.scalars(sa.select(Addressee)).all() == []
    messages.sweep()
    assert len(letters_of(message)) == 5


def test_a_message_is_sent_when_nothing_waits_any_more(event: Event, letters_at: LettersAt) -> None:
    make_registration(event)
    message = sent(make_message(event))
    assert message.state is MessageState.SENDING
    letters_at(NOON)
    messages.sweep()
    assert (message.state, message.ended_at) == (MessageState.SENT, NOON)
    empty = sent(make_message(event, audience=AudienceKind.WAITING))
    assert (empty.state, empty.recipients) == (MessageState.SENT, 0)


def test_letters_are_bulk_and_one_a_person(event: Event) -> None:
    person = make_registration(event)
    message = sent(make_message(event))
    (letter,) = letters_of(message)
    assert letter.key == f"reminders.message:{message.id}:r{person.id}"
    assert (letter.priority, letter.about) == (Priority.BULK, f"event:{event.id}")


def test_nothing_goes_out_before_its_time(event: Event, letters_at: LettersAt) -> None:
    make_registration(event)
    message = sent(make_message(event), at=NOON + timedelta(hours=2))
    assert message.state is MessageState.SCHEDULED
    assert letters_of(message) == []
    with clock.stopped_at(NOON + timedelta(hours=2)):
        messages.sweep()
    assert len(letters_at(NOON + timedelta(hours=2))) == 1


@pytest.mark.both_databases
def test_a_pause_holds_what_waits_and_going_on_sends_it(event: Event, letters_at: LettersAt) -> None:
    account = make_account()
    make_registration(event)
    message = sent(make_message(event), account)
    assert messages.pause(message, account)
    db.session.commit()
    assert letters_at(NOON) == []
    messages.sweep()
    assert [letter.state for letter in letters_of(message)] == [LetterState.HELD]
    assert message.state is MessageState.PAUSED
    assert messages.resume(message, account)
    db.session.commit()
    assert len(letters_at(NOON)) == 1


def test_what_is_cancelled_sends_no_more_and_not_even_what_somebody_sends_again(
    event: Event, letters_at: LettersAt
) -> None:
    account = make_account()
    make_registration(event)
    message = sent(make_message(event), account)
    assert messages.cancel(message, account)
    db.session.commit()
    (letter,) = letters_of(message)
    assert letter.state is LetterState.DROPPED
    letter.state = LetterState.FAILED
    outbox.send_again(letter)
    db.session.commit()
    assert letters_at(NOON) == []
    db.session.refresh(letter)
    assert (letter.state, letter.last_error) == (LetterState.DROPPED, "the message was cancelled")


def test_a_letter_is_dropped_when_its_reader_belongs_no_more(event: Event, letters_at: LettersAt) -> None:
    gone, moved, silent = (make_registration(event) for _ in range(3))
    message = sent(make_message(event))
    gone.state, moved.email, silent.unsubscribed_at = RegistrationState.CANCELLED, "moved@example.org", NOON
    db.session.commit()
    assert letters_at(NOON) == []
    assert {letter.state for letter in letters_of(message)} == {LetterState.DROPPED}
    db.session.delete(message)
    save(letters_of(message)[0]).state = LetterState.QUEUED
    db.session.commit()
    assert letters_at(NOON) == []


def test_its_letter_is_among_what_is_told_to_a_person_of_themselves_and_goes_with_them(
    event: Event, letters_at: LettersAt
) -> None:
    person = make_registration(event, email="ana@example.org")
    message = sent(make_message(event, subject={"en": "News"}))
    letters_at(NOON)
    (told,) = dossier.of(person)["letters"]
    assert (told["kind"], told["subject"], told["sent_at"]) == ("reminders.message", "News", NOON.isoformat())
    erasure.erase(person)
    db.session.commit()
    (letter,) = letters_of(message)
    db.session.refresh(letter)
    assert (letter.recipient, letter.subject, copies.of(letter)) == ("", "", None)


def test_states_follow_one_another_and_no_other_way(event: Event) -> None:
    account, message = make_account(), make_message(event)
    make_registration(event)
    assert not messages.pause(message, account)
    assert not messages.cancel(message, account)
    assert messages.schedule(message, account)
    assert not messages.schedule(message, account)
    assert not messages.update(message, account, subject={"en": "x"})
    assert messages.take_back(message, account)
    sent(message, account)
    assert not messages.take_back(message, account)
    assert not messages.update(message, account, subject={"en": "x"})
    assert not messages.delete(message, account)
    assert not messages.resume(message, account)
    assert message.subject == {"en": "News for {name}"}


def test_it_is_said_who_reads_which_language_and_gets_which(event: Event) -> None:
    for language in ("en", "ro", "ro", "ro", "pt-BR"):
        make_registration(event, language=language)
    written = written_in({"en": "a", "pt": "b", "ro": ""}, {"en": "a", "pt": "b"})
    found = readers_of(event, messages.audience_of(make_message(event)), written)
    assert found == [Readers("ro", 3, "en"), Readers("en", 1, "en"), Readers("pt-BR", 1, "pt")]
    assert [each.is_foreign for each in found] == [True, False, False]


# The pages.


def test_an_organiser_writes_looks_tests_and_sends(
    event: Event, organiser: Account, client: FlaskClient, letters_at: LettersAt
) -> None:
    make_registration(event, language="ro", email="ro@example.org")
    make_registration(event, email="en@example.org")
    data = {
        "audience": "all",
        "subject-en": "News of {event}, {name}",
        "text-en": "Dear {name}, it begins {begins}: {page}",
    }
    answer = client.post(f"{AT}new/", data=data)
    message = db.session.scalars(sa.select(Message)).one()
    own = f"{AT}{message.id}/"
    assert answer.location == own
    page = client.get(f"{own}?language=ro&zone=Asia/Tokyo")
    assert "1 reads Romanian and will get English." in page.text
    assert page.headers["Content-Security-Policy"].endswith("; frame-src 'self'")
    frame = client.get(f"{own}rendered.html?language=en&zone=Asia/Tokyo")
    assert frame.headers["Content-Security-Policy"] == LETTER_CSP
    assert "Dear Vera" in frame.text
    assert "Tokyo" in frame.text
    title = event.title["en"]
    for path in (AT, own, f"{own}send/"):
        assert f"News of {title}, {{name}}" in client.get(path).text, "a heading has what is the same for all"
    assert "/registrations/" not in frame.text, "a preview opens nobody's page"

    assert client.post(f"{own}test/", data={"language": "en", "zone": "UTC"}).status_code == 303
    (test,) = letters_at(NOON)
    assert (recipients([test]), test["Subject"]) == (["vera@example.org"], f"Test: News of {title}, Vera")

    confirm = client.get(f"{own}send/")
    assert "2 recipients" in confirm.text
    assert "Send to 2 people" in confirm.text
    assert client.post(f"{own}send/", data={"number": "1"}).status_code == 422
    assert client.post(f"{own}send/", data={"number": "2", "send_at": "2020-01-01T10:00"}).status_code == 422
    assert message.state is MessageState.DRAFT
    client.post(f"{own}send/", data={"number": "2", "send_at": "2027-03-03T16:00"})
    db.session.refresh(message)
    assert (message.state, message.send_at) == (MessageState.SCHEDULED, NOON + timedelta(hours=2))
    page = client.get(own).text
    assert "16:00 (Bucharest)" in page
    assert "for you: 3 Mar 2027, 19:30" in page
    assert client.post(f"{own}take-back/").status_code == 303
    assert client.post(f"{own}send/", data={"number": "2"}).status_code == 303
    messages.sweep()
    assert "0 of 2" in client.get(own).text
    assert len(letters_at(NOON)) == 2
    messages.sweep()
    assert "2 of 2" in client.get(own).text
    assert "2 of 2" in client.get(AT).text
    deeds = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("message."))).all()
    assert deeds == ["message.added", "message.scheduled", "message.taken-back", "message.scheduled"]


def test_what_is_written_badly_is_said_beside_the_field(event: Event, organiser: Account, client: FlaskClient) -> None:
    good = {"audience": "all", "subject-en": "News", "text-en": "Dear {name}"}
    for wrong, said in (
        ({"subject-en": ""}, "Write this in one language at least."),
        ({"text-en": "Dear {nmae}"}, "{nmae} stands for nothing here"),
        ({"subject-en": "Look: {page}"}, "{page} stands for nothing here"),
        ({"text-ro": "Bună"}, "Write both subject and text, or neither, in: Romanian."),
        ({"audience": "theme:999"}, "Not a valid choice"),
        ({"audience": "booked"}, "Not a valid choice"),
        ({"subject-en": "x" * 201}, "at most 200 characters"),
    ):
        answer = client.post(f"{AT}new/", data=good | wrong)
        assert answer.status_code == 422
        assert said in answer.text.replace("&#39;", "'")
    assert db.session.scalars(sa.select(Message)).all() == []
    client.post(f"{AT}new/", data=good | {"subject-en": "One\r\nBcc: x@example.org"})
    assert db.session.scalars(sa.select(Message)).one().subject == {"en": "One Bcc: x@example.org"}


def test_an_audience_that_is_gone_stays_chosen_and_is_nobody(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    make_registration(event)
    message = make_message(event, audience=AudienceKind.THEME, audience_value="999")
    page = client.get(f"{AT}{message.id}/edit/").text
    assert '<option selected value="theme:999">Who chose sessions of a theme: (is gone)</option>' in page
    data = {"audience": "theme:999", "subject-en": "Mended", "text-en": "Mended"}
    assert client.post(f"{AT}{message.id}/edit/", data=data).status_code == 303
    assert (message.subject, message.audience_value) == ({"en": "Mended"}, "999")
    assert "Nobody belongs to this group yet." in client.get(f"{AT}{message.id}/send/").text


def test_a_message_that_was_given_out_is_edited_no_more(event: Event, organiser: Account, client: FlaskClient) -> None:
    make_registration(event)
    message = sent(make_message(event), organiser)
    data = {"audience": "all", "subject-en": "Other", "text-en": "Other"}
    assert client.post(f"{AT}{message.id}/edit/", data=data).location == f"{AT}{message.id}/"
    assert message.subject == {"en": "News for {name}"}
    for way, state in (("pause", "paused"), ("take-back", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        assert client.post(f"{AT}{message.id}/{way}/").location == f"{AT}{message.id}/"
        db.session.refresh(message)
        assert message.state.value == state
    assert "Not sent" in client.get(f"{AT}{message.id}/").text


def test_a_draft_is_edited_and_deleted(event: Event, organiser: Account, client: FlaskClient) -> None:
    message = make_message(event)
    data = {"audience": "speakers", "subject-en": "Other", "text-en": "Other"}
    assert client.get(f"{AT}{message.id}/edit/").status_code == 200
    client.post(f"{AT}{message.id}/edit/", data=data)
    db.session.refresh(message)
    assert (message.audience, message.subject) == (AudienceKind.SPEAKERS, {"en": "Other"})
    assert client.post(f"{AT}{message.id}/delete/").location == AT
    assert db.session.scalars(sa.select(Message)).all() == []


WRITES = ("new/", "{}/edit/", "{}/delete/", "{}/test/", "{}/send/", "{}/pause/", "{}/cancel/")


@pytest.mark.parametrize("role", [None, Role.READER, Role.DOOR])
def test_who_may_not_edit_the_event_writes_to_nobody(event: Event, client: FlaskClient, role: Role | None) -> None:
    message, account = make_message(event), make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    for path in ("", *WRITES):
        method = client.get if not path else client.post
        assert method(AT + path.format(message.id)).status_code == (403 if role else 404)


def test_strangers_other_events_and_other_methods_are_refused(
    event: Event, client: FlaskClient, organiser: Account
) -> None:
    other = make_message(make_event())
    for path in WRITES[1:]:
        assert client.post(AT + path.format(other.id)).status_code == 404
    assert client.get(f"{AT}{make_message(event).id}/pause/").status_code == 405
    assert client.get(f"{AT}{make_message(event).id}/delete/").status_code == 405
    with client.session_transaction() as session:
        session.clear()
    for path in WRITES:
        assert "/sign-in/" in client.post(AT + path.format(1)).location
