"""What is known of people is deleted: at their wish, by the schedule, or by an organiser; and nothing of it stays."""

import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.cli import main
from app.events.models import Standing
from app.extensions import db
from app.lib import clock, storage
from app.lib.tokens import new_token
from app.mail.models import Letter, LetterState
from app.people.models import AuditEntry, Role
from app.registration import bookings, codes, erasure, invitations, letters, service
from app.registration.models import (
    AccessCode,
    Admission,
    AgendaItem,
    Answer,
    Attendance,
    Certificate,
    Erasure,
    FormerAgendaItem,
    Need,
    NeedKind,
    Places,
    Purpose,
    Question,
    QuestionKind,
    Registration,
    RegistrationLink,
    RegistrationState,
    Source,
)  # fmt: skip
from app.schedule.models import FormerSession
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, save
from tests.registration.test_admission_pages import as_role

pytestmark = pytest.mark.both_databases

PERSON = {"name": "Zuzana Nováková", "email": "zuzana@secret.example.org"}


def known_person(event, **values) -> Registration:
    """Somebody of whom everything is stored that can be."""
    person = make_registration(event, **PERSON | values)
    session = make_session(event, capacity=5)
    bookings.book(person, session)
    question = save(Question(event=event, kind=QuestionKind.FILE, label={"en": "Your CV"}))
    key = storage.keep_apart(io.BytesIO(b"Zuzana's life"), "file")
    code = save(AccessCode(event=event, code=new_token(), email=person.email, note=person.name))
    invitations._write(code, 1, "en", person.name)
    letters.write_again(person)
    for row in (
        Answer(registration=person, question=question, value={"key": key, "name": "zuzana.pdf"}),
        Need(registration=person, kind=NeedKind.OTHER, note="Zuzana needs a ramp"),
        FormerAgendaItem(registration_id=person.id, former=FormerSession(
            event=event, guid="former", slug="former", title={"en": "Former"}, sequence=1,
            starts_at=session.starts_at, ends_at=session.ends_at,
        )),
        Attendance(registration=person, day=NOON.date(), source=Source.DOOR),
        Certificate(event=event, registration=person, name=person.name, language="en", minutes=60),
        Letter(
            key="old", kind="reminders.event", recipient="old@secret.example.org", recipient_name="Zuzana",
            language="en", message_id="<1@x>", state=LetterState.SENT, last_error="zuzana bounced",
            about=f"event:{event.id}", payload={"registration_id": person.id},
        ),
    ):  # fmt: skip
        db.session.add(row)
    db.session.commit()
    return person


def files_of(app) -> list:
    return [path for path in (app.config["HOME"] / "uploads").rglob("*") if path.is_file()]


def everything() -> str:
    """All rows of all tables, as text."""
    rows = []
    for table in db.metadata.tables.values():
        rows += [dict(row._mapping) for row in db.session.execute(sa.select(table))]
    return json.dumps(rows, default=str, ensure_ascii=False)


def numbers(*models) -> list[int]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models]


THEIRS = (Registration, RegistrationLink, Answer, Need, AgendaItem, Attendance, Certificate, AccessCode)


def test_at_the_wish_of_a_person_nothing_of_them_stays(app, client):
    event = make_event(capacity=1)
    person = known_person(event)
    entry = service.Entry(name="Next", email="next@example.org", country="UA", language="en", zone="UTC")
    waiting = service.register(event, entry).held
    db.session.commit()
    assert waiting.state is RegistrationState.WAITING
    page = f"/en/registrations/{person.token(Purpose.PAGE)}/"
    assert "zuzana" in everything().lower()
    asked = client.get(f"{page}erase/")
    assert (asked.status_code, "What stays" in asked.text) == (200, True)
    assert numbers(Registration) == [2]
    answer = client.post(f"{page}erase/")
    assert answer.location == "/en/registrations/erased/"
    assert "Everything about you is deleted" in client.get(answer.location).text
    db.session.expire_all()
    assert "zuzana" not in everything().lower()
    assert files_of(app) == []
    assert client.get(page).status_code == 404
    assert client.post(f"{page}erase/").status_code == 404
    db.session.refresh(waiting)
    assert waiting.state is RegistrationState.PENDING
    record = db.session.scalars(sa.select(Erasure)).one()
    assert (record.event_id, record.number, record.cause) == (event.id, 1, erasure.WISH)


