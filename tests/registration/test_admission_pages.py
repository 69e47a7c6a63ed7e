"""Organisers say when and to whom registration is open."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.people.models import AuditEntry, Role
from app.registration import admission
from app.registration.models import Admission
from tests.factories import grant, make_account, make_event, make_registration, save, sign_in

pytestmark = pytest.mark.both_databases

GIVEN = {"opens_at": "", "closes_at": "", "offer_hours": "24", "keep_days": ""}


@pytest.fixture
def event(app):
    return make_event()


def address(event, path="") -> str:
    return f"/en/manage/events/{event.slug}/admission/{path}"


def as_role(client, event, role):
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    return account


def stored(event) -> Admission | None:
    db.session.expire_all()
    return db.session.get(Admission, event.id)


def test_the_first_save_makes_the_row_and_times_are_of_the_event(client, event):
    account = as_role(client, event, Role.ORGANISER)
    assert "Registration opens" in client.get(address(event)).text
    assert stored(event) is None
    answer = client.post(address(event), data=GIVEN | {
        "opens_at": "2027-03-04T09:00", "closes_at": "2027-03-09T18:30", "by_code": "y", "by_approval": "y",
        "offer_hours": "12", "keep_days": "90",
    })  # fmt: skip
    assert answer.status_code == 302
    terms = stored(event)
    assert terms.opens_at == datetime(2027, 3, 4, 7, tzinfo=UTC)
    assert terms.closes_at == datetime(2027, 3, 9, 16, 30, tzinfo=UTC)
    assert (terms.by_code, terms.by_approval, terms.offer_hours, terms.keep_days) == (True, True, 12, 90)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "admission.changed")).one()
    assert (entry.account_id, entry.subject) == (account.id, f"event:{event.id}")
    page = client.get(address(event)).text
    assert 'value="2027-03-04T09:00"' in page
    assert "9 Jun 2027, 23:00" in page or "10 Jun 2027, 00:00" in page


def test_what_is_left_empty_is_taken_back_and_other_terms_stay(client, event):
    save(Admission(event=event, opens_at=clock.now(), by_code=True, keep_days=3, certificates=True))
    as_role(client, event, Role.OWNER)
    client.post(address(event), data=GIVEN)
    terms = stored(event)
    assert (terms.opens_at, terms.by_code, terms.keep_days, terms.certificates) == (None, False, None, True)


def test_registration_is_closed_before_it_opens_and_after_it_closes(client, event):
    as_role(client, event, Role.ORGANISER)
    client.post(address(event), data=GIVEN | {"opens_at": "2027-03-03T15:00", "closes_at": "2027-03-03T16:00"})
    open_at = {}
    for hour in (12, 13, 14):
        with clock.stopped_at(datetime(2027, 3, 3, hour, tzinfo=UTC)):
            open_at[hour] = admission.is_open(event)
    assert open_at == {12: False, 13: True, 14: False}


@pytest.mark.parametrize(("given", "said"), [
    ({"opens_at": "2027-03-05T10:00", "closes_at": "2027-03-05T10:00"}, "cannot close before it opens"),
    ({"opens_at": "soon"}, "Not a valid datetime"),
    ({"offer_hours": ""}, "Write a number of hours"),
    ({"offer_hours": "0"}, "between 1 and 720"),
    ({"keep_days": "-1"}, "between 0 and 3650"),
    ({"keep_days": "many"}, "Not a valid integer"),
])  # fmt: skip
def test_a_fault_is_said_beside_its_field_and_nothing_is_saved(client, event, given, said):
    as_role(client, event, Role.ORGANISER)
    answer = client.post(address(event), data=GIVEN | given)
    assert (answer.status_code, "error-summary" in answer.text, said in answer.text) == (422, True, True)
    assert stored(event) is None


def test_a_time_that_has_passed_must_be_meant(client, event):
    make_registration(event)
    as_role(client, event, Role.ORGANISER)
    with clock.stopped_at(event.over_at + timedelta(days=10)):
        answer = client.post(address(event), data=GIVEN | {"keep_days": "5"})
        assert (answer.status_code, 'name="at_once"' in answer.text) == (422, True)
        assert client.post(address(event), data=GIVEN | {"keep_days": "5", "at_once": "y"}).status_code == 302
        assert client.post(address(event), data=GIVEN | {"keep_days": "5", "offer_hours": "2"}).status_code == 302
    assert stored(event).keep_days == 5


def test_two_organisers_do_not_overwrite_each_other_unseen(client, event):
    as_role(client, event, Role.ORGANISER)
    version = re.search(r'name="version"[^>]*value="([^"]+)"', client.get(address(event)).text)[1]
    client.post(address(event), data=GIVEN | {"version": version, "by_code": "y"})
    answer = client.post(address(event), data=GIVEN | {"version": version, "by_approval": "y"})
    assert (answer.status_code, "Somebody else saved this" in answer.text) == (422, True)
    assert (stored(event).by_code, stored(event).by_approval) == (True, False)


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_only_organisers_say_who_gets_in(client, event, role, status):
    assert "/sign-in/" in client.post(address(event), data=GIVEN).location
    as_role(client, event, role)
    assert client.get(address(event)).status_code == status
    assert client.post(address(event), data=GIVEN | {"by_code": "y"}).status_code == status
    assert client.delete(address(event)).status_code == 405
    assert stored(event) is None
