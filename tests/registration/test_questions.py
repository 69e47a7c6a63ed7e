"""The questions of a form: how organisers make them, who is asked which, and what is taken for an answer."""

import io
import os
import re
import zipfile

import pytest
import sqlalchemy as sa
from lxml import html
from PIL import Image

from app.events.models import Event
from app.extensions import db
from app.lib import storage
from app.people.models import AuditEntry, Role
from app.registration import questionnaire, questions, uploads
from app.registration.models import (
    Answer,
    Need,
    NeedKind,
    Purpose,
    Question,
    QuestionKind,
    QuestionOption,
    Registration,
    RegistrationState,
)
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, make_registration, save, sign_in
from tests.registration.test_form import GIVEN

pytestmark = pytest.mark.both_databases


def ask(event: Event, kind: QuestionKind = QuestionKind.TEXT, options: int = 0, **values) -> Question:
    """One more question, with so many options."""
    number = len(questions.of_event(event))
    question = Question(
        **{"event": event, "kind": kind, "label": {"en": f"Question {number}"}, "position": number} | values
    )
    question.options = [QuestionOption(label={"en": f"Option {place}"}, position=place) for place in range(options)]
    return save(question)


def send(client, event: Event, **given):
    return client.post(f"/en/events/{event.slug}/register/", data=GIVEN | given)


def stored() -> dict[int, object]:
    return {row.question_id: row.value for row in db.session.scalars(sa.select(Answer))}


def needs() -> list[tuple]:
    found = db.session.scalars(sa.select(Need).order_by(Need.id))
    return [(row.kind.value, row.language, row.note) for row in found]


def said(answer) -> list[str]:
    faults = html.fromstring(answer.text).xpath("//div[contains(@class, 'error-summary')]//li")
    return [" ".join(row.text_content().split()) for row in faults]


def test_every_kind_of_answer_is_kept_as_its_own_kind_of_value(client):
    event = make_event()
    text, long, number = ask(event), ask(event, QuestionKind.LONG_TEXT), ask(event, QuestionKind.NUMBER)
    one, many = ask(event, QuestionKind.CHOICE, 2), ask(event, QuestionKind.CHOICES, 3)
    day, consent = ask(event, QuestionKind.DATE), ask(event, QuestionKind.CONSENT)
    answer = send(client, event, **{
        f"q{text.id}": " Biblioteca  din\nsat ", f"q{long.id}": "One\r\nTwo", f"q{number.id}": "2,5",
        f"q{one.id}": str(one.options[1].id), f"q{many.id}": [str(many.options[2].id), str(many.options[0].id)],
        f"q{day.id}": "2027-03-10", f"q{consent.id}": "y",
    })  # fmt: skip
    assert answer.status_code == 302
    assert stored() == {
        text.id: "Biblioteca din sat", long.id: "One\nTwo", number.id: 2.5, one.id: one.options[1].id,
        many.id: [many.options[0].id, many.options[2].id], day.id: "2027-03-10", consent.id: True,
    }  # fmt: skip


def test_an_event_without_questions_costs_one_look_up(client):
    event = make_event()
    statements = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert send(client, event).status_code == 302
    assert client.get(f"/en/events/{event.slug}/register/").status_code == 200
    asked = [statement for statement in statements if "FROM question " in statement or "answer" in statement]
    assert [statement for statement in statements if "INTO answer" in statement or "INTO need" in statement] == []
    assert len(asked) <= 3  # The form sent, what it stored, the form shown.


