"""What is known of a person is told to them whole and goes with them whole, wherever it is written."""

import io
import json
from datetime import timedelta

import sqlalchemy as sa

from app.events import roles
from app.extensions import db
from app.feedback.models import FeedbackReceipt, FeedbackReply
from app.jobs import service as jobs
from app.jobs.models import Job, JobState
from app.lib import clock, storage
from app.mail.models import Grounds, Letter, Suppression
from app.mail.suppression import suppress
from app.people.models import AuditEntry, Role
from app.registration import address, door, erasure, letters, replies, service
from app.registration.models import (
    Answer,
    Answering,
    MailedEntry,
    Purpose,
    Question,
    QuestionKind,
    Registration,
)
from app.reminders.models import SessionReminder
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in
from tests.registration.test_admission_pages import as_role
from tests.registration.test_erasure import known_person

TOLD = {
    "registration_link": "private_links", "agenda_item": "agenda", "booking": "bookings", "answer": "answers",
    "need": "needs", "attendance": "attendance", "certificate": "certificates",
    "former_agenda_item": "former_agenda", "mailed_entry": "calendar_entries", "reply": "calendar_answers",
    "feedback_reply": "feedback", "feedback_receipt": "feedback_given",
}  # fmt: skip
"""Tables that belong to a registration, and where the file for the person tells of them. A new one stands here."""
TOLD_BY_LETTERS = {"session_reminder"}
"""That a reminder was written, which the letters tell."""
COLUMNS_TOLD = {
    "id", "event_id", "name", "email", "new_email", "country", "language", "zone", "state", "origin", "code_id",
    "queue_number", "held_until", "consented_at", "created_at", "confirmed_at", "cancelled_at", "unsubscribed_at",
    "attempt",
}  # fmt: skip
MADE_OF_OTHERS = {"search", "agenda_changed_at"}
"""Columns that say nothing which the others do not."""


def tables_of_a_person() -> dict[str, sa.Column]:
    """Each table of which a row belongs to a registration, by the column that says to which."""
    return {
        table.name: column
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.references(Registration.__table__.c.id)
    }


def test_every_table_that_belongs_to_a_registration_is_told_and_erased(client):
    person = known_person(make_event())
    number, tables, session = person.id, tables_of_a_person(), person.agenda[0].session
    save(SessionReminder(
        session_id=session.id, moment=NOON, person=f"r{number}", ahead=30, registration_id=number
    ))  # fmt: skip
    save(MailedEntry(registration_id=number, session_id=session.id))
    replies.note(person, session, Answering.ACCEPTED, sequence=0, stamped_at=NOON)
    save(FeedbackReply(event_id=person.event_id, session_id=session.id, registration_id=number, language="en"))
    save(FeedbackReceipt(registration_id=number, about=f"session:{session.id}"))
    assert tables.keys() == TOLD.keys() | TOLD_BY_LETTERS, (
        "tell of the new table in the dossier, and see that erasing empties it"
    )
    told = client.get(f"/en/registrations/{person.token(Purpose.PAGE)}/data.json").json
    for name, column in tables.items():
        rows = db.session.scalar(sa.select(sa.func.count()).where(column == number))
        assert rows, f"known_person() has no {name}"
        assert name in TOLD_BY_LETTERS or len(told[TOLD[name]]) == rows
    erasure.erase(person)
    db.session.commit()
    for column in tables.values():
        assert not db.session.scalar(sa.select(sa.func.count()).where(column == number))


def test_every_column_of_a_registration_is_told():
    assert set(Registration.__table__.columns.keys()) == COLUMNS_TOLD | MADE_OF_OTHERS


def test_a_file_that_two_forms_share_stays_until_both_are_erased(app):
    event = make_event()
    question = save(Question(event=event, kind=QuestionKind.FILE, label={"en": "Your CV"}))
    key = storage.keep_apart(io.BytesIO(b"A life"), "file")
    people = [make_registration(event), make_registration(event)]
    for person in people:
        save(Answer(registration=person, question=question, value={"key": key, "name": "cv.pdf"}))
    assert erasure.erase(people[0]) == []
    db.session.commit()
    assert erasure.erase(people[1]) == [key]


def ended(kind: str, event, by: int | None = None) -> int:
    job = jobs.start(kind, by, subject=f"event:{event.id}")
    job.state, job.finished_at = JobState.DONE, clock.now()
    db.session.commit()
    return job.id


