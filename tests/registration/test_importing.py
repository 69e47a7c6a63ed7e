"""Tables of people: every fault with its line and column, all of them or nobody."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook

from app.events.models import Event
from app.extensions import db
from app.jobs.models import Job, JobState
from app.jobs.sweep import sweep
from app.mail.models import Letter
from app.people.models import AuditEntry, Role
from app.registration import arrivals, importing, sheets
from app.registration.importing import Defaults, Report
from app.registration.links import by_token
from app.registration.models import (
    LASTING,
    Booking,
    Origin,
    Places,
    Purpose,
    Question,
    QuestionKind,
    QuestionOption,
    Registration,
    RegistrationState,
)
from app.registration.service import Entry, of_address
from app.registration.sheets import Unreadable
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in

HEAD = "name,email,country\n"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


@pytest.fixture
def read(event: Event, tmp_path: Path) -> Any:
    def check(data: str | bytes, encoding: str = "", **defaults: str) -> Report:
        path = tmp_path / "any.name"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return importing.check(event, path, encoding, Defaults(**defaults))

    return check


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.text) for fault in report.faults]


def workbook(*rows: Any) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_in_whatever_way_it_was_saved(read: Any, delimiter: str, encoding: str) -> None:
    table = 'name,email,country\r\n"Ana, ""cea mare""",ana@example.org,RO\r\n\r\nОлена,OLENA@example.org,Ukraine\r\n'
    if delimiter != ",":
        table = table.replace("Ana, ", "Ana! ").replace(",", delimiter)
    report = read(table.encode(encoding))
    assert faults(report) == []
    assert [(entry.name[-4:], entry.email, entry.country) for entry in report.entries] == [
        ('are"', "ana@example.org", "RO"), ("лена", "olena@example.org", "UA")
    ]  # fmt: skip


def test_another_encoding_is_asked_for_and_then_understood(read: Any) -> None:
    table = f"{HEAD}Ana,ana@example.org,RO\nИван,ivan@example.org,MD\n".encode("cp1251")
    with pytest.raises(Unreadable, match=r"^Line 3 is not in UTF-8\."):
        read(table)
    assert [entry.name for entry in read(table, "cp1251").entries] == ["Ana", "Иван"]


def test_headings_may_be_in_any_language_of_ours_and_values_in_words(event: Event, read: Any) -> None:
    question = save(Question(event=event, kind=QuestionKind.CHOICE, label={"en": "Role", "ro": "Rol"}))
    option = save(QuestionOption(question=question, label={"en": "Librarian", "ro": "Bibliotecar"}))
    session = make_session(event, slug="workshop", title={"en": "A workshop"}, capacity=3)
    report = read(
        "Name,E-MAIL address,country,language,zone,Booked sessions,Needs,rol,Registered\n"
        "Ana,ana@example.org,rumänien,Romanian,Asia/Tokyo,a workshop,,bibliotecar,yesterday\n"
        "Ion,ion@example.org,România,ro,,workshop,interpretation ru; other: a ramp,,\n"
    )
    assert faults(report) == [(2, "country", "“rumänien” is no country that we know.")]
    entry = report.entries[0]
    assert (entry.country, entry.language, entry.zone) == ("RO", "ro", event.zone)
    assert entry.sessions == (session,)
    assert [(kind.value, language, note) for kind, language, note in entry.needs] == [
        ("interpretation", "ru", ""), ("other", "", "a ramp")
    ]  # fmt: skip
    assert read("name,email,Role\nAna,a@example.org,librarian\n", country="RO").entries[0].answers == {
        question.id: option.id
    }