def test_only_who_gave_the_answer_is_asked_what_it_brings_up(client):
    event = make_event()
    role = ask(event, QuestionKind.CHOICE, 2, required=True)
    inner = ask(event, QuestionKind.CHOICES, 1, depends_on=role.options[1], required=True)
    innermost = ask(event, depends_on=inner.options[0], required=True)
    last = ask(event)
    assert questions.of_event(event) == [role, inner, innermost, last]

    librarian, teacher = (str(option.id) for option in role.options)
    hidden = {f"q{inner.id}": str(inner.options[0].id), f"q{innermost.id}": "sent all the same"}
    assert send(client, event, **{f"q{role.id}": librarian}, **hidden).status_code == 302
    assert stored() == {role.id: int(librarian)}

    refused = send(client, event, email="second@example.org", **{f"q{role.id}": teacher})
    assert (refused.status_code, said(refused)) == (422, ["Question 1: Choose at least one answer."])
    refused = send(
        client, event, email="second@example.org", **{f"q{role.id}": teacher} | hidden | {f"q{innermost.id}": " "}
    )
    assert (refused.status_code, said(refused)) == (422, ["Question 2: Answer this question."])
    refused = send(client, event, email="second@example.org")
    assert said(refused) == ["Question 0: Choose an answer."]


def test_what_was_answered_survives_a_form_with_faults(client):
    event = make_event()
    text, number = ask(event), ask(event, QuestionKind.NUMBER, least=1, most=10)
    many, needed = ask(event, QuestionKind.CHOICES, 2), ask(event, QuestionKind.NEEDS)
    chosen = str(many.options[1].id)
    answer = send(client, event, **{
        f"q{text.id}": '"><b>Tiny', f"q{number.id}": "11", f"q{many.id}": chosen, "needs-captions": "ro",
        "needs-sign-note": "LSR", "needs-other": "A ramp",
    })  # fmt: skip
    assert (answer.status_code, said(answer)) == (422, ["Question 1: Write a number that is at most 10."])
    page = html.fromstring(answer.text)
    assert [field.get("value") for field in page.xpath(f"//*[@id='q{text.id}' or @id='q{number.id}']")] == [
        '"><b>Tiny',
        "11",
    ]
    checked = [(field.get("name"), field.get("value")) for field in page.xpath("//form//input[@checked]")]
    assert set(checked) >= {(f"q{many.id}", chosen), ("needs-captions", "ro"), ("needs-sign", "y"), ("consent", "y")}
    assert page.xpath("//*[@id='needs-sign-note']")[0].get("value") == "LSR"
    assert page.xpath("//*[@id='needs-other']")[0].get("value") == "A ramp"
    assert needed.id


def test_needs_become_rows_that_the_language_plan_counts(client):
    event = make_event(languages=["en", "ro"])
    ask(event, QuestionKind.NEEDS, required=True)
    send(client, event, **{
        "needs-interpretation": ["ro", "ro", "xx", "../etc"], "needs-subtitles": ["en", "ro"], "needs-sign": "y",
        "needs-sign-note": "Limbajul mimico-gestual", "needs-other": "A \u202eramp",
    })  # fmt: skip
    assert needs() == [
        ("interpretation", "ro", ""), ("subtitles", "en", ""), ("subtitles", "ro", ""),
        ("sign", "", "Limbajul mimico-gestual"), ("other", "", "A ramp"),
    ]  # fmt: skip
    refused = send(client, event, email="second@example.org", **{"needs-other": "x" * 1_000_000})
    assert said(refused) == ["Question 0: Write at most 500 characters."]
    assert len(refused.text) < 100_000


@pytest.mark.parametrize(("sent", "kept"), [
    ("plain\x00 \x07bell\x1b[31m", "plain bell[31m"), ("\u202eevil\u2066\u2069", "evil"), ("a\u2028b", "a b"),
    ("שלום\u200f", "שלום\u200f"), ("\x01\x02", None),
])  # fmt: skip
def test_control_characters_and_overrides_of_direction_are_taken_out(client, sent, kept):
    event = make_event()
    question = ask(event)
    assert send(client, event, **{f"q{question.id}": sent}).status_code == 302
    assert stored().get(question.id) == kept


