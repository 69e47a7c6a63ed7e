from flask.testing import FlaskClient

from app.calendar.invitations import invitation
from app.lib import clock
from app.registration.models import Purpose
from tests.calendar.reading import parse, read
from tests.factories import make_event, make_registration, make_session


def test_an_invitation_is_the_entry_of_the_feed_addressed_to_the_person(client: FlaskClient) -> None:
    event = make_event(contact_name='Ana "Ani" Pop; library', contact_email="ana@example.org")
    session = make_session(event, join_url="https://meet.example/1")
    registration = make_registration(event, name="Ион, Чобану", email="ion+test@example.org", language="ru")
    calendar = parse(invitation(registration, [session]))
    (found,) = calendar.walk("VEVENT")
    (in_feed,) = read(client, f"/calendars/{registration.token(Purpose.CALENDAR)}.ics").walk("VEVENT")

    assert calendar["METHOD"] == "REQUEST"
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CONFERENCE"):
        assert found[name] == in_feed[name], name
    assert found["DTSTAMP"].dt == clock.now()
    assert found["ORGANIZER"] == "mailto:ana@example.org"
    assert found["ORGANIZER"].params["CN"] == 'Ana "Ani" Pop; library'
    assert found["ORGANIZER"].params["SENT-BY"] == "mailto:polyforum@localhost"
    assert found["ATTENDEE"] == "mailto:ion+test@example.org"
    assert {key: found["ATTENDEE"].params[key] for key in ("CN", "PARTSTAT", "RSVP")} == {
        "CN": "Ион, Чобану", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE",
    }  # fmt: skip
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_answers_go_to_the_reply_address_and_else_to_the_sender(client: FlaskClient) -> None:
    for values, organiser in (
        ({"reply_to": "team@example.org"}, "mailto:team@example.org"),
        ({"contact_email": ""}, "mailto:polyforum@localhost"),
    ):
        event = make_event(**values)
        found = parse(invitation(make_registration(event), [make_session(event)])).walk("VEVENT")[0]
        assert found["ORGANIZER"] == organiser
        assert ("SENT-BY" in found["ORGANIZER"].params) == (organiser != "mailto:polyforum@localhost")


def test_a_cancellation_calls_the_same_entry_off(client: FlaskClient) -> None:
    event = make_event()
    session = make_session(event, join_url="https://meet.example/1")
    registration = make_registration(event)
    request, cancel = (parse(invitation(registration, [session], method)) for method in ("REQUEST", "CANCEL"))
    assert cancel["METHOD"] == "CANCEL"
    found = cancel.walk("VEVENT")[0]
    assert found["STATUS"] == "CANCELLED"
    assert found["UID"] == request.walk("VEVENT")[0]["UID"]
    assert found["ATTENDEE"] == f"mailto:{registration.email}"
    assert "/join/" in request.walk("VEVENT")[0]["DESCRIPTION"]
    assert "/join/" not in found["DESCRIPTION"]


def test_what_a_person_writes_cannot_add_lines(client: FlaskClient) -> None:
    event = make_event(contact_name="x\r\nATTENDEE:mailto:evil@example.org")
    registration = make_registration(event, name="y\r\nBEGIN:VALARM\x1b")
    (found,) = parse(invitation(registration, [make_session(event)])).walk("VEVENT")
    assert found["ATTENDEE"] == f"mailto:{registration.email}"
    assert found.subcomponents == []