def test_every_fault_has_its_line_and_column(event: Event, read: Any) -> None:
    make_session(event, slug="talk")
    report = read(
        "name,email,country,language,zone,state,sessions\n"
        "Ana,ana@example,RO,,,,\n"
        ",b@example.org,RO,,,,\n"
        "C\x07,c@example.org,RO,,,,\n"
        '"two\nlines",d@example.org,RO,,,,\n'
        "E,e@example.org,Atlantis,klingon,Mars/Olympus,asleep,nowhere\n"
        "F,f@example.org,RO,,,,,,more\n"
        f"{'x' * 201},g@example.org,RO,,,,\n"
        "H,h@example.org,,,,,\n"
        "I,i@example.org,RO\n"
        "J,I@example.org,RO,,,,\n"
    )
    said = [(line, column) for line, column, _text in faults(report)]
    assert said == [
        (2, "email"), (3, "name"), (4, "name"), (5, "name"), (7, "country"), (7, "language"), (7, "zone"),
        (7, "state"), (7, "sessions"), (8, ""), (9, "name"), (10, "country"), (12, "email"),
    ]  # fmt: skip
    texts = [text for _line, _column, text in faults(report)]
    assert texts[0] == "“ana@example”: Write an e-mail address such as name@example.org."
    assert "9 cells under 7 headings" in texts[9]
    assert texts[-1] == "The same person as in line 11."


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,email,shoe size\nA,a@example.org,5\n", (1, "shoe size", "No column of this name is known.")),
        ("name,email,Name\nA,a@example.org,A\n", (1, "Name", "The column stands twice.")),
        (",name,email\nA,A,a@example.org\n", (1, "1", "The column has no heading.")),
        ("email\na@example.org\n", (1, "", "The column name is missing.")),
        ("name,email\n", (1, "", "There is nobody below the headings.")),
    ],
)
def test_headings_that_cannot_be_understood(read: Any, table: str, said: tuple[int, str, str]) -> None:
    line, column, text = faults(read(table, country="RO"))[0]
    assert (line, column) == said[:2]
    assert text.startswith(said[2])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "This is no table: neither CSV nor XLSX."),
        (b"name,email\nA\x00,a@example.org\n", "This is no table: neither CSV nor XLSX."),
        (b"PK\x03\x04 and nothing more", "The workbook is damaged, or none at all."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is a workbook of an old Excel"),
        (b'name,email\nA,"a@example.org\n' + b"x" * 200_000, "Line 2: a quotation mark is open, or too many."),
        (b"," * 500, "The file is empty."),
        (b"x," * 500, "Line 1 has more than 200 cells."),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(read: Any, data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    assert str(refusal.value).startswith(said)


def test_two_hundred_megabytes_are_refused_by_their_size(event: Event, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(Unreadable, match=r"^The file has 200 MB, and at most 16 MB are taken\.$"):
        importing.check(event, path)


def test_too_many_rows_are_refused(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(Unreadable, match="more than 3 rows"):
        read(HEAD + "A,,RO\nB,,RO\nC,,RO\nD,,RO\n")


def test_a_workbook_is_read_as_text_whatever_its_name_and_its_formulas(read: Any) -> None:
    report = read(workbook(["name", "email", "country"], ["=1+1", "a@example.org", "RO"], [5.0, "b@example.org", "MD"]))
    assert faults(report) == []
    assert [entry.name for entry in report.entries] == ["=1+1", "5"]


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(read: Any) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 * 1024 * 1024))
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(Unreadable, match=r"^The workbook is too large when it is unpacked\.$"):
        read(file.getvalue())


def test_a_workbook_with_a_cell_at_the_end_of_the_world(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1000)
    book = Workbook()
    book.worksheets[0].append(["name", "email"])
    book.worksheets[0].cell(1_000_000, 1, "Far away")
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(Unreadable, match="more than 1000 rows"):
        read(file.getvalue())


# Coming in.


def people(number: int, **values: Any) -> list[Entry]:
    facts = {"country": "RO", "language": "ro", "zone": "UTC"}
    return [Entry(**{"name": f"P{n}", "email": f"p{n}@example.org"} | facts | values) for n in range(number)]


@pytest.mark.both_databases
def test_places_first_then_the_waiting_list_in_the_order_of_the_table(
    app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "BATCH", 2)
    event.capacity = 4
    make_registration(event)
    assert arrivals.enter_all(event, people(7), Origin.IMPORT) == (3, 4)
    assert arrivals.enter_all(event, people(8)[7:], Origin.IMPORT) == (0, 1)
    db.session.commit()
    rows = db.session.query(Registration).filter_by(origin=Origin.IMPORT).order_by(Registration.id).all()
    assert [(row.name, row.state.value, row.queue_number) for row in rows] == [
        ("P0", "confirmed", None), ("P1", "confirmed", None), ("P2", "confirmed", None), ("P3", "waiting", 1),
        ("P4", "waiting", 2), ("P5", "waiting", 3), ("P6", "waiting", 4), ("P7", "waiting", 5),
    ]  # fmt: skip
    places = db.session.execute(sa.select(Places.taken, Places.last_number)).one()
    assert tuple(places) == (4, 5)
    assert all(by_token(row.token(purpose), purpose) is row for row in rows for purpose in LASTING)
    assert rows[0].search == "p0 p0@example.org"
    assert rows[0].token(Purpose.PAGE) != rows[1].token(Purpose.PAGE)


@pytest.mark.both_databases
def test_each_hears_once_what_became_of_them(app: Flask, event: Event) -> None:
    event.capacity = 2
    arrivals.enter_all(event, [*people(3), *people(1, name="No address", email="")], Origin.IMPORT)
    db.session.commit()
    assert db.session.query(Letter).count() == 0
    assert sweep() == {JobState.DONE: 1}
    letters = {letter.recipient: letter.kind for letter in db.session.query(Letter)}
    assert letters.keys() == {"p0@example.org", "p1@example.org", "p2@example.org"}
    assert letters["p0@example.org"] == letters["p1@example.org"] == "reminders.welcome"
    assert letters["p2@example.org"] == "registration.waiting"


def test_nobody_hears_anything_where_that_is_wanted(app: Flask, event: Event) -> None:
    arrivals.enter_all(event, people(2), Origin.IMPORT, tell=False)
    db.session.commit()
    assert sweep() == {}
    assert db.session.query(Letter).count() == 0


def test_who_is_there_stays_and_who_cancelled_comes_back(app: Flask, event: Event) -> None:
    there = make_registration(event, email="p0@example.org", name="As it was")
    gone = make_registration(event, email="p1@example.org", state=RegistrationState.CANCELLED)
    assert arrivals.enter_all(event, people(3), Origin.IMPORT, tell=False) == (2, 0)
    db.session.commit()
    assert there.name == "As it was"
    assert (gone.name, gone.state, gone.attempt) == ("P1", RegistrationState.CONFIRMED, 2)


def test_answers_needs_and_booked_sessions_come_along(app: Flask, event: Event, read: Any) -> None:
    save(Question(event=event, kind=QuestionKind.TEXT, label={"en": "Library"}))
    save(Question(event=event, kind=QuestionKind.NEEDS, label={"en": "Needs of yours"}))
    workshop = make_session(event, slug="workshop", capacity=1)
    report = read(
        "name,email,country,Library,sessions,needs\n"
        "Ana,ana@example.org,RO,Central,workshop,sign\n"
        "Ion,ion@example.org,RO,,workshop,\n"
    )
    arrivals.enter_all(event, report.entries, Origin.IMPORT, tell=False)
    db.session.commit()
    ana = of_address(event, "ana@example.org")
    assert ana is not None
    assert [answer.value for answer in ana.answers] == ["Central"]
    assert [need.kind.value for need in ana.needs] == ["sign"]
    claims = db.session.execute(
        sa.select(Registration.name, Booking.claim).join(Booking).where(Booking.session_id == workshop.id)
    )
    assert {name: claim.value for name, claim in claims} == {"Ana": "booked", "Ion": "waiting"}


# The pages.


def upload(client: FlaskClient, event: Event, data: str | bytes, **fields: str) -> Any:
    content = data.encode() if isinstance(data, str) else data
    form = {"file": (io.BytesIO(content), "people <b>.csv"), "language": "en", **fields}
    return client.post(f"/en/manage/events/{event.slug}/registrations/import/", data=form)


@pytest.fixture
def organiser(client: FlaskClient, event: Event) -> Any:
    account = make_account()
    grant(event, account)
    sign_in(client, account)
    return account


def test_a_table_is_checked_seen_and_taken_in(client: FlaskClient, event: Event, organiser: Any) -> None:
    answer = upload(client, event, f"{HEAD}Ana <i>,ana@example.org,RO\nIon,ion@example.org,MD\n")
    assert answer.status_code == 303
    sweep()
    report = client.get(answer.location).location
    page = client.get(report).text
    assert "Import 2 people" in page
    assert "Ana &lt;i&gt;" in page
    assert db.session.query(Registration).count() == 0
    refused = client.post(report, data={"tell": "y"})
    assert (refused.status_code, "Ask them first." in refused.text) == (422, True)
    taken = client.post(report, data={"consent": "y"})
    assert taken.status_code == 303
    sweep()
    assert "2 people are registered." in client.get(taken.location).text
    assert db.session.query(Registration).filter_by(state=RegistrationState.CONFIRMED).count() == 2
    assert db.session.query(Letter).count() == 0
    entry = db.session.query(AuditEntry).filter_by(action="registrations.imported").one()
    assert (entry.account_id, entry.detail) == (organiser.id, {"confirmed": 2, "waiting": 0})
    second = client.post(report, data={"consent": "y"})
    sweep()
    assert "2 were registered before." in client.get(second.location).text


def test_a_faulty_table_is_told_line_by_line_and_cannot_be_taken_in(
    client: FlaskClient, event: Event, organiser: Any
) -> None:
    answer = upload(client, event, f"{HEAD}Ana,ana,RO\nIon,ion@example.org,MD\n")
    sweep()
    report = client.get(answer.location).location
    page = client.get(report).text
    assert '<th scope="row">2</th>' in page
    assert "Nothing was imported." in page
    assert "<button" not in page.split("<main")[1]
    assert client.post(report, data={"consent": "y"}).status_code == 409
    assert db.session.query(Registration).count() == 0


def test_what_is_no_table_or_too_large_is_told_in_one_sentence(
    client: FlaskClient, event: Event, organiser: Any
) -> None:
    answer = upload(client, event, b"\x89PNG\r\n\x1a\n\x00")
    sweep()
    assert "This is no table: neither CSV nor XLSX." in client.get(answer.location).text
    assert upload(client, event, "", file="").status_code == 422
    too_large = upload(client, event, bytes(17 * 1024 * 1024))
    assert (too_large.status_code, "What you sent is too large." in too_large.text) == (413, True)


def test_whoever_registers_between_check_and_import_is_not_registered_twice(
    client: FlaskClient, event: Event, organiser: Any
) -> None:
    answer = upload(client, event, f"{HEAD}Ana,ana@example.org,RO\nIon,ion@example.org,MD\n")
    sweep()
    report = client.get(answer.location).location
    make_registration(event, email="ana@example.org")
    taken = client.post(report, data={"consent": "y"})
    sweep()
    assert "1 person is registered. 1 was registered before." in client.get(taken.location).text


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_who_may_not_see_registrations_brings_none(
    client: FlaskClient, event: Event, role: Role | None, status: int
) -> None:
    account = make_account()
    if role:
        grant(event, account, role)
    assert "/sign-in/" in upload(client, event, HEAD).location
    sign_in(client, account)
    assert upload(client, event, HEAD).status_code == status
    assert db.session.query(Job).count() == 0


def test_another_events_check_cannot_be_taken_in_here(client: FlaskClient, event: Event, organiser: Any) -> None:
    answer = upload(client, event, f"{HEAD}Ana,ana@example.org,RO\n")
    sweep()
    other = make_event()
    grant(other, organiser)
    number = client.get(answer.location).location.rstrip("/").rsplit("/", 1)[1]
    address = f"/en/manage/events/{other.slug}/registrations/import/{number}/"
    assert client.post(address, data={"consent": "y"}).status_code == 404
    assert client.delete(address).status_code == 405