@pytest.mark.parametrize(("kind", "sent", "fault"), [
    (QuestionKind.TEXT, "x" * 1_000_000, "Write at most 500 characters."),
    (QuestionKind.LONG_TEXT, "x" * 1_000_000, "Write at most 5000 characters."),
    (QuestionKind.NUMBER, "1e9", "Write a number in digits, such as 12 or 2.5."),
    (QuestionKind.NUMBER, "nan", "Write a number in digits, such as 12 or 2.5."),
    (QuestionKind.NUMBER, "٣", "Write a number in digits, such as 12 or 2.5."),
    (QuestionKind.NUMBER, "9" * 100_000, "Write a number in digits, such as 12 or 2.5."),
    (QuestionKind.NUMBER, "-1", "Write a number that is at least 0."),
    (QuestionKind.DATE, "20270310", "Write a date as year, month and day, such as 2026-12-01."),
    (QuestionKind.DATE, "2027-02-30", "Write a date as year, month and day, such as 2026-12-01."),
    (QuestionKind.CHOICE, "x", "Choose one of the answers below."),
    (QuestionKind.CHOICES, "x", "Choose among the answers below."),
])  # fmt: skip
def test_what_is_no_answer_ends_in_one_clear_message(client, kind, sent, fault):
    event = make_event()
    question = ask(event, kind, 2 if kind.has_options else 0, least=0)
    answer = send(client, event, **{f"q{question.id}": sent})
    assert (answer.status_code, said(answer)) == (422, [f"Question 0: {fault}"])
    assert len(answer.data) < 150_000
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) == 0


def test_options_and_questions_of_elsewhere_are_not_taken(client):
    event, other = make_event(), make_event()
    here, also = ask(event, QuestionKind.CHOICE, 2), ask(event, QuestionKind.CHOICES, 2)
    elsewhere = ask(other, QuestionKind.CHOICE, 2)
    for sent in (elsewhere.options[0].id, also.options[0].id, "²", "-1", f"{here.options[0].id} "):
        assert send(client, event, **{f"q{here.id}": str(sent)}).status_code == 422
    assert send(client, event, **{f"q{also.id}": [str(also.options[0].id), str(here.options[0].id)]}).status_code == 422
    assert send(client, event, **{f"q{elsewhere.id}": str(elsewhere.options[0].id)}).status_code == 302
    assert stored() == {}


def test_a_parameter_sent_twice_counts_once(client):
    event = make_event()
    text, one, many = ask(event), ask(event, QuestionKind.CHOICE, 2), ask(event, QuestionKind.CHOICES, 2)
    first, second = (str(option.id) for option in one.options)
    of_many = str(many.options[0].id)
    sent = {f"q{text.id}": ["first", "second"], f"q{one.id}": [first, second], f"q{many.id}": [of_many] * 1000}
    assert send(client, event, **sent).status_code == 302
    assert stored() == {text.id: "first", one.id: int(first), many.id: [int(of_many)]}


def test_whoever_stores_answers_past_the_form_stores_only_what_fits(app):
    event, other = make_event(), make_event()
    text, one, file = ask(event), ask(event, QuestionKind.CHOICE, 1), ask(event, QuestionKind.FILE)
    hidden, elsewhere = ask(event, depends_on=one.options[0]), ask(other)
    registration = make_registration(event)
    unfit = {text.id: 5, one.id: 10**9, file.id: "../../etc/passwd", hidden.id: "hidden", elsewhere.id: "elsewhere"}
    questions.store(registration, unfit, [(NeedKind.SIGN, "", "not asked")])
    assert (stored(), needs()) == ({}, [])
    questions.store(registration, {text.id: "x" * 9000, one.id: one.options[0].id, hidden.id: "shown"})
    assert {number: len(str(value)) for number, value in stored().items()}[text.id] == 500
    assert stored()[hidden.id] == "shown"
    questions.store(registration, {})
    assert stored() == {}


