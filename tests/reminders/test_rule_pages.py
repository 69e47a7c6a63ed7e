"""Organisers' pages of what an event sends by itself."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.people.models import Account, AuditEntry, Role
from app.reminders import quiet, rules
from app.reminders.models import Anchor, AudienceKind, Reminding, Rule, RuleKind
from app.reminders.quiet import Quiet
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, make_registration, make_session, make_speaker, sign_in

START = datetime(2027, 3, 10, 8, tzinfo=UTC)  # Ten in Bucharest.
PAGES = "/en/manage/events/autumn/reminders/"


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="autumn", title={"en": "Open libraries", "ro": "Biblioteci deschise"})
    session = make_session(
        event, starts_at=START, title={"en": "The talk"}, slug="talk", join_url="https://m.example/1"
    )
    make_speaker(event, session, email="speaker@example.org")
    return event


@pytest.fixture
def organiser(event: Event, client: FlaskClient) -> Account:
    account = make_account(email="olga@example.org", name="Olga", zone="Asia/Tokyo")
    grant(event, account)
    sign_in(client, account)
    return account


def first(event: Event, kind: RuleKind = RuleKind.REMINDER, audience: AudienceKind = AudienceKind.ALL) -> Rule:
    found = sa.select(Rule).where(Rule.event_id == event.id, Rule.kind == kind, Rule.audience == audience)
    return db.session.scalars(found.order_by(Rule.id)).first()


def written(**values: object) -> dict[str, object]:
    return {"kind": "reminder", "number": 3, "unit": "days", "whole": "event", "audience": "all"} | values


def test_every_event_begins_with_the_usual_rules_whoever_makes_it(event: Event) -> None:
    found = {(rule.kind, rule.anchor, rule.minutes, rule.audience) for rule in rules.of_event(event) if rule.is_on}
    assert found == {
        (RuleKind.REMINDER, Anchor.EVENT_START, -1440, AudienceKind.ALL),
        (RuleKind.REMINDER, Anchor.EVENT_START, -60, AudienceKind.ALL),
        (RuleKind.REMINDER, Anchor.SESSION_START, -30, AudienceKind.BOOKED),
        (RuleKind.REMINDER, Anchor.SESSION_START, -1440, AudienceKind.SPEAKERS),
        (RuleKind.REMINDER, Anchor.SESSION_START, -60, AudienceKind.SPEAKERS),
        (RuleKind.THANKS, Anchor.EVENT_END, 120, AudienceKind.PRESENT),
        (RuleKind.RECORDING, Anchor.EVENT_END, 1440, AudienceKind.ALL),
    }


def test_the_page_says_each_rule_as_a_sentence_with_its_next_moment_and_how_many(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    make_registration(event)
    make_registration(event)

    page = client.get(PAGES)

    assert page.status_code == 200
    for said in ("Reminder, 1 day before the event begins", "Reminder, 1 hour before a session begins",
                 "Reminder, 30 minutes before a session begins", "Thanks, 2 hours after the event ends",
                 "Who attended; all, where nobody’s attendance is known",
                 "Next: 9 Mar 2027, 10:00 (Bucharest)", "to 2 people as things stand", "to 1 person as things stand",
                 "22:00–07:00"):  # fmt: skip
        assert said in page.text, said
    assert page.text.count(">switched off<") == 1, "the nudge to confirm"


def test_a_rule_is_added_changed_switched_off_and_on_deleted_and_restored(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    answer = client.post(f"{PAGES}new/", data=written(**{"subject-en": "See you soon", "text-en": "Dear {name}"}))
    added = db.session.scalars(sa.select(Rule).order_by(Rule.id.desc())).first()
    assert (answer.status_code, answer.location) == (303, f"{PAGES}{added.id}/")
    assert (added.anchor, added.minutes, added.text) == (Anchor.EVENT_START, -3 * 1440, {"en": "Dear {name}"})

    added.subject = {"en": "See you at {event}"}
    db.session.commit()
    for path in (PAGES, f"{PAGES}{added.id}/"):
        assert f"See you at {event.title['en']}" in client.get(path).text

    with clock.stopped_at(NOON + timedelta(hours=1)):
        after = written(kind="feedback", number=90, unit="minutes", whole="session", audience="booked")
        assert client.post(f"{PAGES}{added.id}/edit/", data=after).status_code == 303
        db.session.refresh(added)
        assert (added.kind, added.anchor, added.minutes) == (RuleKind.FEEDBACK, Anchor.SESSION_END, 90)
        assert added.since == NOON + timedelta(hours=1), "what would have been due by now is not made up for"
        for turned in ("off", "on"):
            assert client.post(f"{PAGES}{added.id}/{turned}/").status_code == 303
            db.session.refresh(added)
            assert added.is_on is (turned == "on")
        assert client.post(f"{PAGES}{added.id}/delete/").status_code == 303
    assert client.post(f"{PAGES}{first(event).id}/delete/").status_code == 303
    assert len(rules.of_event(event)) == len(rules.USUAL) - 1
    assert client.post(f"{PAGES}restore/").status_code == 303
    assert client.post(f"{PAGES}restore/").status_code == 303
    assert len(rules.of_event(event)) == len(rules.USUAL)
    deeds = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("rule."))).all()
    assert deeds == ["rule.added", "rule.changed", "rule.switched-off", "rule.switched-on", "rule.deleted",
                     "rule.deleted", "rule.restored"]  # fmt: skip


@pytest.mark.parametrize(("values", "said"), [
    ({"number": "soon"}, "Not a valid integer value."),
    ({"number": -1}, "Number must be between 0 and 9999."),
    ({"number": 61}, "Sixty days at most."),
    ({"number": 4, "unit": "minutes"}, "A reminder needs five minutes at least to arrive."),
    ({"unit": "fortnights"}, "Not a valid choice."),
    ({"kind": "poem"}, "Not a valid choice."),
    ({"audience": "theme:999"}, "Not a valid choice."),
    ({"audience": "present"}, "Before it begins nobody knows who comes."),
    ({"kind": "thanks", "audience": "waiting"}, "These people have no place"),
    ({"kind": "recording", "whole": "session"}, "Recordings are told of together"),
    ({"whole": "session", "audience": "interpreters"}, "The language team is reminded of its own hours"),
    ({"whole": "session", "audience": "unconfirmed"}, "These people have chosen no sessions yet"),
    ({"text-en": "Dear {nobody}"}, "{nobody} stands for nothing here"),
    ({"subject-en": "x" * 201}, "English: at most 200 characters."),
])  # fmt: skip
def test_a_faulty_rule_is_said_beside_the_field_and_nothing_is_saved(
    event: Event, organiser: Account, client: FlaskClient, values: dict[str, object], said: str
) -> None:
    answer = client.post(f"{PAGES}new/", data=written(**values))

    assert answer.status_code == 422
    assert said in answer.text
    assert len(rules.of_event(event)) == len(rules.USUAL)


def test_a_subject_with_line_breaks_becomes_one_line_and_no_header(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    rule = first(event)
    subject = "Hello\r\nBcc: victim@example.org"
    client.post(f"{PAGES}{rule.id}/edit/", data=written(number=24, unit="hours", **{"subject-en": subject}))
    client.post(f"{PAGES}{rule.id}/test/", data={"language": "en"})
    outbox.sweep()

    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "reminders.rule-test")).one()
    assert (letter.state, letter.subject) == (LetterState.SENT, "Test: Hello Bcc: victim@example.org")


def test_the_preview_is_the_letter_itself_for_a_reader_of_a_language_in_a_zone(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    rule = first(event)
    rule.text = {"en": "Bring **water**, {name}."}
    db.session.commit()

    page = client.get(f"{PAGES}{rule.id}/?language=ro&zone=America/New_York")
    letter = client.get(f"{PAGES}{rule.id}/rendered.html?language=ro&zone=America/New_York")

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert letter.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Biblioteci deschise" in page.text
    assert "Bring water, Olga." in page.text, "as plain text"
    for said in ("Biblioteci deschise", "The talk", "03:00", "10:00", "<strong>water</strong>", 'lang="en"'):
        assert said in letter.text, said
    assert "m.example" not in letter.text
    assert client.get(f"{PAGES}{rule.id}/?language=xx&zone=Nowhere/Land").status_code == 200


@pytest.mark.parametrize("kind", list(RuleKind))
@pytest.mark.parametrize("audience", [AudienceKind.ALL, AudienceKind.SPEAKERS, AudienceKind.UNCONFIRMED])
def test_every_sort_of_letter_can_be_looked_at_before_there_is_a_programme(
    app: Flask, client: FlaskClient, kind: RuleKind, audience: AudienceKind
) -> None:
    event, account = make_event(slug="autumn", kind=EventKind.CONFERENCE), make_account(is_admin=True)
    sign_in(client, account)
    anchor = Anchor.SESSION_START if kind is RuleKind.REMINDER and audience is AudienceKind.SPEAKERS else (
        Anchor.EVENT_START if kind is RuleKind.REMINDER else Anchor.EVENT_END
    )  # fmt: skip
    minutes = -60 if kind is RuleKind.REMINDER else 60
    rule = rules.add(event, account, kind, anchor=anchor, minutes=minutes, audience=audience)
    db.session.commit()

    assert client.get(f"{PAGES}{rule.id}/").status_code == 200
    make_speaker(event, make_session(event, starts_at=START, title={"en": "The talk"}))
    page = client.get(f"{PAGES}{rule.id}/")
    assert page.status_code == 200
    assert "As plain text" in page.text


def test_a_test_goes_to_the_organiser_alone_in_the_language_that_they_chose(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    make_registration(event)
    answer = client.post(f"{PAGES}{first(event).id}/test/", data={"language": "ro", "zone": "Asia/Tokyo"})
    assert answer.status_code == 303
    outbox.sweep()

    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.recipient, letter.language, letter.state) == ("olga@example.org", "ro", LetterState.SENT)
    assert "Biblioteci deschise" in letter.subject


def test_quiet_hours_are_the_usual_ones_until_they_are_set(
    event: Event, organiser: Account, client: FlaskClient
) -> None:
    assert quiet.of(event) == Quiet(22 * 60, 7 * 60)
    assert client.post(f"{PAGES}quiet-hours/", data={"begins": "late", "ends": "07:00"}).status_code == 422
    assert client.post(f"{PAGES}quiet-hours/", data={"begins": "23:30", "ends": "06:00"}).status_code == 303
    assert quiet.of(event) == Quiet(23 * 60 + 30, 6 * 60)
    assert "23:30–06:00" in client.get(PAGES).text
    assert client.post(f"{PAGES}quiet-hours/", data={"begins": "00:00", "ends": "00:00"}).status_code == 303
    assert "There are no quiet hours" in client.get(PAGES).text


def test_rules_are_looked_at_by_readers_and_written_by_editors_alone(event: Event, client: FlaskClient) -> None:
    rule = first(event)
    writes = ["new/", f"{rule.id}/edit/", f"{rule.id}/off/", f"{rule.id}/delete/", f"{rule.id}/test/", "restore/",
              "quiet-hours/"]  # fmt: skip
    values = written(begins="01:00", ends="02:00")
    assert [client.post(PAGES + each, data=values).status_code for each in writes] == [302] * 7
    sign_in(client, make_account())
    assert {client.post(PAGES + each, data=values).status_code for each in writes} == {404}
    reader, elsewhere = make_account(), make_account()
    grant(event, reader, Role.READER)
    sign_in(client, reader)
    assert {client.post(PAGES + each, data=values).status_code for each in writes} == {403}
    assert client.get(PAGES).status_code == client.get(f"{PAGES}{rule.id}/").status_code == 200
    assert "Switch off" not in client.get(PAGES).text
    other = make_event(slug="other")
    grant(other, elsewhere)
    sign_in(client, elsewhere)
    strange = [each for each in writes if each[0].isdigit()]
    there = PAGES.replace("autumn", "other")
    assert {client.post(there + each, data=values).status_code for each in strange} == {404}
    assert {client.get(PAGES + each).status_code for each in (f"{rule.id}/off/", "restore/")} == {405}
    assert len(rules.of_event(event)) == len(rules.USUAL)
    assert rule.is_on
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reminding)) == 0
