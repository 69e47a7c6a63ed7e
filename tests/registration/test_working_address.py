"""Whoever follows a link that we mailed has shown that their address works."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.mail.models import Grounds, Scope
from app.mail.suppression import suppress, suppression_of
from app.people import links
from app.registration import address, service
from app.registration.models import Purpose, RegistrationState
from tests.factories import make_account, make_event, make_registration


@pytest.fixture(autouse=True)
def _held_back(app: Flask) -> None:
    suppress("ana@example.org", "550 5.1.1 No such user", grounds=Grounds.BOUNCED)
    suppress("ion@example.org", "spam", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    db.session.commit()


@pytest.mark.parametrize("state", [RegistrationState.PENDING, RegistrationState.CONFIRMED])
def test_confirming_ends_what_a_server_said(app: Flask, state: RegistrationState) -> None:
    service.confirm(make_registration(make_event(), email="ana@example.org", state=state))
    assert suppression_of("ana@example.org") is None


def test_coming_back_ends_it_too(app: Flask) -> None:
    person = make_registration(make_event(), email="ana@example.org", state=RegistrationState.CANCELLED)
    service.renew(person)
    assert suppression_of("ana@example.org") is None


def test_who_has_the_private_link_is_told_that_letters_come_back_and_can_say_that_it_works(
    client: FlaskClient,
) -> None:
    person, other = (make_registration(make_event(), email=f"{name}@example.org") for name in ("ana", "ion"))
    page, others = (f"/en/registrations/{each.token(Purpose.PAGE)}/" for each in (person, other))
    assert "Letters to ana@example.org have come back since 3 Mar 2027" in client.get(page).text
    assert "have come back since" not in client.get(others).text, "who complained knows"
    assert client.post(f"{others}address/", data={"works": "1"}).status_code == 302
    assert suppression_of("ion@example.org") is not None
    assert client.post(f"{page}address/", data={"works": "1"}).status_code == 302
    assert suppression_of("ana@example.org") is None
    assert "have come back since" not in client.get(page).text


def test_a_new_address_that_is_proved_works(app: Flask) -> None:
    person = make_registration(make_event())
    address.ask(person, "ana@example.org")
    assert suppression_of("ana@example.org") is not None
    assert address.prove(person)
    assert suppression_of("ana@example.org") is None


def test_what_the_owner_wanted_stays(app: Flask) -> None:
    service.confirm(make_registration(make_event(), email="ion@example.org"))
    found = suppression_of("ion@example.org")
    assert found is not None
    assert (found.scope, found.grounds) == (Scope.BULK, Grounds.COMPLAINT)


def test_a_link_to_sign_in_shows_it_when_it_is_used_and_not_when_it_is_looked_at(client: FlaskClient) -> None:
    account = make_account(email="ana@example.org")
    link = links.address_of_link(account, links.Purpose.SIGN_IN, "en")
    client.get(link)
    assert suppression_of("ana@example.org") is not None
    client.post(link)
    assert suppression_of("ana@example.org") is None


def test_the_page_itself_shows_nothing(client: FlaskClient) -> None:
    """Programs that look through mail open links."""
    person = make_registration(make_event(), email="ana@example.org")
    client.get(f"/en/registrations/{person.token(Purpose.PAGE)}/")
    assert suppression_of("ana@example.org") is not None