def test_answers_are_read_in_bulk_and_written_in_a_language(app):
    event = make_event(languages=["en", "ro"])
    many = ask(event, QuestionKind.CHOICES, 2)
    many.options[0].label = {"en": "Books", "ro": "Cărți"}
    consent, wanted, number = (
        ask(event, QuestionKind.CONSENT),
        ask(event, QuestionKind.NEEDS),
        ask(event, QuestionKind.NUMBER),
    )
    first, second = make_registration(event), make_registration(event)
    given = {many.id: [option.id for option in many.options], consent.id: True, number.id: 3}
    questions.store(first, given, [(NeedKind.CAPTIONS, "ro", ""), (NeedKind.SIGN, "", "LSR")])
    db.session.commit()
    found = questions.values_of(questions.of_event(event), [first.id, second.id])
    assert found[second.id] == {}
    assert found[first.id] == given | {wanted.id: [(NeedKind.CAPTIONS, "ro", ""), (NeedKind.SIGN, "", "LSR")]}
    in_romanian = [questions.text_of(row, found[first.id].get(row.id), "ro") for row in questions.of_event(event)]
    assert in_romanian[0] == "Cărți; Option 1"
    assert (in_romanian[3], questions.text_of(many, None, "ro")) == ("3", "")
    in_english = [questions.text_of(row, found[first.id].get(row.id), "en") for row in questions.of_event(event)]
    assert in_english[1:3] == ["Yes", "Live captions: Romanian; Sign language: LSR"]


# Files.


def picture(kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, kind)
    return written.getvalue()