def test_letters_to_the_erased_are_not_sent_and_the_sent_are_still_counted(app):
    event = make_event()
    person, other = known_person(event), make_registration(event)
    letters.write_again(other)
    erasure.forget(erasure.erase(person))
    db.session.commit()
    db.session.expire_all()
    rows = db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    theirs = [row for row in rows if row.recipient != other.email]
    assert {row.recipient for row in theirs} == {""}
    assert [row.state for row in theirs].count(LetterState.SENT) == 1
    assert {row.state for row in theirs} == {LetterState.SENT, LetterState.DROPPED}
    assert {row.about for row in theirs} == {f"event:{event.id}"}
    (kept,) = [row for row in rows if row.recipient == other.email]
    assert (kept.state, kept.payload["registration"]) == (LetterState.QUEUED, other.id)


def test_the_address_can_register_again_as_somebody_new(app):
    event = make_event(capacity=1)
    person = make_registration(event, **PERSON)
    number = person.id
    erasure.erase(person)
    db.session.commit()
    entry = service.Entry(country="UA", language="en", zone="UTC", **PERSON)
    held = service.register(event, entry).held
    db.session.commit()
    assert held.state is RegistrationState.PENDING
    assert held.id > number
    assert db.session.scalar(sa.select(Places.taken).where(Places.event_id == event.id)) == 1


@pytest.mark.parametrize("state", list(RegistrationState))
def test_whoever_was_stored_can_be_erased(app, client, state):
    person = make_registration(make_event(), state=state)
    token = person.token(Purpose.PAGE)
    assert client.get(f"/en/registrations/{token}/erase/").status_code == 200
    assert client.post(f"/en/registrations/{token}/erase/").status_code == 302
    assert numbers(Registration) == [0]


def test_only_the_own_link_erases_and_only_by_a_press(app, client):
    event = make_event()
    person = make_registration(event)
    for purpose in (Purpose.CALENDAR, Purpose.UNSUBSCRIBE, Purpose.JOIN, Purpose.TICKET):
        assert client.post(f"/en/registrations/{person.token(purpose)}/erase/").status_code == 404
    assert client.post(f"/en/registrations/{'x' * 32}/erase/").status_code == 404
    page = f"/en/registrations/{person.token(Purpose.PAGE)}/erase/"
    assert [client.open(page, method=method).status_code for method in ("GET", "HEAD", "DELETE")] == [200, 200, 405]
    assert numbers(Registration) == [1]


# By schedule.


def over(event, days: float = 0):
    return clock.stopped_at(event.over_at + timedelta(days=days))


def test_data_goes_when_its_time_has_come_and_not_before(app):
    event, kept, unset = make_event(), make_event(), make_event()
    save(Admission(event=event, keep_days=30))
    save(Admission(event=kept, keep_days=300))
    known_person(event)
    others = [make_registration(kept), make_registration(unset)]
    make_registration(event, state=RegistrationState.CANCELLED)
    invitations.invite(event, [("Zuzana's sister", "sister@secret.example.org")], "en", "", None)
    save(AccessCode(event=event, code="FOR-ALL", note="Zuzana's library"))
    with over(event, 29.9):
        assert erasure.sweep() == {}
    with over(event, 30):
        assert erasure.due() == [event]
        assert {each.id: number for each, number in erasure.sweep().items()} == {event.id: 2}
        assert erasure.sweep() == {}
    db.session.expire_all()
    assert [row.id for row in db.session.scalars(sa.select(Registration))] == [row.id for row in others]
    assert [code.code for code in db.session.scalars(sa.select(AccessCode))] == ["FOR-ALL"]
    assert "zuzana" not in everything().lower()
    assert "secret.example.org" not in everything()
    assert files_of(app) == []
    (record,) = erasure.records(event)
    assert (record.number, record.cause) == (2, erasure.SCHEDULE)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "registration.erased")).one()
    assert (entry.account_id, entry.detail["number"]) == (None, 2)
    assert db.session.scalar(sa.select(Places.taken).where(Places.event_id == event.id)) == 0


