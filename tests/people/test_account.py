"""One's own account."""

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from tests.factories import make_account, sign_in
from tests.people.test_sign_in import PASSWORD, make_with_password

FACTS = {"name": "Ana Ionescu", "language": "ro", "zone": "Europe/Chisinau"}


def test_name_language_and_zone_are_changed(client: FlaskClient) -> None:
    account = make_account()
    sign_in(client, account)
    answer = client.post("/en/account/", data=FACTS)
    assert answer.location == "/ro/account/"
    db.session.refresh(account)
    assert (account.name, account.language, account.zone) == ("Ana Ionescu", "ro", "Europe/Chisinau")
    assert "Ana Ionescu" in client.get("/en/account/").text


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": "x" * 201}, {"language": "xx"}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"},
])  # fmt: skip
def test_faults_stand_beside_their_field(client: FlaskClient, wrong: dict[str, str]) -> None:
    account = make_account()
    sign_in(client, account)
    answer = client.post("/en/account/", data=FACTS | wrong)
    assert answer.status_code == 422
    assert f'id="{next(iter(wrong))}-error"' in answer.text
    db.session.refresh(account)
    assert account.name != FACTS["name"]


def test_mark_up_in_a_name_is_shown_as_text(client: FlaskClient) -> None:
    sign_in(client, make_account(is_admin=True, name="<script>alert(1)</script>'); DROP TABLE account; --"))
    for page in ("/en/account/", "/en/manage/accounts/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_nothing_else_of_the_account_can_be_set(client: FlaskClient) -> None:
    account = make_account()
    sign_in(client, account)
    client.post("/en/account/", data=FACTS | {"is_admin": "1", "email": "other@example.org", "version": "9"})
    db.session.refresh(account)
    assert not account.is_admin
    assert account.email != "other@example.org"


def test_the_present_password_is_asked_for(client: FlaskClient) -> None:
    account = make_with_password()
    sign_in(client, account)
    kept = account.password_hash
    sent = {"present": "wrong", "password": "a quite different one", "repeated": "a quite different one"}
    answer = client.post("/en/account/password/", data=sent)
    assert answer.status_code == 422
    assert "present-error" in answer.text
    db.session.refresh(account)
    assert account.password_hash == kept


def test_who_has_no_password_chooses_one(client: FlaskClient) -> None:
    account = make_account()
    sign_in(client, account)
    assert 'name="present"' not in client.get("/en/account/password/").text
    answer = client.post("/en/account/password/", data={"password": PASSWORD, "repeated": PASSWORD})
    assert answer.location == "/en/account/"
    assert 'name="present"' in client.get("/en/account/password/").text


@pytest.mark.parametrize("page", ["/en/account/", "/en/account/password/"])
def test_a_stranger_is_sent_to_sign_in(client: FlaskClient, page: str) -> None:
    assert client.get(page).location == f"/en/sign-in/?next={page}"
    assert client.post(page).location == "/en/sign-in/"
    assert client.delete(page).status_code == 405