def archive(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return written.getvalue()


DOCX = archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
ODT = archive(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<office/>"})


@pytest.mark.parametrize(("content", "name", "kept_as"), [
    (b"%PDF-1.7\n%%EOF", "CV.pdf", "CV.pdf"), (picture(), "../../foto.exe", "foto.png"),
    (picture("JPEG"), "C:\\photos\\a.PNG", "a.jpg"), (picture("WEBP"), "", "file.webp"),
    ("Привет".encode(), 'x"\u202efdp.txt\r\nX-Evil: 1', "xfdp.txt"), (DOCX, "Письмо.docx", "Письмо.docx"),
    (ODT, "a" * 900 + ".odt", "a" * 80 + ".odt"), (b"<script>alert(1)</script>", "page.html", "page.txt"),
])  # fmt: skip
def test_a_file_is_named_after_what_it_holds(app, content, name, kept_as):
    value = uploads.keep(content, name)
    assert value["name"] == kept_as
    assert uploads.read(value) == storage.read(value["key"]) == content


def test_a_file_comes_with_the_form(client):
    event = make_event()
    question = ask(event, QuestionKind.FILE, required=True)
    answer = send(client, event, **{f"q{question.id}": (io.BytesIO(picture()), "poză.jpeg")})
    assert answer.status_code == 302
    assert stored()[question.id]["name"] == "poză.png"
    assert storage.read(stored()[question.id]["key"]) == picture()


@pytest.mark.parametrize("content", [
    b"MZ\x90\x00\x03 a program", b"\x89PNG\r\n\x1a\n and then nothing", b"\xff\xd8\xff\xe0 no picture",
    b"PK\x03\x04 no archive", archive(**{"evil.exe": b"MZ"}),
    archive(**{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}),
    archive(mimetype=b"application/epub+zip", **{"content.xml": b""}), b"\x00\x01\x02", b"caf\xe9", b"GIF89a\x01\x00",
])  # fmt: skip
def test_a_file_that_lies_about_its_type_is_refused(client, content):
    event = make_event()
    question = ask(event, QuestionKind.FILE)
    answer = send(client, event, **{f"q{question.id}": (io.BytesIO(content), "letter.pdf", "application/pdf")})
    assert answer.status_code == 422
    assert said(answer)[0].startswith("Question 0: This is none of the files that we take")


def test_a_file_that_is_too_large_or_empty_or_no_file_is_refused(client):
    event = make_event()
    question = ask(event, QuestionKind.FILE, required=True)
    for content, fault in (
        (b"%PDF-" + b"x" * 5 * 1024 * 1024, "The file is larger than 5 MB."),
        (b"", "The file is empty."),
    ):
        answer = send(client, event, **{f"q{question.id}": (io.BytesIO(content), "a.pdf")})
        assert (answer.status_code, fault in said(answer)[0]) == (422, True)
    for sent in ({}, {f"q{question.id}": "a.pdf"}, {f"q{question.id}-kept": '{"key": "x"}.forged'}):
        answer = send(client, event, **sent)
        assert said(answer) == ["Question 0: Choose a file."]


def test_a_file_in_the_place_of_a_text_is_no_answer(client):
    event = make_event()
    question = ask(event, required=True)
    answer = send(client, event, **{f"q{question.id}": (io.BytesIO(b"%PDF-"), "a.pdf")})
    assert said(answer) == ["Question 0: Answer this question."]


def test_a_file_survives_a_form_with_faults_and_serves_no_other_question(client):
    event = make_event()
    question, other = ask(event, QuestionKind.FILE, required=True), ask(event, QuestionKind.FILE)
    faulty = send(client, event, name="", **{f"q{question.id}": (io.BytesIO(b"%PDF-1.4"), "CV.pdf")})
    page = html.fromstring(faulty.text)
    assert "CV.pdf" in page.find_class("kept-file")[0].text_content()
    (mark,) = page.xpath(f"//input[@name='q{question.id}-kept']")
    sent = {f"q{question.id}-kept": mark.get("value"), f"q{other.id}-kept": mark.get("value")}
    assert send(client, event, **sent).status_code == 302
    assert stored().keys() == {question.id}
    assert storage.read(stored()[question.id]["key"]) == b"%PDF-1.4"


def test_files_that_no_answer_names_are_deleted_after_a_day(app):
    event = make_event()
    question, registration = ask(event, QuestionKind.FILE), make_registration(event)
    kept, replaced, fresh = (uploads.keep(b"%PDF-1.4 one", "a.pdf") for _ in range(3))
    other = storage.keep(picture(), "webp")
    questions.store(registration, {question.id: replaced})
    questions.store(registration, {question.id: kept})
    db.session.commit()
    for value in (kept, replaced, {"key": other}):
        os.utime(storage.path_of(value["key"]), (0, 0))
    os.utime(storage.path_of(fresh["key"]), (NOON.timestamp(), NOON.timestamp()))
    assert uploads.forget_unused() == 1
    assert [storage.read(value["key"]) is None for value in (kept, replaced, fresh)] == [False, True, False]
    assert storage.read(other) == picture()


def test_a_file_stays_when_other_answers_are_changed_and_goes_when_it_is_removed(client):
    event = make_event()
    question, text = ask(event, QuestionKind.FILE), ask(event)
    registration = make_registration(event)
    value = uploads.keep(b"%PDF-1.4", "CV.pdf")
    questions.store(registration, {question.id: value})
    db.session.commit()
    own = f"/en/registrations/{registration.token(Purpose.PAGE)}/answers/"
    client.post(own, data={f"q{text.id}": "changed"})
    assert stored() == {question.id: value, text.id: "changed"}
    client.post(own, data={f"q{text.id}": "changed", f"q{question.id}-drop": "y"})
    assert stored() == {text.id: "changed"}


def organiser_of(client, event: Event, role: Role | None = Role.ORGANISER):
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    return account


def test_a_file_is_given_to_organisers_of_its_event_to_be_saved(client):
    event, other = make_event(), make_event()
    question, registration = ask(event, QuestionKind.FILE), make_registration(event)
    key = storage.keep(b"<script>alert(1)</script>", "file")
    questions.store(registration, {question.id: {"key": key, "name": "Письмо.txt"}})
    db.session.commit()
    address = f"/en/manage/events/{event.slug}/registrations/{registration.id}/files/{question.id}/"
    assert client.get(address).status_code == 302
    organiser_of(client, event, Role.READER)
    assert client.get(address).status_code == 403
    organiser_of(client, other)
    assert client.get(address).status_code == 404
    assert client.get(address.replace(event.slug, other.slug)).status_code == 404
    organiser_of(client, event)
    answer = client.get(address)
    assert (answer.status_code, answer.data) == (200, b"<script>alert(1)</script>")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/octet-stream"
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(address.replace(f"files/{question.id}/", "files/999999/")).status_code == 404
    assert f"registrations/{registration.id}/files/" in client.get(address.split("files/")[0]).text


# The private page.


def test_people_see_and_change_what_they_answered(client):
    event = make_event()
    role = ask(event, QuestionKind.CHOICE, 2)
    inner, needed = ask(event, depends_on=role.options[1], required=True), ask(event, QuestionKind.NEEDS)
    registration, other = make_registration(event), make_registration(event)
    both = {role.id: role.options[1].id, inner.id: "A school"}
    for row in (registration, other):
        questions.store(row, both, [(NeedKind.CAPTIONS, "ro", "")])
    db.session.commit()
    own = f"/en/registrations/{registration.token(Purpose.PAGE)}/"
    page = client.get(own).text
    assert "A school" in page
    assert f'href="{own}answers/"' in page
    form = html.fromstring(client.get(f"{own}answers/").text)
    assert form.xpath(f"//*[@id='q{inner.id}']")[0].get("value") == "A school"
    assert form.xpath("//input[@name='needs-captions'][@value='ro'][@checked]")

    faulty = client.post(f"{own}answers/", data={f"q{role.id}": str(role.options[1].id)})
    assert (faulty.status_code, said(faulty)) == (422, ["Question 1: Answer this question."])
    answer = client.post(f"{own}answers/", data={f"q{role.id}": str(role.options[0].id), "needs-sign": "y"})
    assert answer.location.endswith(own)
    kept = {(row.registration_id, row.question_id): row.value for row in db.session.scalars(sa.select(Answer))}
    assert kept == {
        (registration.id, role.id): role.options[0].id,
        **{(other.id, number): value for number, value in both.items()},
    }
    assert sorted(needs()) == [("captions", "ro", ""), ("sign", "", "")]
    assert needed.id


def test_a_guessed_link_opens_no_answers_and_a_cancelled_registration_changes_none(client):
    event = make_event()
    question = ask(event)
    ended = make_registration(event, state=RegistrationState.CANCELLED)
    assert client.get("/en/registrations/guessed/answers/").status_code == 404
    assert client.post("/en/registrations/guessed/answers/", data={f"q{question.id}": "x"}).status_code == 404
    address = f"/en/registrations/{ended.token(Purpose.PAGE)}/answers/"
    assert client.post(address, data={f"q{question.id}": "x"}).status_code == 302
    assert client.put(address).status_code == 405
    assert stored() == {}


# Organisers.


def test_organisers_make_a_form(client):
    event = make_event(languages=["en", "ro"])
    account = organiser_of(client, event)
    address = f"/en/manage/events/{event.slug}/questions/"
    assert "There are no questions yet" in client.get(address).text
    answer = client.post(f"{address}new/?kind=choice", data={
        "label-en": "Where do you work?", "label-ro": "Unde lucrați?", "required": "y", "depends_on_id": "",
        "option-new0-en": "In a library", "option-new0-ro": "Într-o bibliotecă", "option-new1-en": "In a school",
        "option-new2-en": "", "more": "yes",
    })  # fmt: skip
    (role,) = questions.of_event(event)
    assert answer.location.endswith(f"{address}{role.id}/")
    assert [dict(option.label) for option in role.options] == [
        {"en": "In a library", "ro": "Într-o bibliotecă"},
        {"en": "In a school"},
    ]
    client.post(f"{address}new/?kind=number", data={
        "label-en": "How many pupils?", "least": "1", "most": "5000", "depends_on_id": str(role.options[1].id),
    })  # fmt: skip
    client.post(f"{address}new/?kind=needs", data={"label-en": "What do you need?", "depends_on_id": ""})
    pupils, wanted = questions.of_event(event)[1:]
    assert (pupils.least, pupils.most, pupils.depends_on_id, pupils.required) == (1, 5000, role.options[1].id, False)
    assert wanted.kind is QuestionKind.NEEDS
    assert client.get(f"{address}new/?kind=needs").status_code == 302
    assert 'value="needs"' not in client.get(address).text
    page = html.fromstring(client.get(f"{address}preview/").text)
    assert page.xpath(f"//div[@class='revealed']//input[@name='q{pupils.id}'][@type='number']")
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.account_id == account.id)).all()
    assert actions == ["question.added"] * 3