def test_tables_that_name_the_erased_are_fetched_no_more(app):
    event, other = make_event(), make_event()
    kinds = ("registration.export", "registration.check", "reminders.letters-export")
    gone = [ended(kind, event) for kind in kinds]
    kept = [ended("registration.export", other), ended("schedule.solve", event)]
    running = jobs.start("registration.letters", None, subject=f"event:{event.id}").id
    erasure.erase(make_registration(event))
    db.session.commit()
    assert set(db.session.scalars(sa.select(Job.id))) == {*kept, running}
    assert not set(gone) & {*kept, running}


def test_whose_role_ends_fetches_no_table_any_more(app, client):
    event, account = make_event(), make_account()
    owner = make_account()
    grant(event, owner, Role.OWNER)
    theirs = grant(event, account)
    numbers = [ended("registration.export", event, account.id), ended("registration.export", event, owner.id)]
    sign_in(client, account)
    assert client.get(f"/en/manage/jobs/{numbers[0]}/").status_code == 200
    assert client.get(f"/en/manage/jobs/{numbers[1]}/").status_code == 404
    roles.take(event, theirs, owner)
    db.session.commit()
    assert [client.get(f"/en/manage/jobs/{number}/").status_code for number in numbers] == [404, 404]
    number = ended("registration.export", event, account.id)
    grant(event, account)
    roles.give(event, account.email, Role.READER, owner, language="en", target="/")
    db.session.commit()
    assert client.get(f"/en/manage/jobs/{number}/").status_code == 404


def test_an_ended_registration_that_makes_way_leaves_no_letters(app):
    event = make_event()
    entry = service.Entry(name="Zoe", email="zoe@example.org", country="UA", language="en", zone="UTC")
    former = service.register(event, entry).held
    service.cancel(former)
    person = make_registration(event)
    address.ask(person, "zoe@example.org")
    db.session.commit()
    assert address.prove(person)
    db.session.commit()
    erasure.erase(person)
    db.session.commit()
    rows = [dict(row._mapping) for row in db.session.execute(sa.select(Letter.__table__))]
    assert "zoe" not in json.dumps(rows, default=str).lower()


def test_what_servers_said_of_an_address_goes_with_the_person_and_what_was_wished_stays(client):
    event, warning = make_event(), "the list of those that letters are held back from"
    bounced, unwanted, other = (make_registration(event, email=f"{name}@example.org") for name in ("ana", "bo", "cy"))
    for person, grounds in ((bounced, Grounds.BOUNCED), (unwanted, Grounds.COMPLAINT), (other, Grounds.REFUSED)):
        letters.write_again(person)
        suppress(person.email, "550 5.1.1 No such user", grounds=grounds)
    db.session.commit()
    pages = [f"/en/registrations/{person.token(Purpose.PAGE)}/erase/" for person in (bounced, unwanted)]
    assert [warning in client.get(page).text for page in pages] == [False, True]
    for page in pages:
        client.post(page)
    assert set(db.session.scalars(sa.select(Suppression.email))) == {"bo@example.org", "cy@example.org"}


def test_the_trail_does_not_keep_whom_organisers_looked_for_or_made_a_code_for(client):
    event = make_event()
    as_role(client, event, Role.ORGANISER)
    base = f"/en/manage/events/{event.slug}"
    client.post(f"{base}/registrations/export/", data={"format": "csv", "q": "Zuzana", "state": "confirmed"})
    client.post(f"{base}/admission/codes/new/", data={"number": "1", "note": "Zuzana"})
    details = {entry.action: entry.detail for entry in db.session.scalars(sa.select(AuditEntry))}
    assert details["registrations.exported"] == {"format": "csv", "state": "confirmed"}
    assert details["code.made"] == {"number": 1}


def test_the_door_finds_names_and_no_addresses(app):
    event = make_event()
    make_session(event)
    person = make_registration(event, name="Zuzana Nováková", email="z.novak@library.example.org")
    with clock.stopped_at(NOON + timedelta(days=7)):
        found = {
            sought: door.listed(event, door.usual(event), sought, 1)[1]
            for sought in ("novakova", "zuz", "library", "z.n")
        }
    assert found == {"novakova": 1, "zuz": 1, "library": 0, "z.n": 0}
    assert person.search.endswith("example.org")
