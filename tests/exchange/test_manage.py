"""The organisers' page of the import."""

import io

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.people.models import Role
from app.schedule.models import EventSession
from tests.exchange.test_importing import entry, schedule
from tests.factories import grant, make_account, make_event, sign_in


def upload(client: FlaskClient, slug: str, data: bytes, **fields: str):  # type: ignore[no-untyped-def]
    form = {"file": (io.BytesIO(data), "any.name"), **fields}
    return client.post(f"/en/manage/events/{slug}/schedule-exchange/", data=form)


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_who_may_not_edit_the_programme_imports_nothing(client: FlaskClient, role: Role | None, status: int) -> None:
    event, account = make_event(), make_account()
    if role:
        grant(event, account, role)
    assert upload(client, event.slug, schedule(entry())).status_code == 302
    sign_in(client, account)
    assert upload(client, event.slug, schedule(entry())).status_code == status
    assert client.get(f"/en/manage/events/{event.slug}/schedule-exchange/").status_code == status
    assert db.session.query(EventSession).count() == 0


def test_an_organiser_imports_a_file_and_reads_what_became_of_it(client: FlaskClient) -> None:
    event, account = make_event(), make_account(name="Olha")
    grant(event, account)
    sign_in(client, account)
    answer = upload(client, event.slug, schedule(entry(duration="00:00"), zone=""), zone="Asia/Tokyo")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "The schedule was imported." in page
    assert "Olha" in page
    assert "Without a duration: one time slot was taken (1)" in page
    assert f"/events/{event.slug}/schedule.xml" in page
    assert db.session.query(EventSession).one().event.zone == "Asia/Tokyo"
    assert client.put(answer.location).status_code == 405


@pytest.mark.parametrize(
    ("data", "fields", "said"),
    [
        (b"\x89PNG", {}, "The file is neither XML nor JSON."),
        (b"<schedule>", {}, "line 1, column 11: no element found"),
        (schedule(entry(), entry(id=2, guid="x", duration="long")), {}, "is no length of time: long"),
        (schedule(entry()), {"zone": "Bucharest"}, "This is no zone of the tz database"),
        (b"", {"file": ""}, "Choose a file."),
    ],
)
def test_a_faulty_upload_is_told_beside_its_field_and_leaves_nothing(
    client: FlaskClient, data: bytes, fields: dict[str, str], said: str
) -> None:
    event, account = make_event(), make_account()
    grant(event, account)
    sign_in(client, account)
    answer = upload(client, event.slug, data, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(EventSession).count() == 0


def test_a_file_that_is_too_large_for_the_page_is_told_in_one_sentence(client: FlaskClient) -> None:
    event, account = make_event(), make_account()
    grant(event, account)
    sign_in(client, account)
    answer = upload(client, event.slug, b"<schedule>" + bytes(17 * 1024 * 1024))
    assert answer.status_code == 413
    assert "What you sent is too large." in answer.text
    assert db.session.query(EventSession).count() == 0
