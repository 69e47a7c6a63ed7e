"""Registrations as tables: complete, safe to open, the same people when they are brought back."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.extensions import db
from app.jobs.models import Job
from app.jobs.sweep import sweep
from app.people.models import AuditEntry, Role
from app.registration import arrivals, exporting, importing
from app.registration.listing import Filters
from app.registration.models import (
    Answer,
    Attendance,
    Booking,
    Claim,
    Need,
    NeedKind,
    Origin,
    Question,
    QuestionKind,
    QuestionOption,
    Registration,
    RegistrationState,
    Source,
)
from tests.factories import grant, make_account, make_event, make_registration, make_session, save, sign_in

FORMULAS = ("=1+1", "+380 44", "-5", "@SUM(A1)", "'=quoted", "''+x", "'tis")


def exported(event: Any, kind: str = "csv", filters: Filters = Filters()) -> bytes:  # noqa: B008
    with tempfile.TemporaryFile() as file:
        exporting.write(event, file, kind, "en", filters)
        file.seek(0)
        return file.read()


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def full() -> Registration:
    """A registration with everything that can be exported."""
    event = make_event()
    talk, workshop = make_session(event, slug="talk"), make_session(event, slug="workshop", capacity=5)
    registration = make_registration(event, name="Ștefania „Ana“; Олена", email="ana@example.org", country="MD")
    save(Booking(registration=registration, session=workshop, claim=Claim.BOOKED))
    save(Attendance(registration=registration, session=talk, day=event.starts_on, source=Source.LINK))
    wishes = save(Question(event=event, kind=QuestionKind.NEEDS, label={"en": "Needs"}, position=1))
    role = save(Question(event=event, kind=QuestionKind.CHOICE, label={"en": "Role", "ro": "Rol"}, position=2))
    reader = save(QuestionOption(question=role, label={"en": "Reader", "ro": "Cititor"}))
    save(Answer(registration=registration, question=role, value=reader.id))
    save(Need(registration=registration, kind=NeedKind.INTERPRETATION, language="ru"))
    save(Need(registration=registration, kind=NeedKind.OTHER, note="a ramp; soon"))
    assert wishes.id
    return registration


def test_a_row_holds_all_that_is_known_of_a_person(app: Flask, full: Registration) -> None:
    data = exported(full.event)
    assert data.startswith(b"\xef\xbb\xbfName,E-mail address,")
    assert b"\r\n" in data
    assert table(data) == [
        {
            "Name": "Ștefania „Ana“; Олена", "E-mail address": "ana@example.org", "Country": "MD", "Language": "en",
            "Time zone": "Europe/Kyiv", "State": "confirmed", "Registered": "2027-03-03 12:00:00Z",
            "Confirmed": "2027-03-03 12:00:00Z", "Cancelled": "", "Code": "", "Place on the waiting list": "",
            "Booked sessions": "workshop", "Attended": "talk", "Minutes attended": "60",
            "Language and access needs": "interpretation ru; other: a ramp, soon", "Role": "Reader",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_is_taken_for_a_formula_and_comes_back_as_it_was(app: Flask, tmp_path: Path, kind: str) -> None:
    event, other = make_event(), make_event()
    for name in FORMULAS:
        make_registration(event, name=name)
    data = exported(event, kind)
    if kind == "csv":
        assert all(row["Name"][0] == "'" for row in table(data))
    else:
        cells = [row[0] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert tuple(cell.value for cell in cells) == FORMULAS
    path = tmp_path / "table"
    path.write_bytes(data)
    assert tuple(entry.name for entry in importing.check(other, path).entries) == FORMULAS


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_brought_into_another_event_is_the_same_people(
    app: Flask, tmp_path: Path, kind: str
) -> None:
    event, other = make_event(), make_event()
    for number, language in enumerate(("ro", "ru", "pt-BR"), start=1):
        make_registration(event, name=f"Cititor {number}", language=language, zone="Asia/Tokyo", country="JP")
    make_registration(event, name="Without an address", email="")
    make_registration(event, name="Gone", state=RegistrationState.CANCELLED)
    path = tmp_path / "table"
    path.write_bytes(exported(event, kind))
    report = importing.check(other, path)
    assert (report.faults, report.rows, report.ended) == ([], 5, 1)
    assert arrivals.enter_all(other, report.entries, Origin.IMPORT, tell=False) == (4, 0)
    db.session.commit()

    def people(of: Any) -> set[tuple[str, ...]]:
        found = db.session.query(Registration).filter_by(event_id=of.id, state=RegistrationState.CONFIRMED)
        return {(row.name, row.email, row.country, row.language, row.zone) for row in found}

    assert people(other) == people(event)
    again = importing.check(other, path)
    assert (again.entries, again.known) == ([], 4)


def test_batches_filters_and_the_waiting_list(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    event = make_event()
    for number in range(5):
        make_registration(event, country="RO" if number % 2 else "MD", name=f"Person {number}")
    for number in (7, 4):
        make_registration(event, state=RegistrationState.WAITING, queue_number=number, name=f"Waiting {number}")
    make_registration(make_event(), name="Elsewhere")
    rows = table(exported(event))
    assert [row["Name"] for row in rows] == [f"Person {n}" for n in range(5)] + ["Waiting 7", "Waiting 4"]
    assert [row["Place on the waiting list"] for row in rows[-2:]] == ["2", "1"]
    found = table(exported(event, "csv", Filters(country="RO")))
    assert [row["Name"] for row in found] == ["Person 1", "Person 3"]


def test_an_organiser_fetches_the_table_and_the_trail_says_so(client: FlaskClient) -> None:
    event, account = make_event(), make_account()
    make_registration(event, name="Ana")
    make_registration(event, name="Ion")
    grant(event, account)
    sign_in(client, account)
    address = f"/en/manage/events/{event.slug}/registrations/export/"
    assert "Only those" in client.get(f"{address}?q=ana").text
    answer = client.post(address, data={"format": "xlsx", "q": "ana"})
    assert answer.status_code == 303
    sweep()
    page = client.get(answer.location).text
    assert "1 registration was exported." in page
    job = db.session.query(Job).one()
    file = client.get(f"{answer.location}file/")
    assert file.headers["Content-Disposition"] == f"attachment; filename={event.slug}-registrations.xlsx"
    assert file.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert [cell.value for cell in load_workbook(io.BytesIO(file.data)).worksheets[0]["A"]] == ["Name", "Ana"]
    entry = db.session.query(AuditEntry).filter_by(action="registrations.exported").one()
    assert (entry.account_id, entry.detail) == (account.id, {"format": "xlsx"})
    assert job.account_id == account.id
    assert client.post(address, data={"format": "exe"}).status_code == 400
    assert client.put(address).status_code == 405


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_who_may_not_see_registrations_exports_none(client: FlaskClient, role: Role | None, status: int) -> None:
    event, account = make_event(), make_account()
    if role:
        grant(event, account, role)
    address = f"/en/manage/events/{event.slug}/registrations/export/"
    assert "/sign-in/" in client.post(address, data={"format": "csv"}).location
    sign_in(client, account)
    assert client.post(address, data={"format": "csv"}).status_code == status
    assert client.get(address).status_code == status
    assert db.session.query(Job).count() == 0