def test_many_go_in_batches_and_files_only_after_the_commit(app, monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 3)
    event = make_event()
    save(Admission(event=event, keep_days=0))
    for _ in range(7):
        make_registration(event)
    with over(event):
        assert list(erasure.sweep().values()) == [7]
    assert [record.number for record in erasure.records(event)] == [1, 3, 3]
    assert numbers(*THEIRS) == [0] * len(THEIRS)


def test_a_postponed_event_is_not_over(app):
    event = make_event(standing=Standing.POSTPONED)
    save(Admission(event=event, keep_days=0))
    make_registration(event)
    with over(event, 100):
        assert (erasure.due_at(event), erasure.sweep()) == (None, {})


# The organisers' page.


def address(event, path="") -> str:
    return f"/en/manage/events/{event.slug}/admission/data/{path}"


def test_organisers_see_beforehand_how_many_go_and_when(client, app):
    event = make_event()
    for _ in range(3):
        make_registration(event)
    as_role(client, event, Role.ORGANISER)
    assert "3 registrations are kept." in client.get(address(event)).text
    assert "Nothing is deleted until you say so." in client.get(address(event)).text
    save(Admission(event=event, keep_days=10))
    assert "They are deleted on 22 Mar 2027, 00:00" in client.get(address(event)).text
    save(Erasure(event=event, number=12, cause=erasure.SCHEDULE))
    assert "<td>12</td><td>by your schedule</td>" in client.get(address(event)).text
    assert numbers(Registration) == [3]


def test_an_organiser_deletes_everything_after_the_event_and_must_mean_it(client, app):
    event = make_event()
    make_registration(event)
    account = as_role(client, event, Role.ORGANISER)
    assert client.post(address(event, "delete/"), data={"event": event.slug}).status_code == 409
    with over(event, 1):
        answer = client.post(address(event, "delete/"), data={"event": "yes"}, follow_redirects=True)
        assert "Nothing was deleted" in answer.text
        assert numbers(Registration) == [1]
        answer = client.post(address(event, "delete/"), data={"event": event.slug}, follow_redirects=True)
        assert "by an organiser" in answer.text
    assert numbers(Registration) == [0]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "registration.erased")).one()
    assert entry.account_id == account.id


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_nobody_else_deletes_anything(client, app, role, status):
    event = make_event()
    make_registration(event)
    with over(event, 1):
        assert "/sign-in/" in client.post(address(event, "delete/"), data={"event": event.slug}).location
        as_role(client, event, role)
        assert client.get(address(event)).status_code == status
        assert client.post(address(event, "delete/"), data={"event": event.slug}).status_code == status
        assert client.get(address(event, "delete/")).status_code == 405
    assert numbers(Registration) == [1]


def test_the_code_of_an_invitation_is_never_given_out_twice(app):
    event = make_event()
    invitations.invite(event, [("", "ana@example.org")], "en", "", None)
    first = db.session.scalar(sa.select(sa.func.max(AccessCode.id)))
    with over(event, 1):
        erasure.erase_all(event, erasure.ORGANISER)
    invitations.invite(event, [("", "bo@example.org")], "en", "", None)
    assert db.session.scalar(sa.select(sa.func.max(AccessCode.id))) > first
    sent = db.session.scalars(sa.select(Letter.recipient).where(Letter.kind == codes.INVITATION).order_by(Letter.id))
    assert list(sent) == ["", "bo@example.org"]


def test_the_command_says_what_it_would_delete_and_then_deletes_it(app, monkeypatch):
    monkeypatch.setattr("app.create_app", lambda: app)
    event = make_event(slug="autumn")
    save(Admission(event=event, keep_days=1))
    make_registration(event)

    def run(*options: str) -> str:
        db.session.rollback()  # The command has a session of its own.
        done = CliRunner().invoke(main, ["registrations", "expire", *options])
        assert done.exit_code == 0
        return done.output

    assert run() == "Nothing is due.\n"
    with over(event, 2):
        assert run("--dry-run") == "autumn: 1 registrations would be deleted; nothing was\n"
        assert numbers(Registration) == [1]
        assert run() == "autumn: 1 registrations deleted\n"
        assert run() == "Nothing is due.\n"
    assert numbers(Registration) == [0]