def test_words_are_mended_without_losing_an_answer(client):
    event = make_event()
    role = ask(event, QuestionKind.CHOICE, 3)
    first, second, third = role.options
    registration = make_registration(event)
    questions.store(registration, {role.id: second.id})
    db.session.commit()
    organiser_of(client, event)
    client.post(f"/en/manage/events/{event.slug}/questions/{role.id}/", data={
        "label-en": "Your role", "depends_on_id": "", f"option-{first.id}-en": "", f"option-{second.id}-en": "Teacher",
        f"option-{third.id}-en": "Other", "option-new0-en": "Mayor",
    })  # fmt: skip
    assert [dict(option.label) for option in role.options] == [{"en": "Teacher"}, {"en": "Other"}, {"en": "Mayor"}]
    assert [text for _row, _value, text in questions.written(registration, questions.of_event(event), "en")] == [
        "Teacher"
    ]


def test_an_answer_that_brings_up_a_question_stays_while_it_does(client):
    event = make_event()
    role = ask(event, QuestionKind.CHOICE, 3)
    inner = ask(event, depends_on=role.options[0])
    organiser_of(client, event)
    address = f"/en/manage/events/{event.slug}/questions/{role.id}/"
    given = {f"option-{option.id}-en": "Still here" for option in role.options}
    refused = client.post(
        address, data={"label-en": "Role", "depends_on_id": ""} | given | {f"option-{role.options[0].id}-en": ""}
    )
    assert refused.status_code == 422
    assert "brings up another question" in said(refused)[0]
    # Nor can a question hang on an answer of itself, or on one that it brings up.
    circle = ask(event, QuestionKind.CHOICE, 1, depends_on=role.options[1])
    for option in (role.options[0].id, circle.options[0].id, 10**9, "x"):
        assert client.post(address, data={"label-en": "Role", "depends_on_id": str(option)} | given).status_code == 422
    assert (role.depends_on_id, inner.depends_on_id) == (None, role.options[0].id)


