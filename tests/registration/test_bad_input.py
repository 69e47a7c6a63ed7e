"""What nobody writes in good faith: each field ends in one clear answer or a clean value, and nothing is half done."""

import re

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.mail.models import Letter
from app.people.models import Role
from app.registration.models import Answer, Purpose, Question, QuestionKind, QuestionOption, Registration
from tests.factories import make_event, make_registration, make_session, save
from tests.registration.test_admission_pages import as_role

GIVEN = {
    "name": "Ana", "email": "ana@example.org", "country": "MD", "language": "ro", "zone": "Europe/Chisinau",
    "consent": "y",
}  # fmt: skip
FIELDS = (*GIVEN, "sessions", "reference", "sure", "needs-other", "needs-captions", *QuestionKind)
BAD = {
    "null": "a\0b", "controls": "a\x01\x1b[31m\x7f\x85b", "line breaks": "a\r\nBcc: b@example.org", "long": "x" * 10**6,
    "right to left": "\u202eana\u2066@example.org", "surrogate": "%ED%A0%80", "not UTF-8": "%FF%FE",
    "emoji": "\U0001f469\u200d\U0001f680",
    "number": "9" * 400, "minus": "-1", "infinite": "1e999", "markup": "<script>alert(1)</script>",
    "homograph": "\u0430na@ex\u0430mple.org",
}  # fmt: skip
FORBIDDEN = set(map(chr, [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def asked(event) -> dict[str, Question]:
    """A question of each kind, by its kind."""
    found = {}
    for kind in QuestionKind:
        options = [QuestionOption(label={"en": "Yes"}), QuestionOption(label={"en": "No"})] if kind.has_options else []
        found[kind] = save(Question(event=event, kind=kind, label={"en": kind.value}, options=options))
    make_session(event, capacity=3)
    return found


def sent(client, address: str, fields: dict[str, str | list[str]]):
    """As bytes on the wire, percent-encoded by hand so that no library refuses to send them."""
    pairs = [
        (name, value) for name, given in fields.items() for value in ([given] if isinstance(given, str) else given)
    ]
    return client.post(
        address, data="&".join(f"{name}={_encoded(value)}" for name, value in pairs),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip


def _encoded(value: str) -> str:
    if value.startswith("%"):
        return value
    return value if value.isalnum() else "".join(f"%{byte:02X}" for byte in value.encode())


def stored() -> list[str]:
    db.session.rollback()
    rows = db.session.execute(sa.select(Registration.name, Registration.email, Registration.zone)).all()
    return [str(value) for row in rows for value in row] + [str(v) for v in db.session.scalars(sa.select(Answer.value))]


def is_clean(texts: list[str]) -> bool:
    return not any(FORBIDDEN & set(text) or len(text) > 6000 for text in texts)


@pytest.mark.parametrize("page", ["form", "manual"])
@pytest.mark.parametrize("bad", BAD)
def test_no_field_of_the_form_takes_what_no_text_has(client, bad, page):
    event = make_event()
    names = {kind: f"q{question.id}" for kind, question in asked(event).items()}
    address = f"/en/events/{event.slug}/register/"
    if page == "manual":
        as_role(client, event, Role.ORGANISER)
        address = f"/en/manage/events/{event.slug}/registrations/new/"
    for field in FIELDS:
        before = stored()
        answer = sent(client, address, GIVEN | {names.get(field, field): BAD[bad]})
        assert answer.status_code in (302, 422), (field, answer.status_code)
        assert is_clean(stored()), field
        if answer.status_code == 422:
            assert stored() == before, field
            assert "<script>alert" not in answer.text
            assert "error-summary" in answer.text or "aria-invalid" in answer.text, field
        db.session.execute(sa.delete(Registration))
        db.session.execute(sa.delete(Letter))
        db.session.commit()


@pytest.mark.both_databases
@pytest.mark.parametrize("bad", BAD)
def test_no_field_of_the_private_page_takes_it_either(client, bad):
    event = make_event()
    questions = asked(event)
    person = make_registration(event, name="Ana", email="ana@example.org")
    page = f"/en/registrations/{person.token(Purpose.PAGE)}/"
    writes = [
        *(("details/", GIVEN | {name: BAD[bad]}) for name in ("name", "country", "language", "zone")),
        *(("answers/", {f"q{question.id}": BAD[bad]}) for question in questions.values()),
        ("answers/", {"needs-other": BAD[bad], "needs-captions": BAD[bad]}), ("address/", {"email": BAD[bad]}),
        ("colleague/", {"name": BAD[bad], "email": "colleague@example.org"}),
        ("colleague/", {"name": "Ion", "email": BAD[bad]}), ("agenda/", {"add": BAD[bad]}),
        ("bookings/session/", {"act": BAD[bad]}), ("reminders/", {"wanted": BAD[bad]}),
    ]  # fmt: skip
    for path, fields in writes:
        answer = sent(client, page + path, fields)
        assert answer.status_code in (302, 404, 422), (path, fields.keys(), answer.status_code)
        assert is_clean(stored()), (path, fields.keys())
    assert db.session.get_one(Registration, person.id).email == "ana@example.org"


@pytest.mark.parametrize("field", [*GIVEN, *QuestionKind])
def test_of_a_parameter_that_comes_twice_one_counts_and_lists_are_no_texts(client, field):
    event = make_event()
    questions = asked(event)
    name = f"q{questions[field].id}" if field in set(QuestionKind) else field
    good = GIVEN.get(field, "1")
    twice = sent(client, f"/en/events/{event.slug}/register/", GIVEN | {name: [good, "other@example.org"]})
    assert twice.status_code in (302, 422)
    listed = {key: value for key, value in GIVEN.items() if key != field} | {f"{name}[]": good, f"{name}[0]": good}
    answer = sent(client, f"/en/events/{event.slug}/register/", listed)
    assert answer.status_code == (422 if field in GIVEN else 302)
    assert "other@example.org" not in stored()


@pytest.mark.both_databases
@pytest.mark.parametrize("huge", ["9" * 9, "9" * 10, "9" * 30])
def test_numbers_that_no_row_can_have_are_not_found(client, huge):
    event = make_event()
    make_registration(event)
    as_role(client, event, Role.ORGANISER)
    base = f"/en/manage/events/{event.slug}"
    for path in (
        f"registrations/{huge}/", f"registrations/{huge}/edit/", f"registrations/{huge}/cancel/", f"attendance/{huge}/",
        f"registrations/1/files/{huge}/", f"registrations/{huge}/files/1/", f"registrations/import/{huge}/",
        f"questions/{huge}/", f"questions/{huge}/remove/",
    ):  # fmt: skip
        assert client.get(f"{base}/{path}").status_code == 404, path
    for path in (f"check-in/{huge}/", f"admission/codes/{huge}/revoke/", f"admission/codes/{huge}/again/",
                 f"questions/{huge}/move/"):  # fmt: skip
        assert client.post(f"{base}/{path}", data={"for": "2027-03-10"}).status_code == 404, path
    assert client.get(f"/en/manage/jobs/{huge}/").status_code == 404
    assert client.post(
        f"{base}/check-in/sync/", json={"items": [{"number": int(huge), "target": "2027-03-10"}]}
    ).json == {"results": ["refused"]}


@pytest.mark.both_databases
@pytest.mark.parametrize("bad", ["null", "long", "surrogate", "number", "minus"])
def test_the_lists_of_organisers_understand_any_question(client, bad):
    event = make_event()
    make_registration(event)
    as_role(client, event, Role.ORGANISER)
    base = f"/en/manage/events/{event.slug}"
    names = ("q", "state", "country", "language", "session", "code", "origin", "attended", "sort", "page", "for")
    wanted = dict.fromkeys(names, BAD[bad][:2000])
    for path in ("registrations/", "registrations/act/", "attendance/", "check-in/", "admission/codes/"):
        assert client.get(f"{base}/{path}", query_string=wanted).status_code in (200, 302, 400, 404), path
    for path, more in (
        ("registrations/act/", {"act": "cancel", "all": "1"}),
        ("registrations/export/", {"format": "csv"}),
    ):
        answer = sent(client, f"{base}/{path}", wanted | more)
        assert answer.status_code in (302, 303), path
    assert client.get(f"{base}/registrations/?q=%FF%FE&country=%C3").status_code == 200
    assert client.get(f"/en/registrations/{'%FF' * 20}/").status_code == 404
    assert client.get(f"/en/certificates/{'x' * 5000}/").status_code == 404


def test_each_fault_of_the_form_is_led_to(client):
    """Also that of a session that has begun since the form was shown."""
    event = make_event()
    names = [f"q{question.id}" for kind, question in asked(event).items() if kind is not QuestionKind.FILE]
    given = dict.fromkeys(names, "x" * 6000) | {"sessions": "gone", "email": "x", "needs-other": "x" * 600}
    page = sent(client, f"/en/events/{event.slug}/register/", given).text
    led_to = re.findall(r'<li><a href="#([^"]+)">', page)
    assert {"sessions", "email", "name", "country", "consent"} <= set(led_to)
    assert [name for name in led_to if f' id="{name}"' not in page] == []
