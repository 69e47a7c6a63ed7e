"""An invitation goes out by SMTP, a calendar answers by SMTP into the mailbox, and the answer is on the pages."""

import mailbox
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.handlers import Mailbox
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from app.events.models import EventKind
from app.extensions import db
from app.lib import clock
from app.mail import inbox, outbox, returns
from app.mail.models import Arrival, Received
from app.registration import agenda
from app.registration.models import AgendaItem, Purpose, Registration, Reply
from app.registration.signals import registration_confirmed
from app.schedule.models import EventSession
from app.schedule.service import move_session
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, make_registration, make_session, sign_in
from tests.mail.server import Post, serving

MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    """The server that our letters go to."""
    post = Post()
    with serving(post) as port:
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        yield post


@pytest.fixture
def back(app: Flask, tmp_path: Path) -> Iterator[int]:
    """The port of our own server, which delivers into the maildir that INBOX_URL names."""
    folder = tmp_path / "inbox"
    mailbox.Maildir(folder, create=True)
    app.config["INBOX_URL"] = f"maildir:{folder}"
    with serving(Mailbox(str(folder))) as port:  # type: ignore[arg-type]
        yield port


@pytest.fixture
def session(app: Flask) -> EventSession:
    event = make_event(slug="webinar", kind=EventKind.CONFERENCE, contact_name="Ana Pop")
    return make_session(event, slug="talk", title={"en": "The talk"})


@pytest.fixture
def registration(session: EventSession, back: int) -> Registration:
    registration = make_registration(session.event, email="ion@example.org", name="Ion")
    agenda.add(registration, session)
    registration_confirmed.send(registration)
    db.session.commit()
    return registration


def invited(post: Post) -> Calendar:
    outbox.sweep()
    alternatives = [part for part in post.messages[-1].walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(alternatives[0].get_content())


def answer(calendar: Calendar, port: int, partstat: str, comment: str = "", to: str = "") -> None:
    """As calendar programs do (RFC 6047), to the ORGANIZER."""
    entry = calendar.walk("VEVENT")[0]
    calendar["METHOD"], entry["ATTENDEE"].params["PARTSTAT"] = "REPLY", partstat
    entry.pop("DTSTAMP")
    entry.add("DTSTAMP", clock.now())
    if comment:
        entry.add("COMMENT", comment)
    message = EmailMessage()
    message["From"], message["Subject"] = "ion@example.org", f"{partstat}: The talk"
    message["To"] = to or str(entry["ORGANIZER"]).removeprefix("mailto:")
    message.set_content("See the calendar.")
    message.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


def known() -> list[tuple[str, int]]:
    return [(reply.partstat.value, reply.sequence) for reply in db.session.scalars(sa.select(Reply))]


def test_answers_are_on_the_pages_and_change_no_agenda(
    registration: Registration, session: EventSession, post: Post, back: int, client: FlaskClient
) -> None:
    asked = invited(post)
    entry = asked.walk("VEVENT")[0]
    assert entry["ORGANIZER"] == f"mailto:{returns.address_for(returns.Purpose.INVITATION, registration.id)}"
    assert (entry["ORGANIZER"].params["CN"], entry["ATTENDEE"].params["RSVP"]) == ("Ana Pop", "TRUE")
    with clock.stopped_at(NOON + MINUTE):
        answer(asked, back, "DECLINED", "I am on a train,\nsorry")
        assert inbox.sweep() == {Arrival.REPLY: 1}
        assert inbox.sweep() == {}
    assert known() == [("declined", session.sequence)]
    assert db.session.scalars(sa.select(AgendaItem)).one().session is session

    own = client.get(f"/en/registrations/{registration.token(Purpose.PAGE)}/").text
    assert "Your calendar answered: Not coming." in own
    assert "It stays on your agenda until you take it off here." in own
    sign_in(client, account := make_account())
    grant(session.event, account)
    one = client.get(f"/en/manage/events/webinar/registrations/{registration.id}/").text
    assert "Not coming" in one
    assert "I am on a train, sorry" in one

    with clock.stopped_at(NOON + 2 * MINUTE):
        move_session(session, session.starts_at + timedelta(hours=1), session.ends_at + timedelta(hours=1))
        db.session.commit()
    assert "That was for an earlier time." in client.get(f"/en/registrations/{registration.token(Purpose.PAGE)}/").text


def test_who_forges_an_address_changes_nothing_and_is_noted(registration: Registration, post: Post, back: int) -> None:
    asked = invited(post)
    answer(asked, back, "ACCEPTED", to=f"polyforum+i{registration.id}-aaaaaaaaaaaaa@localhost")
    other = make_registration(registration.event)
    answer(asked, back, "ACCEPTED", to=returns.address_for(returns.Purpose.INVITATION, other.id))
    assert inbox.sweep() == {Arrival.OTHER: 1, Arrival.UNREADABLE: 1}
    details = db.session.scalars(sa.select(Received.detail).where(Received.arrival == Arrival.UNREADABLE)).all()
    assert details == ["its ATTENDEE is somebody else"]
    assert known() == []
