"""Signing in by password, and what must not be learnt or done on the way."""

import re
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.lib import clock
from app.people import passwords
from app.people.models import Account
from tests.conftest import NOON, settings_of
from tests.factories import make_account, sign_in

PASSWORD = "correct horse battery"


def make_with_password(**values: Any) -> Account:
    return make_account(password_hash=passwords.hashed(PASSWORD), **values)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account/").status_code == 200


def try_password(client: FlaskClient, email: str, password: str = PASSWORD, **query: str) -> Any:
    return client.post("/en/sign-in/", data={"email": email, "password": password}, query_string=query)


def test_a_password_signs_in(client: FlaskClient) -> None:
    account = make_with_password()
    assert not is_signed_in(client)
    answer = try_password(client, account.email.upper())
    assert answer.status_code == 302
    assert answer.location == "/en/manage/"
    assert is_signed_in(client)
    assert db.session.get_one(Account, account.id).signed_in_at == NOON


@pytest.mark.parametrize(("email", "password"), [
    ("known@example.org", "wrong"),
    ("unknown@example.org", PASSWORD),
    ("bylink@example.org", ""),
    ("bylink@example.org", PASSWORD),
    ("known@example.org", PASSWORD.upper()),
    ("known@example.org", "' OR 1=1 --"),
    ("' OR 1=1 --@example.org", PASSWORD),
    ("known@example.org\r\nBcc: x@example.org", PASSWORD),
    ("", ""),
])  # fmt: skip
def test_nothing_else_does(client: FlaskClient, email: str, password: str) -> None:
    make_with_password(email="known@example.org")
    make_account(email="bylink@example.org")
    answer = try_password(client, email, password)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert not is_signed_in(client)


def test_an_unknown_address_gets_the_same_page_and_the_same_work(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_with_password(email="known@example.org")
    make_account(email="bylink@example.org")
    passwords.pretend("warm")
    work: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> Any:
            work.append(str(kept).rsplit("$", 2)[0])
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "hasher", Counting(2, 19 * 1024, 1))
    pages = {
        try_password(client, f"{who}@example.org", "wrong").text.replace(who, "…")
        for who in ("known", "bylink", "unknown")
    }
    assert len(pages) == 1
    assert len(work) == 3
    assert len(set(work)) == 1


