"""Answers to invitations, as calendar programs write them, and as they should not."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar, vCalAddress

from app.calendar.invitations import invitation
from app.calendar.replies import LARGEST, take
from app.extensions import db
from app.lib import clock
from app.mail.inbox import Unreadable
from app.registration import replies
from app.registration.models import Answering, Registration, Reply
from app.schedule.models import EventSession
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session


@pytest.fixture
def registration(app: Flask) -> Registration:
    registration = make_registration(make_event(), email="ana@example.org", name="Ana")
    make_session(registration.event, guid="the-session", sequence=4)
    return registration


def answer(registration: Registration, partstat: str = "ACCEPTED", **changes: object) -> bytes:
    """The invitation, as a client sends it back: METHOD and PARTSTAT changed, stamped anew."""
    session = db.session.scalars(sa.select(EventSession)).one()
    calendar = Calendar.from_ical(invitation(registration, [session]))
    calendar["METHOD"] = "REPLY"
    entry = calendar.walk("VEVENT")[0]
    entry["ATTENDEE"].params["PARTSTAT"] = partstat
    for name, value in changes.items():
        entry.pop(name, None)
        if value is not None:
            entry.add(name, value)
    return calendar.to_ical()


def kept() -> list[tuple[str, int, str]]:
    return [(reply.partstat.value, reply.sequence, reply.comment) for reply in db.session.scalars(sa.select(Reply))]


@pytest.mark.parametrize("partstat", list(Answering))
def test_an_answer_is_kept(registration: Registration, partstat: Answering) -> None:
    take(registration, answer(registration, partstat.upper(), COMMENT="I come\nlater‮\x07, " + "x" * 600))
    (reply,) = replies.of(registration)
    assert (reply.partstat, reply.sequence, reply.stamped_at) == (partstat, 4, NOON)
    assert reply.starts_at == reply.session.starts_at
    assert reply.comment.startswith("I come later, xxx")
    assert len(reply.comment) == 500


def test_letters_that_overtake_each_other_end_with_the_newest_answer(registration: Registration) -> None:
    def say(partstat: str, sequence: int, minutes: int) -> None:
        stamp = NOON + timedelta(minutes=minutes)
        take(registration, answer(registration, partstat, SEQUENCE=sequence, DTSTAMP=stamp))

    with clock.stopped_at(NOON + timedelta(hours=1)):
        say("DECLINED", 3, 5)
        say("ACCEPTED", 3, 2)
        assert kept() == [("declined", 3, "")]
        say("TENTATIVE", 3, 7)
        say("ACCEPTED", 4, 6)
        say("DECLINED", 3, 30)
        assert kept() == [("accepted", 4, "")]


def test_a_clock_that_is_ahead_wins_nothing(registration: Registration) -> None:
    take(registration, answer(registration, "DECLINED", DTSTAMP=datetime(2099, 1, 1, tzinfo=UTC)))
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        take(registration, answer(registration))
    assert kept() == [("accepted", 4, "")]


def test_an_answer_to_an_earlier_time_is_outdated_and_one_to_an_earlier_wording_is_not(
    registration: Registration,
) -> None:
    take(registration, answer(registration, SEQUENCE=2))
    (reply,) = replies.of(registration)
    session = reply.session
    assert not reply.is_outdated
    session.starts_at += timedelta(minutes=30)
    db.session.commit()
    assert reply.is_outdated
    (counted,) = replies.by_session(registration.event)
    assert (counted.invited, counted.outdated, counted.silent, set(counted.current.values())) == (1, 1, 0, {0})


def test_an_answer_without_a_time_holds_for_its_sequence_alone(registration: Registration) -> None:
    take(registration, answer(registration, DTSTART=None, SEQUENCE=3))
    assert replies.of(registration)[0].is_outdated
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        take(registration, answer(registration, DTSTART=None))
    assert not replies.of(registration)[0].is_outdated


GOOD = b"""BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:the-session
DTSTAMP:20270303T110000Z
SEQUENCE:4
ATTENDEE;PARTSTAT=DECLINED:mailto:Ana@Example.org
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


def test_the_least_that_the_standard_asks_for_is_enough(registration: Registration) -> None:
    take(registration, GOOD)
    assert kept() == [("declined", 4, "")]


@pytest.mark.parametrize("broken", [
    b"", b"\x00\xff\xfe", b"Yes, I come!",
    b"BEGIN:VCALENDAR\r\n" * 2000, GOOD[:60], GOOD * 2,
    GOOD + b" " * LARGEST,
    GOOD.replace(b"METHOD:REPLY\r\n", b""),
    GOOD.replace(b"METHOD:REPLY", b"METHOD:COUNTER"),
    GOOD.replace(b"METHOD:REPLY", b"METHOD:DECLINECOUNTER"),
    GOOD.replace(b"METHOD:REPLY", b"METHOD:REFRESH"),
    GOOD.replace(b"METHOD:REPLY", b"METHOD:REPLY\r\nMETHOD:REQUEST"),
    GOOD.replace(b"END:VEVENT\r\n", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n"),
    GOOD.replace(b"VEVENT", b"VTODO"),
    GOOD.replace(b"SEQUENCE:4", b"SEQUENCE:4\r\nRECURRENCE-ID:20270303T110000Z"),
    GOOD.replace(b"UID:the-session\r\n", b""),
    GOOD.replace(b"the-session", b"another"),
    GOOD.replace(b"the-session", b"the-session\x00"),
    GOOD.replace(b"the-session", b"u" * 5000),
    GOOD.replace(b"UID:", b"UID:x\r\nUID:"),
    GOOD.replace(b"Ana@", b"bob@"),
    GOOD.replace(b"mailto:Ana", b"urn:x:Ana"),
    GOOD.replace(b"mailto:", b"mailto:bob@example.org\r\nATTENDEE;PARTSTAT=DECLINED:mailto:"),
    GOOD.replace(b"DECLINED", b"DELEGATED"),
    GOOD.replace(b";PARTSTAT=DECLINED", b""),
    GOOD.replace(b"DTSTAMP:20270303T110000Z\r\n", b""),
    GOOD.replace(b"20270303T110000Z", b"20270303"),
    GOOD.replace(b"20270303T110000Z", b"99999999T999999Z"),
    GOOD.replace(b"SEQUENCE:4", b"SEQUENCE:5"),
    GOOD.replace(b"SEQUENCE:4", b"SEQUENCE:-1"),
    GOOD.replace(b"SEQUENCE:4", b"SEQUENCE:" + b"9" * 40),
    GOOD.replace(b"SEQUENCE:4", b"SEQUENCE:four"),
])  # fmt: skip
def test_whatever_does_not_fit_changes_nothing(registration: Registration, broken: bytes) -> None:
    with pytest.raises(Unreadable):
        take(registration, broken)
    assert kept() == []


def test_the_session_of_another_event_is_none_of_theirs(registration: Registration) -> None:
    make_session(make_event(), guid="elsewhere", sequence=4)
    with pytest.raises(Unreadable):
        take(registration, GOOD.replace(b"the-session", b"elsewhere"))


def test_an_attendee_is_read_as_clients_write_it(registration: Registration) -> None:
    attendee = vCalAddress("MAILTO:ANA@EXAMPLE.ORG")
    attendee.params["PARTSTAT"] = "accepted"
    take(registration, answer(registration, ATTENDEE=attendee))
    assert kept() == [("accepted", 4, "")]