def test_questions_change_places_among_their_like(client):
    event = make_event()
    role, last = ask(event, QuestionKind.CHOICE, 1), ask(event)
    one, two = ask(event, depends_on=role.options[0]), ask(event, depends_on=role.options[0])
    organiser_of(client, event)
    address = f"/en/manage/events/{event.slug}/questions/"
    client.post(f"{address}{two.id}/move/", data={"to": "up"})
    assert questions.of_event(event) == [role, two, one, last]
    client.post(f"{address}{last.id}/move/", data={"to": "up"})
    client.post(f"{address}{last.id}/move/", data={"to": "up"})
    assert questions.of_event(event) == [last, role, two, one]
    client.post(f"{address}{last.id}/move/", data={"to": "down"})
    assert questions.of_event(event) == [role, two, one, last]


def test_removing_says_how_many_answers_go_and_takes_what_hangs_on_it(client):
    event = make_event()
    role, last = ask(event, QuestionKind.CHOICE, 1), ask(event, QuestionKind.NEEDS)
    inner = ask(event, QuestionKind.CHOICES, 1, depends_on=role.options[0])
    innermost = ask(event, depends_on=inner.options[0])
    for _ in range(3):
        given = {role.id: role.options[0].id, inner.id: [inner.options[0].id], innermost.id: "text"}
        questions.store(make_registration(event), given, [(NeedKind.CAPTIONS, "en", "")])
    db.session.commit()
    organiser_of(client, event)
    address = f"/en/manage/events/{event.slug}/questions/{role.id}/remove/"
    assert client.get(address).text.count("3 answers are deleted") == 3
    assert client.post(address).status_code == 302
    assert (questions.of_event(event), stored(), len(needs())) == ([last], {}, 3)
    client.post(address.replace(f"/{role.id}/", f"/{last.id}/"))
    assert (questions.of_event(event), needs()) == ([], [])


