"""A person's rights on the private page: their data, a colleague, a new link."""

import re

import pytest
import sqlalchemy as sa

from app import create_app
from app.extensions import db
from app.mail.models import Letter
from app.registration import codes, links, service
from app.registration.models import (
    AccessCode,
    Admission,
    Answer,
    Attendance,
    Certificate,
    Need,
    NeedKind,
    Origin,
    Purpose,
    Question,
    QuestionKind,
    QuestionOption,
    Registration,
    RegistrationState,
    Source,
)
from tests.conftest import NOON, settings_of
from tests.factories import make_event, make_registration, make_session, save

pytestmark = pytest.mark.both_databases

COLLEAGUE = {"name": "Ion Popa", "email": "Ion@Example.org"}


def page(registration, path="") -> str:
    return f"/en/registrations/{registration.token(Purpose.PAGE)}/{path}"


def letters() -> list[tuple[str, str]]:
    found = db.session.execute(sa.select(Letter.kind, Letter.recipient).order_by(Letter.id))
    return [(row.kind, row.recipient) for row in found]


def of_address(email: str) -> Registration | None:
    return db.session.scalar(sa.select(Registration).where(Registration.email == email))


# The data.


def test_a_person_downloads_all_that_is_stored_about_them(app, client):
    event = make_event(slug="autumn")
    ana = make_registration(event, name="Ана", email="ana@example.org", language="ro", country="MD")
    make_registration(event, name="Somebody else", email="other@example.org")
    talk = make_session(event, title={"en": "The talk"})
    question = Question(event=event, kind=QuestionKind.CHOICE, label={"en": "Where do you work?"})
    question.options = [QuestionOption(label={"en": "In a library"}), QuestionOption(label={"en": "Elsewhere"})]
    save(question)
    for row in (
        Answer(registration_id=ana.id, question=question, value=question.options[0].id),
        Need(registration_id=ana.id, kind=NeedKind.CAPTIONS, language="ro"),
        Attendance(registration=ana, session=talk, day=NOON.date(), source=Source.LINK),
        Certificate(event=event, registration=ana, name="Ана", language="ro", minutes=90),
    ):
        save(row)
    service.send_link(event, ana.email)
    db.session.commit()
    answer = client.get(page(ana, "data.json"))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == "attachment; filename=autumn-registration.json"
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_json()
    assert data["person"] == {
        "name": "Ана", "email": "ana@example.org", "email_waiting_for_confirmation": None, "country": "MD",
        "language": "ro", "time_zone": "Europe/Kyiv",
    }  # fmt: skip
    assert data["registration"]["state"] == "confirmed"
    assert data["answers"] == [{"question": "Where do you work?", "answer": ["In a library"]}]
    assert data["needs"] == [{"kind": "captions", "language": "ro", "note": None}]
    assert (data["attendance"][0]["session"], data["attendance"][0]["noted_by"]) == ("The talk", "link")
    assert data["certificates"][0]["minutes"] == 90
    assert [letter["kind"] for letter in data["letters"]] == ["registration.known"]
    assert "Ана" in answer.text
    assert "other" not in answer.text.lower()


@pytest.mark.parametrize("path", ["data.json", "colleague/", "erase/"])
def test_guessed_and_other_links_open_nothing(client, path):
    person = make_registration(make_event())
    for token in ("x" * 32, person.token(Purpose.CALENDAR), person.token(Purpose.JOIN), person.token(Purpose.TICKET)):
        assert client.get(f"/en/registrations/{token}/{path}").status_code == 404
        assert client.post(f"/en/registrations/{token}/{path}", data=COLLEAGUE).status_code in (404, 405)
    old = page(person, path)
    links.replace_links(person, Purpose.PAGE)
    db.session.commit()
    assert client.get(old).status_code == 410
    assert client.put(page(person, path)).status_code == 405


# A colleague.


def test_a_colleague_gets_the_letter_to_confirm_and_the_same_surroundings(client):
    ana = make_registration(make_event(), language="ro", country="MD", zone="Europe/Chisinau")
    assert "Add a colleague" in client.get(page(ana)).text
    answer = client.post(page(ana, "colleague/"), data=COLLEAGUE)
    assert answer.location == page(ana)
    ion = of_address("ion@example.org")
    assert (ion.name, ion.country, ion.language, ion.zone) == ("Ion Popa", "MD", "ro", "Europe/Chisinau")
    assert (ion.state, ion.origin) == (RegistrationState.PENDING, Origin.COLLEAGUE)
    assert letters() == [("registration.confirm", "ion@example.org")]


