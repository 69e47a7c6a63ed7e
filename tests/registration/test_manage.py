"""The organisers' page of registrations, and who may see it."""

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.people.models import AuditEntry, Role
from app.registration import service
from app.registration.models import Places, RegistrationState
from tests.factories import grant, make_account, make_event, make_registration, sign_in


@pytest.fixture
def event():
    return make_event(capacity=10)


def as_role(client, event, role):
    account = make_account()
    if role:
        grant(event, account, role)
    sign_in(client, account)
    return account


def test_registrations_are_counted_by_state_country_and_language(app, client, event):
    for country, language in (("MD", "ro"), ("MD", "en"), ("UA", "en")):
        make_registration(event, country=country, language=language)
    make_registration(event, country="FR", state=RegistrationState.CANCELLED)
    make_registration(make_event(), country="JP", name="Elsewhere")
    as_role(client, event, Role.ORGANISER)
    page = client.get(f"/en/manage/events/{event.slug}/registrations/").text
    assert "3 of 10 places are taken" in page
    assert page.index("Moldova</dt>") < page.index("Ukraine</dt>")
    assert "France</dt>" not in page
    assert "Elsewhere" not in page
    assert "4 registrations" in page


def test_the_list_is_searched_and_comes_in_pages(app, client, event):
    for number in range(60):
        make_registration(event, name=f"Reader {number}")
    make_registration(event, name="100% O'Neil <i>", email="oneil@example.org")
    as_role(client, event, Role.ORGANISER)
    address = f"/en/manage/events/{event.slug}/registrations/"
    first, second = client.get(address).text, client.get(address, query_string={"page": 2}).text
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 12)
    for sought in ("100%", "o'neil <I>", "ONEIL@example"):
        found = client.get(address, query_string={"q": sought}).text
        assert "1 registration<" in found
        assert "O&#39;Neil &lt;i&gt;" in found
    for query in ({"q": "_____________________"}, {"q": "'; DROP TABLE registration; --"}, {"state": "lapsed"}):
        assert "Nobody is found" in client.get(address, query_string=query).text
    for query in ({"page": "-5"}, {"page": "x"}, {"page": "99999999999999999999"}, {"state": "<script>"}):
        assert client.get(address, query_string=query).status_code == 200


@pytest.mark.both_databases
def test_the_search_minds_neither_case_nor_accent_in_any_script(client, event):
    registration = make_registration(event, name="Олена Ștefania", email="olena@example.org")
    make_registration(event, name="Somebody else")
    as_role(client, event, Role.ORGANISER)
    address = f"/en/manage/events/{event.slug}/registrations/"
    words = ("ОЛЕНА", "олена", "Ștefania", "stefania", "ŞTEFANIA", "OLENA@")
    found = [client.get(address, query_string={"q": word}).text for word in words]
    assert ["Олена" in page and "Somebody" not in page for page in found] == [True] * len(words)
    service.change(registration, name="Ion", country="RO", language="ro", zone="UTC")
    db.session.commit()
    assert "olena@" not in client.get(address, query_string={"q": "олена"}).text


def test_an_organiser_cancels_one_and_the_trail_says_who(app, client, event):
    registration = make_registration(event)
    account = as_role(client, event, Role.ORGANISER)
    address = f"/en/manage/events/{event.slug}/registrations/{registration.id}/cancel/"
    assert registration.name in client.get(address).text
    client.head(address)
    db.session.refresh(registration)
    assert registration.is_confirmed
    assert client.post(address).status_code == 302
    db.session.refresh(registration)
    assert registration.state is RegistrationState.CANCELLED
    assert db.session.scalar(sa.select(Places.taken)) == 0
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "registration.cancelled")).one()
    assert entry.account_id == account.id


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403), (Role.SPEAKER, 403)])
def test_names_and_addresses_are_not_for_everyone(app, client, event, role, status):
    registration = make_registration(event, email="secret@example.org")
    address = f"/en/manage/events/{event.slug}/registrations/"
    assert "/sign-in/" in client.get(address).location
    assert "/sign-in/" in client.post(f"{address}{registration.id}/cancel/").location
    as_role(client, event, role)
    assert client.get(address).status_code == status
    assert client.post(f"{address}{registration.id}/cancel/").status_code == status
    db.session.refresh(registration)
    assert registration.is_confirmed


def test_another_events_registration_cannot_be_cancelled_from_here(app, client, event):
    registration = make_registration(make_event())
    as_role(client, event, Role.OWNER)
    assert client.post(f"/en/manage/events/{event.slug}/registrations/{registration.id}/cancel/").status_code == 404
    assert client.delete(f"/en/manage/events/{event.slug}/registrations/{registration.id}/cancel/").status_code == 405
