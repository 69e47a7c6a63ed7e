"""Mailed links: to sign in, to be invited, to choose a new password."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from app.extensions import db, signer
from app.lib import clock
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, renderer_of
from app.people import links
from app.people.links import Purpose
from app.people.models import Account
from tests.conftest import NOON
from tests.factories import make_account, sign_in
from tests.people.test_sign_in import PASSWORD, is_signed_in, limited_client, make_with_password, try_password


def letters() -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).order_by(Letter.id)))


def written(letter: Letter) -> Content:
    with force_locale(letter.language):
        return renderer_of(letter.kind)(letter)


def link(account: Account, purpose: Purpose = Purpose.SIGN_IN, target: str | None = None) -> str:
    address = urlsplit(links.address_of_link(account, purpose, "en", target))
    return f"{address.path}?{address.query}" if address.query else address.path


def ask(client: FlaskClient, email: str, what: str = "link") -> str:
    answer = client.post(f"/en/sign-in/{what}/", data={"email": email})
    return f"{answer.status} {answer.headers.get('Location')} {answer.text}"


@pytest.mark.parametrize("what", ["link", "forgotten"])
def test_asking_tells_nobody_who_has_an_account(client: FlaskClient, what: str) -> None:
    make_account(email="known@example.org")
    assert ask(client, "known@example.org", what) == ask(client, "unknown@example.org", what)
    known, unknown = letters()
    assert (known.recipient, unknown.recipient) == ("known@example.org", "unknown@example.org")
    assert "/en/sign-in/" in written(known).text
    with pytest.raises(Stale):
        written(unknown)


@pytest.mark.parametrize("email", ["", "x", "known@example.org\nBcc: all@example.org", "a@example.org,b@example.org"])
def test_a_faulty_address_is_said_and_nothing_is_written(client: FlaskClient, email: str) -> None:
    make_account(email="known@example.org")
    answer = client.post("/en/sign-in/link/", data={"email": email})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert letters() == []


def test_the_letter_leads_in(client: FlaskClient) -> None:
    account = make_account()
    client.post("/ro/sign-in/link/?next=/ro/manage/events/x/", data={"email": account.email})
    (letter,) = letters()
    content = written(letter)
    address = next(line for line in content.text.splitlines() if line.startswith("http"))
    assert address.startswith("http://polyforum.test/ro/sign-in/link/")
    assert address.split("?")[0] in content.html
    page = client.get(address)
    assert page.status_code == 200
    assert account.email in page.text
    assert not is_signed_in(client), "opening the link alone signs nobody in"
    assert client.post(address).location == "/ro/manage/events/x/"
    assert is_signed_in(client)


def test_a_link_works_once(app: Flask, client: FlaskClient) -> None:
    address = link(make_account())
    assert client.post(address).status_code == 302
    second = app.test_client()
    for answer in (second.get(address), second.post(address)):
        assert answer.status_code == 404
        assert "does not work any more" in answer.text
    assert not is_signed_in(second)


def test_using_one_link_ends_all_others_and_other_sessions(app: Flask, client: FlaskClient) -> None:
    account = make_account()
    one, another, reset = link(account), link(account), link(account, Purpose.RESET)
    elsewhere = app.test_client()
    sign_in(elsewhere, account)
    client.post(one)
    assert client.get(another).status_code == 404
    assert client.get(reset).status_code == 404
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(("purpose", "good_for"), [
    (Purpose.SIGN_IN, timedelta(hours=1)), (Purpose.RESET, timedelta(hours=1)), (Purpose.INVITATION, timedelta(days=7)),
])  # fmt: skip
def test_a_link_ends_by_itself(client: FlaskClient, purpose: Purpose, good_for: timedelta) -> None:
    address = link(make_account(), purpose)
    with clock.stopped_at(NOON + good_for):
        assert client.get(address).status_code == 200
    with clock.stopped_at(NOON + good_for + timedelta(seconds=1)):
        assert client.get(address).status_code == 404
        assert client.post(address, data={"password": PASSWORD, "repeated": PASSWORD}).status_code == 404
        assert not is_signed_in(client)


def test_forged_tokens_are_refused(client: FlaskClient) -> None:
    account = make_account()
    good = link(account).rstrip("/").rsplit("/", 1)[1]
    signature = good.rsplit(".", 1)[1]
    tokens = [
        "x", "a.b.c", good[:-1], good[1:], good + "A", f"{good.split('.')[0]}.x.{signature}", "'%20OR%201=1",
        "%00", "%3Cscript%3E", signer.sign("sign-in", [account.id, account.version + 1]),
        signer.sign("sign-in", [account.id + 1, 1]), signer.sign("something", [account.id, account.version]),
    ]  # fmt: skip
    for token in tokens:
        for path in ("link", "reset"):
            assert client.get(f"/en/sign-in/{path}/{token}/").status_code == 404, token
            assert client.post(f"/en/sign-in/{path}/{token}/").status_code == 404, token
    assert not is_signed_in(client)


def test_a_link_is_good_for_its_purpose_alone(client: FlaskClient) -> None:
    account = make_account()
    token = link(account).rstrip("/").rsplit("/", 1)[1]
    reset = link(account, Purpose.RESET).rstrip("/").rsplit("/", 1)[1]
    assert client.get(f"/en/sign-in/reset/{token}/").status_code == 404
    assert client.get(f"/en/sign-in/link/{reset}/").status_code == 404


def test_a_link_never_leads_to_another_site(client: FlaskClient) -> None:
    assert client.post(link(make_account()) + "?next=//evil.example").location == "/en/manage/"


def test_a_forgotten_password_is_replaced(app: Flask, client: FlaskClient) -> None:
    account = make_with_password()
    old_session = app.test_client()
    sign_in(old_session, account)
    ask(client, account.email, "forgotten")
    (letter,) = letters()
    address = next(line for line in written(letter).text.splitlines() if line.startswith("http"))
    assert client.get(address).status_code == 200
    for faulty in (
        {"password": "short", "repeated": "short"},
        {"password": "long enough, but", "repeated": "other"},
        {"password": "x" * 201, "repeated": "x" * 201},
        {},
    ):
        answer = client.post(address, data=faulty)
        assert answer.status_code == 422
        assert "error-summary" in answer.text
    new = "a quite different one"
    assert client.post(address, data={"password": new, "repeated": new}).status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(old_session)
    assert client.post(address, data={"password": new, "repeated": new}).status_code == 404
    other = app.test_client()
    assert try_password(other, account.email).status_code == 422
    assert try_password(other, account.email, new).status_code == 302


def test_letters_to_one_address_are_limited_whether_or_not_it_has_an_account(app: Flask) -> None:
    make_account(email="known@example.org")
    client = limited_client(app)
    for who in ("known", "unknown"):
        answers = [client.post("/en/sign-in/link/", data={"email": f"{who}@example.org"}).status_code for _ in range(6)]
        assert answers == [302] * 5 + [429]
