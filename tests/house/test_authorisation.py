"""Every address says who may use it, and holds to it. The addresses are found, not listed."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.events.models import Event
from app.extensions import db
from app.people.models import Role
from app.people.permissions import ALLOWED, Action
from tests.conftest import settings_of
from tests.factories import grant, make_account, sign_in
from tests.house.conftest import Address

OPEN = {"public", "link"}
WITHOUT_TOKEN = {
    "registration.unsubscribe": "RFC 8058: the mail program posts by itself; the token in the address is the proof",
    "captions.ingest": "captioners' tools know no form; the token in the address writes one stream and no other",
}
"""Endpoints that take a POST without a CSRF token, each with its reason."""


def test_every_view_says_who_may_call_it(addresses: list[Address]) -> None:
    known = OPEN | {"signed-in"} | {action.value for action in Action}
    assert {a.endpoint: a.authorisation for a in addresses if a.authorisation not in known} == {}


def test_a_stranger_is_sent_to_sign_in(client: FlaskClient, addresses: list[Address]) -> None:
    wrong = []
    for address in addresses:
        if address.authorisation in OPEN:
            continue
        for method in address.methods & {"GET", "POST"}:
            answer = client.open(address.path, method=method)
            if answer.status_code != 302 or not answer.location.startswith("/en/sign-in/"):
                wrong.append((address.endpoint, method, answer.status))
    assert wrong == []


def test_an_account_without_a_role_gets_nowhere(client: FlaskClient, addresses: list[Address]) -> None:
    sign_in(client, make_account())
    wrong = []
    for address in addresses:
        if address.action is None or None in ALLOWED[address.action]:
            continue
        for method in address.methods & {"GET", "POST"}:
            answer = client.open(address.path, method=method)
            if answer.status_code not in (403, 404):
                wrong.append((address.endpoint, method, answer.status))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says_and_nothing_more(
    client: FlaskClient, addresses: list[Address], role: Role
) -> None:
    account = make_account()
    grant(db.session.scalars(sa.select(Event)).one(), account, role)
    wrong = []
    for address in addresses:
        if address.action is None or "autumn" not in address.path.split("/"):
            continue
        permitted = role in ALLOWED[address.action]
        for method in address.methods & {"GET", "POST"}:
            if permitted and method == "POST":
                continue  # What it does is for the tests of its room.
            sign_in(client, account)
            answer = client.open(address.path, method=method)
            if answer.status_code in (403, 500) if permitted else answer.status_code != 403:
                wrong.append((address.endpoint, method, answer.status))
    assert wrong == []


def test_a_made_up_token_opens_nothing(client: FlaskClient, addresses: list[Address]) -> None:
    wrong = []
    for address in addresses:
        if address.authorisation != "link":
            continue
        for method in address.methods & {"GET", "POST"}:
            answer = client.open(address.path, method=method)
            if answer.status_code not in (404, 410):
                wrong.append((address.endpoint, method, answer.status))
    assert wrong == []


def test_every_post_needs_a_csrf_token(app: Flask, addresses: list[Address]) -> None:
    guarded = create_app(settings_of(app, WTF_CSRF_ENABLED=True)).test_client()
    sign_in(guarded, make_account(is_admin=True))
    taken = set()
    for address in addresses:
        if "POST" in address.methods and guarded.post(address.path).status_code != 400:
            taken.add(address.endpoint)
    assert taken <= set(WITHOUT_TOKEN)


def test_another_method_is_refused(app: Flask, client: FlaskClient, addresses: list[Address]) -> None:
    sign_in(client, make_account(is_admin=True))
    router = app.url_map.bind("polyforum.test")
    wrong = []
    for address in addresses:
        taken = set(router.allowed_methods(address.path))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - taken:
            answer = client.open(address.path, method=method)
            if answer.status_code != 405:
                wrong.append((address.endpoint, method, answer.status))
    assert wrong == []