def test_a_hash_of_older_parameters_is_renewed_by_signing_in(client: FlaskClient) -> None:
    account = make_account(password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    try_password(client, account.email, "wrong")
    assert passwords.is_outdated(db.session.get_one(Account, account.id).password_hash or "")
    try_password(client, account.email)
    db.session.expire_all()
    renewed = db.session.get_one(Account, account.id)
    assert renewed.password_hash
    assert not passwords.is_outdated(renewed.password_hash)
    assert passwords.fits(PASSWORD, renewed.password_hash)
    assert is_signed_in(client)


@pytest.mark.parametrize("target", ["/en/account/", "/ro/manage/events/x/?day=2027-03-10", "/ro/a%20b/"])
def test_signing_in_leads_back(client: FlaskClient, target: str) -> None:
    account = make_with_password()
    assert try_password(client, account.email, next=target).location == target


@pytest.mark.parametrize("target", [
    "//evil.example", "https://evil.example/", "http:evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "evil.example", "", " /en/", "///evil.example",
    "/en/\r\nX: y", "/ană",
])  # fmt: skip
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    account = make_with_password()
    assert try_password(client, account.email, next=target).location == "/en/manage/"
    sign_in(client, account)
    assert client.get("/en/sign-in/", query_string={"next": target}).location == "/en/manage/"


def test_a_page_that_asks_to_sign_in_is_come_back_to(client: FlaskClient) -> None:
    account = make_with_password()
    asked = client.get("/en/account/password/?x=1")
    assert asked.status_code == 302
    form = client.get(asked.location)
    assert form.status_code == 200
    answer = client.post(asked.location, data={"email": account.email, "password": PASSWORD})
    assert answer.location == "/en/account/password/?x=1"


def test_signing_in_begins_a_new_session(client: FlaskClient) -> None:
    account = make_with_password()
    with client.session_transaction() as session:
        session["csrf_token"] = "planted by somebody else"
        session["planted"] = "too"
    try_password(client, account.email)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "planted by somebody else"
        assert not session.permanent


def test_only_who_asks_for_it_stays_signed_in_after_closing_the_browser(client: FlaskClient) -> None:
    account = make_with_password()
    short = try_password(client, account.email).headers["Set-Cookie"]
    client.post("/en/sign-out/")
    kept = client.post("/en/sign-in/", data={"email": account.email, "password": PASSWORD, "keep": "y"})
    assert "Expires" not in short
    assert "Expires" in kept.headers["Set-Cookie"]
    assert "HttpOnly" in short
    assert "SameSite=Lax" in short


def test_signing_out_is_a_post_and_ends_the_session(client: FlaskClient) -> None:
    sign_in(client, make_account())
    assert client.get("/en/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/en/sign-out/").location == "/en/"
    assert not is_signed_in(client)
    with client.session_transaction() as session:
        assert dict(session) == {}


@pytest.mark.parametrize("identity", ["1", "1.", "1.99", "x.1", "1.1.1", "-1.1", "²"])
def test_a_made_up_identity_is_nobody(client: FlaskClient, identity: str) -> None:
    make_account()
    with client.session_transaction() as session:
        session["_user_id"] = identity
    assert not is_signed_in(client)


def limited_client(app: Flask) -> FlaskClient:
    """A client of the same database with the limits on."""
    made = create_app(settings_of(app, RATELIMIT_ENABLED=True))
    return made.test_client()


def test_guessing_at_one_address_is_stopped_wherever_it_comes_from(app: Flask) -> None:
    account = make_with_password()
    client = limited_client(app)
    statuses = [
        client.post(
            "/en/sign-in/",
            data={"email": account.email, "password": "wrong"},
            environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"},
        ).status_code
        for n in range(12)
    ]
    assert statuses == [422] * 10 + [429] * 2
    other = make_with_password()
    assert try_password(client, other.email).status_code == 302


def test_guessing_from_one_network_is_stopped_whatever_the_address(app: Flask) -> None:
    client = limited_client(app)
    statuses = [
        client.post(
            "/en/sign-in/",
            data={"email": f"a{n}@example.org", "password": "wrong"},
            environ_overrides={"REMOTE_ADDR": f"2001:db8::{n}"},
        ).status_code
        for n in range(1, 32)
    ]
    assert statuses == [422] * 30 + [429]


def test_a_class_room_behind_one_address_gets_in(app: Flask) -> None:
    client = limited_client(app)
    account = make_with_password()
    for _ in range(35):
        assert try_password(client, account.email).status_code == 302
    assert client.get("/en/sign-in/").status_code == 302


def test_the_form_needs_its_token(app: Flask) -> None:
    account = make_with_password()
    client = create_app(settings_of(app, WTF_CSRF_ENABLED=True)).test_client()
    assert try_password(client, account.email).status_code in (400, 422)
    assert not is_signed_in(client)
    page = client.get("/en/sign-in/").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    sent = {"email": account.email, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/en/sign-in/", data=sent).status_code == 302


def test_a_session_ends_when_the_password_changes_elsewhere(app: Flask) -> None:
    account = make_with_password()
    here, elsewhere = app.test_client(), app.test_client()
    sign_in(here, account)
    sign_in(elsewhere, account)
    new = "a quite different one"
    answer = here.post("/en/account/password/", data={"present": PASSWORD, "password": new, "repeated": new})
    assert answer.status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert try_password(elsewhere, account.email).status_code == 422
        assert try_password(elsewhere, account.email, new).status_code == 302
