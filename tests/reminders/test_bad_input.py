"""What somebody writes to harm stays in its place: no other header or recipient, no other line of a calendar.

It stands in the rows themselves, as an import or an older version may have brought it; forms take less.
"""

import os
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.registration import agenda
from app.registration import service as registrations
from app.registration.models import Purpose, Registration
from app.registration.signals import registration_confirmed
from app.reminders import messages, sweep
from app.schedule.models import EventSession
from app.schedule.service import move_session
from tests.calendar.reading import parse
from tests.conftest import NOON
from tests.factories import (
    grant,
    make_account,
    make_event,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_theme,
    sign_in,
)
from tests.mail.server import Post, serving

HARM = {
    "line breaks": "x\r\nBcc: evil@example.org\r\n\r\nBEGIN:VALARM\r\nATTENDEE:mailto:evil@example.org",
    "one sign of them": "x\nBcc: evil@example.org\rSubject: other",
    "controls": "x\x00\x07\x1b[31m\x7f\x85\u2028Bcc: evil@example.org\u2029",
    "turned text": "x\u202ecod.exe\u202c \u2066isolate\u2069 \u200f",
    "quotes": "\"x\" <evil@example.org>, 'y'; \\\"z\\ (comment) ^n ^' =?utf-8?q?=0D=0ABcc:_evil@example.org?=",
    "length": "Łong " * 2000,
    "marks": "e" + "\u0301" * 300 + "\U0001f469\u200d\U0001f4bb" * 50,
}  # fmt: skip
TRIED = (
    HARM if os.environ.get("SOAK") else {name: HARM[name] for name in ("line breaks", "controls", "quotes", "length")}
)
HEADERS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "content-language", "auto-submitted", "mime-version",
    "content-type", "content-transfer-encoding", "content-disposition", "list-unsubscribe", "list-unsubscribe-post",
    "feedback-id", "dkim-signature", "precedence", "list-id",
}  # fmt: skip
COMPONENTS = {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"}


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    post = Post()
    with serving(post) as port:
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        yield post


def programme(harm: str) -> tuple[Event, EventSession, Registration]:
    """Everything that people name, named to harm."""
    said = {"en": harm, "ro": harm}
    event = make_event(
        slug="harmed",
        title=said,
        kind=EventKind.CONFERENCE,
        contact_name=harm[:200],
        summary=said,
        standing_reason=said,
    )
    session = make_session(
        event, title=said, subtitle=said, abstract=said, room=make_room(event, name=said), standing_reason=said,
        theme=make_theme(event, name=said), join_phone=harm[:200], join_passcode=harm[:100],
        join_url="https://meet.example.org/1",
    )  # fmt: skip
    make_speaker(event, session, name=said)
    registration = make_registration(event, name=harm[:200], email="ana@example.org")
    agenda.add(registration, session)
    return event, session, registration


def send_all(registration: Registration, session: EventSession) -> None:
    """Welcome, a message of the organisers, change, reminders and farewell."""
    registration_confirmed.send(registration)
    said, account = dict(session.title), make_account()
    messages.schedule(messages.add(session.event, account, subject=said, text=said), account)
    db.session.commit()
    messages.sweep()
    outbox.sweep()
    with clock.stopped_at(NOON + timedelta(hours=1)):
        move_session(session, session.starts_at + timedelta(hours=1), session.ends_at + timedelta(hours=1))
        db.session.commit()
    for moment in (
        NOON + timedelta(hours=2),
        session.starts_at - timedelta(hours=23),
        session.starts_at - timedelta(minutes=50),
    ):
        with clock.stopped_at(moment):
            sweep.sweep()
            db.session.commit()
            outbox.sweep()
    with clock.stopped_at(session.starts_at - timedelta(minutes=30)):
        registrations.cancel(registration)
        db.session.commit()
        outbox.sweep()


def check_mail(raw: bytes) -> None:
    head = raw.partition(b"\r\n\r\n")[0]
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        assert b"\r" not in line
        assert b"\x00" not in line
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert set(names) <= HEADERS
    assert len(names) == len(set(names))
    message = cast("EmailMessage", message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["polyforum@localhost"]
    for name in ("From", "To", "Subject", "Reply-To"):
        if name in message:
            assert message[name].defects == ()
            assert {unicodedata.category(sign) for sign in str(message[name])} & {"Cc", "Zl", "Zp"} == set()
            assert not set(str(message[name])) & set("\u202e\u2066")
    for part in message.walk():
        assert part.defects == []
        if part.get_content_type() in ("text/calendar", "application/ics"):
            check_calendar(part.get_payload(decode=True), attendee="mailto:ana@example.org")  # type: ignore[arg-type]


def check_calendar(body: bytes, attendee: str | None = None) -> None:
    calendar = parse(body)
    assert {component.name for component in calendar.walk()} <= COMPONENTS
    (entry,) = calendar.walk("VEVENT")
    assert entry.get("ATTENDEE") == attendee
    assert "evil" not in str(entry.get("ORGANIZER", ""))
    assert not isinstance(entry["SUMMARY"], list)


@pytest.mark.parametrize("harm", TRIED.values(), ids=TRIED)
def test_no_letter_and_no_calendar_says_more_than_it_should(post: Post, client: FlaskClient, harm: str) -> None:
    event, session, registration = programme(harm)
    feeds = [
        f"/events/{event.slug}/calendar.ics", f"/calendars/{registration.token(Purpose.CALENDAR)}.ics",
        f"/events/{event.slug}/sessions/{session.slug}.ics",
    ]  # fmt: skip
    for feed in feeds:
        check_calendar(client.get(feed).data)
    send_all(registration, session)
    assert len(post.raw) >= 4
    for raw in post.raw:
        check_mail(raw)
    assert (
        db.session.scalars(sa.select(Letter).where(Letter.state != LetterState.SENT, Letter.last_error == "")).all()
        == []
    )


@pytest.mark.parametrize("harm", TRIED.values(), ids=TRIED)
def test_forms_take_it_cleaned_or_not_at_all(client: FlaskClient, harm: str) -> None:
    event = make_event(slug="harmed")
    answer = client.post("/en/events/harmed/register/", data={
        "name": harm, "email": "ana@example.org", "country": "RO", "language": "en", "zone": "Europe/Bucharest",
        "consent": "y",
    })  # fmt: skip
    assert answer.status_code in (200, 302, 303, 422)
    for name in db.session.scalars(sa.select(Registration.name)):
        assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Zl", "Zp"}
        assert not set(name) & set("\u202e\u2066")
        assert len(name) <= 200
    for email in (f"{harm[:60]}@example.org", f"ana@example.org{harm[:60]}"):
        client.post("/en/events/harmed/register/", data={"name": "Ana", "email": email, "country": "RO",
                    "language": "en", "zone": "Europe/Bucharest", "consent": "y"})  # fmt: skip
    for address in db.session.scalars(sa.select(Registration.email)):
        assert not set(address) & set("\r\n\x00<>,; \u202e")
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    client.post("/en/manage/events/harmed/sessions/new/", data={"title-en": harm, "kind": "talk", "languages": "en"})
    for title in db.session.scalars(sa.select(EventSession.title)):
        assert not {unicodedata.category(sign) for text in title.values() for sign in text} & {"Cc", "Zl", "Zp"}