@pytest.mark.parametrize(("kind", "given", "fault"), [
    ("text", {}, "Question: Write this in one language at least."),
    ("choice", {"label-en": "?", "option-new0-en": "Only one"}, "Answer 1: Write the answers that people choose from"),
    ("number", {"label-en": "?", "least": "5", "most": "1"}, "Largest number: The largest number cannot be smaller"),
    ("number", {"label-en": "?", "least": "inf"}, "Smallest number: Write a number of at most fifteen digits."),
    ("number", {"label-en": "?", "most": "nan"}, "Largest number: Write a number of at most fifteen digits."),
    ("text", {"label-en": "x" * 1_000_000}, "Question: English: at most 500 characters."),
])  # fmt: skip
def test_a_question_with_a_fault_is_not_kept(client, kind, given, fault):
    event = make_event()
    organiser_of(client, event)
    answer = client.post(
        f"/en/manage/events/{event.slug}/questions/new/?kind={kind}", data={"depends_on_id": ""} | given
    )
    assert answer.status_code == 422
    assert said(answer)[0].startswith(fault)
    assert questions.of_event(event) == []


def test_strangers_and_readers_change_no_form(client):
    event, other = make_event(), make_event()
    question = ask(event)
    base = f"/en/manage/events/{event.slug}/questions/"
    writes = [
        f"{base}new/?kind=text",
        f"{base}{question.id}/",
        f"{base}{question.id}/move/",
        f"{base}{question.id}/remove/",
    ]
    for address in writes:
        assert "/sign-in/" in client.post(address, data={"label-en": "Mine"}).location
    for role, at, status in ((Role.READER, event, 403), (None, event, 404), (Role.OWNER, other, 404)):
        organiser_of(client, at, role)
        assert {client.post(address, data={"label-en": "Mine"}).status_code for address in writes} == {status}
    organiser_of(client, other)
    for address in writes[1:]:
        assert client.post(address.replace(event.slug, other.slug)).status_code == 404
    organiser_of(client, event)
    assert {client.put(address).status_code for address in writes} == {405}
    assert client.get(f"{base}{question.id}/move/").status_code == 405
    assert client.get(f"{base}new/?kind=nonsense").status_code == 302
    assert [dict(row.label) for row in questions.of_event(event)] == [{"en": "Question 0"}]


def test_a_text_in_another_language_than_the_page_says_so(client):
    event = make_event(languages=["ro", "en"])
    ask(event, label={"ro": "Unde lucrați?"}, help={"ro": "Pe scurt"})
    page = client.get(f"/en/events/{event.slug}/register/").text
    assert '<span lang="ro" dir="ltr">Unde lucrați?</span>' in page
    assert re.search(r'id="q\d+-hint"><span lang="ro" dir="ltr">Pe scurt</span>', page)


def test_questions_hang_only_on_choices_that_do_not_hang_on_them(app):
    event = make_event()
    role = ask(event, QuestionKind.CHOICE, 1)
    inner = ask(event, QuestionKind.CHOICES, 1, depends_on=role.options[0])
    ask(event)
    assert questionnaire.conditions(event) == [role, inner]
    assert questionnaire.conditions(event, inner) == [role]
    assert questionnaire.conditions(event, role) == []