def test_nobody_learns_here_who_is_registered(client):
    event = make_event()
    ana = make_registration(event)
    make_registration(event, email="known@example.org")
    said = []
    for who in ("known", "stranger"):
        given = COLLEAGUE | {"email": f"{who}@example.org"}
        answer = client.post(page(ana, "colleague/"), data=given, follow_redirects=True)
        said.append(re.sub(r'(name="csrf_token"[^>]* value=)"[^"]+"', "", answer.text).replace(f"{who}@", ""))
    assert said[0] == said[1]
    assert letters() == [("registration.known", "known@example.org"), ("registration.confirm", "stranger@example.org")]


def test_the_own_code_lets_in_a_colleague_while_it_has_uses_left(client):
    event = make_event()
    save(Admission(event=event, by_code=True))
    code = save(AccessCode(event=event, code="LIBRARY", most_uses=2))
    ana = make_registration(event, code_id=code.id)
    assert 'name="code"' not in client.get(page(ana, "colleague/")).text
    assert client.post(page(ana, "colleague/"), data=COLLEAGUE).status_code == 302
    assert of_address("ion@example.org").code_id == code.id
    assert 'name="code"' in client.get(page(ana, "colleague/")).text
    third = {"name": "Eva", "email": "eva@example.org"}
    assert client.post(page(ana, "colleague/"), data=third).status_code == 422
    assert client.post(page(ana, "colleague/"), data=third | {"code": "LIBRARY"}).status_code == 422
    own = codes.make(event, "FOR-EVA", "", 1, None)
    db.session.commit()
    assert client.post(page(ana, "colleague/"), data=third | {"code": "for-eva"}).status_code == 302
    assert of_address("eva@example.org").code_id == own.id


def test_an_invitation_of_ones_own_lets_in_nobody_else(client):
    event = make_event()
    save(Admission(event=event, by_code=True))
    code = save(AccessCode(event=event, code="MINE", most_uses=1, email="ana@example.org"))
    ana = make_registration(event, email="ana@example.org", code_id=code.id)
    assert client.post(page(ana, "colleague/"), data=COLLEAGUE | {"code": "MINE"}).status_code == 422
    assert of_address("ion@example.org") is None


@pytest.mark.parametrize("given", [{"name": ""}, {"name": " \x07 "}, {"email": "ion"}, {"email": "ion@gmial.com"}])
def test_what_is_wrong_with_a_colleague_is_said(client, given):
    ana = make_registration(make_event())
    answer = client.post(page(ana, "colleague/"), data=COLLEAGUE | given)
    assert (answer.status_code, "error-summary" in answer.text) == (422, True)
    assert letters() == []


def test_only_the_confirmed_add_a_colleague_and_only_while_it_is_open(client):
    event = make_event()
    pending = make_registration(event, state=RegistrationState.PENDING)
    assert client.post(page(pending, "colleague/"), data=COLLEAGUE).location == page(pending)
    save(Admission(event=event, closes_at=NOON))
    ana = make_registration(event)
    assert client.post(page(ana, "colleague/"), data=COLLEAGUE).status_code == 409
    assert of_address("ion@example.org") is None


def test_one_person_adds_ten_colleagues_an_hour(app):
    limited = create_app(settings_of(app, RATELIMIT_ENABLED=True))
    with limited.app_context():
        ana = make_registration(make_event())
        client = limited.test_client()
        answers = []
        for n in range(11):
            given = {"name": f"Person {n}", "email": f"a{n}@example.org"}
            sender = {"REMOTE_ADDR": f"198.51.100.{n}"}
            answers.append(client.post(page(ana, "colleague/"), data=given, environ_base=sender).status_code)
        assert answers == [302] * 10 + [429]
        db.session.remove()
        db.engine.dispose()


# A new link.


def test_a_replaced_link_says_where_to_ask_for_a_new_one(client):
    event = make_event()
    ana = make_registration(event, email="ana@example.org")
    old = page(ana)
    links.replace_links(ana, Purpose.PAGE)
    db.session.commit()
    answer = client.get(old)
    assert (answer.status_code, f'href="/en/events/{event.slug}/link/"' in answer.text) == (410, True)
    unknown = client.get("/en/registrations/unknown/")
    assert (unknown.status_code, 'href="/en/registrations/"' in unknown.text) == (404, True)


def test_the_links_of_all_events_are_asked_for_at_once(client):
    for _ in range(2):
        make_registration(make_event(), email="ana@example.org")
    make_registration(make_event(starts_on=NOON.date().replace(day=1), ends_on=NOON.date().replace(day=1)),
                      email="ana@example.org")  # fmt: skip
    said = []
    for email in ("Ana@example.org", "stranger@example.org"):
        answer = client.post("/en/registrations/", data={"email": email}, follow_redirects=True)
        said.append(answer.text.replace(email.lower(), ""))
    assert said[0] == said[1]
    assert letters() == [("registration.known", "ana@example.org")] * 2
    assert client.post("/en/registrations/", data={"email": "ana"}).status_code == 422
    assert client.put("/en/registrations/").status_code == 405
