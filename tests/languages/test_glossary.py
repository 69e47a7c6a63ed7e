"""The glossary: terms found in texts, tables taken in whole or not at all, and organisers' pages."""

from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.events.models import Event
from app.extensions import db
from app.languages import glossary, glossary_tables
from app.languages.glossary_tables import Faults
from app.languages.models import Term
from app.people.models import Role
from tests.factories import grant, make_account, make_event, sign_in

PATH = "/en/manage/events/autumn/glossary/"


@pytest.fixture
def event(client: FlaskClient) -> Event:
    event = make_event(slug="autumn")
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    return event


def found(text: str, event: Event, source: str, target: str = "") -> list[str]:
    return [text[start:end] for start, end, _term in glossary.terms_in(text, event, source, target)]


def words() -> list[dict[str, str]]:
    return [dict(term.words) for term in db.session.scalars(sa.select(Term).order_by(Term.id))]


def table(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "table"
    path.write_bytes(data)
    return path


def test_terms_are_found_inflected_the_longest_first_and_never_within_a_word(event: Event) -> None:
    glossary.add(event, {"en": "library", "ro": "bibliotecă", "ru": "библиотека"})
    glossary.add(event, {"en": "public library", "ro": "bibliotecă publică"})
    glossary.add(event, {"en": "open access", "ru": "открытый доступ", "ar": "الوصول المفتوح"})
    glossary.add(event, {"en": "loan", "ar": "مكتبة"})
    glossary.add(event, {"en": "copy", "ja": "図書館"})

    text = "Public libraries, and each LIBRARY: open-access, reopen access; a librarian's loan."
    assert found(text, event, "en") == ["Public libraries", "LIBRARY", "open-access", "loan"]
    assert found(text, event, "en-GB", "ro") == ["Public libraries", "LIBRARY"]
    assert found("Bibliotecile publice şi biblioteca", event, "ro", "en") == ["Bibliotecile publice", "biblioteca"]
    assert found("в библиотеках – об открытом доступе", event, "ru") == ["библиотеках", "открытом доступе"]
    assert found("زرنا المكتبات أمس", event, "ar") == ["المكتبات"]
    assert found("東京の図書館で", event, "ja") == ["図書館"]
    assert found("library", make_event(), "en") == []
    assert found("", event, "en") == []


def test_positions_are_those_of_the_text_as_it_is(event: Event) -> None:
    term = glossary.add(event, {"en": "café"})
    text = "A 📚 cafe\u0301, a Café."
    assert [(text[start:end], which) for start, end, which in glossary.terms_in(text, event, "en")] == [
        ("cafe\u0301", term), ("Café", term),
    ]  # fmt: skip


def test_a_table_adds_and_completes_and_comes_out_as_it_went_in(event: Event, tmp_path: Path) -> None:
    glossary.add(event, {"en": "Loan", "ru": "выдача"}, "not a gift")
    data = 'en;ro;note\r\nloan;împrumut;\r\n"shelf; mark";cotă;=1+1\r\n\r\n'.encode()
    assert glossary_tables.take_in(event, table(tmp_path, data)) == (1, 1, 0)
    assert words() == [{"en": "loan", "ru": "выдача", "ro": "împrumut"}, {"en": "shelf; mark", "ro": "cotă"}]
    assert glossary_tables.take_in(event, table(tmp_path, data)) == (0, 0, 2)

    for form in ("csv", "tsv"):
        written = glossary_tables.written(glossary.of_event(event), ["en", "ro", "ru"], form)
        assert b"'=1+1" in written
        other = make_event()
        glossary_tables.take_in(other, table(tmp_path, written))
        assert [(dict(term.words), term.note) for term in glossary.of_event(other)] == [
            (dict(term.words), term.note) for term in glossary.of_event(event)
        ]


FAULTY = [
    (b"", "The table is empty."),
    (b"en,ro\n", "There is no term in the table."),
    (b"en,klingonish\nloan,x\n", "Line 1: “klingonish” is no language that we know."),
    (b"en,EN\nloan,x\n", "Line 1: “en” is there twice."),
    (b"note\nloan\n", "Line 1 names no language."),
    (b"en,ro\nloan,x\n,y\n", "Line 3 has no word in the first language (en)."),
    (b"en,ro\nloan,x,y\n", "Line 2 has 3 cells; the first line has 2."),
    (b"en\n" + b"x" * 201 + b"\n", "Line 2: a term has at most 200 characters"),
    (b'en,ro\nloan,"x\n', "Line 2: a quotation mark is open"),
    (b"en\nna\xefve\n", "Line 2 is not in UTF-8."),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no table"),
]


def test_a_table_with_a_fault_is_not_taken_in_and_its_line_is_named(
    client: FlaskClient, event: Event, tmp_path: Path
) -> None:
    for data, said in FAULTY:
        with pytest.raises(Faults) as faults:
            glossary_tables.take_in(event, table(tmp_path, data))
        assert said in faults.value.sentences[0], (data, faults.value.sentences)
    answer = client.post(f"{PATH}import/", data={"file": (BytesIO(FAULTY[5][0]), "a.csv")})
    assert (answer.status_code, "Line 3 has no word" in answer.text) == (422, True)
    assert client.post(f"{PATH}import/").status_code == 422
    assert words() == []


def test_organisers_add_change_search_and_remove_terms(client: FlaskClient, event: Event) -> None:
    assert (
        client.post(PATH, data={"words-en": "loan", "words-ro": "împrumut", "note": "<b>no gift</b>"}).status_code
        == 303
    )
    shown = client.get(f"{PATH}?q=imprumut").text
    assert '<td lang="ro" dir="ltr">împrumut</td>' in shown
    assert "&lt;b&gt;no gift" in shown
    assert "împrumut" not in client.get(f"{PATH}?q=shelf").text
    term = db.session.scalars(sa.select(Term)).one()
    assert client.post(f"{PATH}{term.id}/", data={"words-en": "loans", "words-ro": "", "note": ""}).status_code == 303
    assert words() == [{"en": "loans"}]
    assert client.post(PATH, data={"words-en": ""}).status_code == 422
    assert client.post(f"{PATH}{term.id}/", data={"words-en": "x" * 201}).status_code == 422
    answer = client.post(f"{PATH}import/", data={"file": (BytesIO(b"en\tde\nshelf\tRegal\n"), "a.tsv")})
    assert answer.status_code == 303
    assert "shelf,,Regal" in client.get(f"{PATH}glossary.csv").get_data(as_text=True)
    assert client.post(f"{PATH}{term.id}/remove/").status_code == 303
    assert words() == [{"en": "shelf", "de": "Regal"}]


def test_strangers_other_roles_methods_and_events_change_no_term(client: FlaskClient, event: Event) -> None:
    term, foreign = glossary.add(event, {"en": "loan"}), glossary.add(make_event(), {"en": "foreign"})
    db.session.commit()
    data = {"words-en": "changed"}
    for rest in ("", "remove/"):
        assert client.post(f"{PATH}{foreign.id}/{rest}", data=data).status_code == 404
    reader, nobody = make_account(), make_account()
    grant(event, reader, Role.READER)
    for rest in ("", f"{term.id}/", f"{term.id}/remove/", "import/"):
        assert client.application.test_client().post(PATH + rest, data=data).status_code == 302
        assert client.delete(PATH + rest).status_code == 405
        for account, status in ((reader, 403), (nobody, 404)):
            sign_in(client, account)
            assert client.post(PATH + rest, data=data).status_code == status
    sign_in(client, reader)
    assert "loan" in client.get(PATH).text
    assert words() == [{"en": "loan"}, {"en": "foreign"}]
