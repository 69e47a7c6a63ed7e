"""Administrators' pages, and organisations."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.extensions import db
from app.mail.models import Letter
from app.people import audit, organisations, service
from app.people.models import Account, AuditEntry, Organisation
from tests.factories import make_account, make_organisation, save, sign_in

INVITED = {"email": "Nadia@Example.org", "name": "Nadia", "language": "ru"}
LIBRARY = {
    "name-en": "Hasdeu Library", "name-ro": "Biblioteca Hasdeu", "description-en": "Of *Chișinău*.",
    "url": "https://hasdeu.example.org/", "country": "MD",
}  # fmt: skip


def as_admin(client: FlaskClient) -> Account:
    account = make_account(is_admin=True)
    sign_in(client, account)
    return account


def actions() -> list[str]:
    return [entry.action for entry in reversed(audit.trail())]


@pytest.mark.parametrize("page", ["accounts/", "accounts/invite/", "trail/"])
def test_only_administrators_see_their_pages(client: FlaskClient, page: str) -> None:
    assert client.get(f"/en/manage/{page}").location.startswith("/en/sign-in/")
    sign_in(client, make_account())
    assert client.get(f"/en/manage/{page}").status_code == 403
    sign_in(client, make_account(is_admin=True))
    assert client.get(f"/en/manage/{page}").status_code == 200


def test_only_administrators_invite_and_make_administrators(client: FlaskClient) -> None:
    other = make_account()
    posts = [
        "accounts/invite/",
        *(f"accounts/{other.id}/{act}/" for act in ("invite", "administrator", "no-administrator")),
    ]
    for path in posts:
        assert client.post(f"/en/manage/{path}", data=INVITED).location == "/en/sign-in/"
    sign_in(client, make_account())
    for path in posts:
        assert client.post(f"/en/manage/{path}", data=INVITED).status_code == 403
    assert service.by_address("nadia@example.org") is None
    assert db.session.scalar(sa.select(Letter)) is None
    for path in posts[1:]:
        assert client.get(f"/en/manage/{path}").status_code == 405
    db.session.refresh(other)
    assert not other.is_admin


def test_an_invitation_makes_the_account_and_writes_in_its_language(client: FlaskClient) -> None:
    as_admin(client)
    assert client.post("/en/manage/accounts/invite/", data=INVITED).status_code == 302
    account = service.by_address("nadia@example.org")
    assert account is not None
    assert (account.name, account.language, account.is_admin) == ("Nadia", "ru", False)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.recipient, letter.language, letter.payload["purpose"]) == ("nadia@example.org", "ru", "invitation")
    assert actions() == ["account.created", "account.invited"]
    assert "nadia@example.org" in client.get("/en/manage/accounts/").text


def test_inviting_again_sends_another_link_and_makes_nothing_new(client: FlaskClient) -> None:
    as_admin(client)
    for _ in range(2):
        client.post("/en/manage/accounts/invite/", data=INVITED)
    account = service.by_address("nadia@example.org")
    assert account
    client.post(f"/en/manage/accounts/{account.id}/invite/")
    assert len(service.accounts()) == 2
    assert len(db.session.scalars(sa.select(Letter)).all()) == 3


@pytest.mark.parametrize("email", ["", "nadia", "nadia@example.org\nBcc: x@example.org"])
def test_a_faulty_invitation_says_so(client: FlaskClient, email: str) -> None:
    as_admin(client)
    answer = client.post("/en/manage/accounts/invite/", data=INVITED | {"email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert len(service.accounts()) == 1


def test_administrators_are_made_and_unmade_but_never_the_last(client: FlaskClient) -> None:
    admin, other = as_admin(client), make_account()
    client.post(f"/en/manage/accounts/{other.id}/administrator/")
    db.session.refresh(other)
    assert other.is_admin
    assert client.post(f"/en/manage/accounts/{admin.id}/no-administrator/").location == "/en/manage/"
    assert client.get("/en/manage/accounts/").status_code == 403
    sign_in(client, other)
    refused = client.post(f"/en/manage/accounts/{other.id}/no-administrator/", follow_redirects=True)
    assert "only administrator" in refused.text
    db.session.refresh(other)
    assert other.is_admin
    assert actions() == ["account.made-administrator", "account.unmade-administrator"]
    assert client.post("/en/manage/accounts/987654/administrator/").status_code == 404


def test_anybody_who_organises_may_add_an_organisation_and_edit_that_one(client: FlaskClient) -> None:
    account = make_account()
    sign_in(client, account)
    assert client.post("/en/manage/organisations/new/", data=LIBRARY).status_code == 302
    added = organisations.by_slug("hasdeu-library")
    assert added is not None
    assert added.name == {"en": "Hasdeu Library", "ro": "Biblioteca Hasdeu"}
    assert (added.url, added.country, added.added_by_id) == ("https://hasdeu.example.org/", "MD", account.id)

    page = client.get("/en/manage/organisations/hasdeu-library/")
    assert "Biblioteca Hasdeu" in page.text
    client.post("/en/manage/organisations/hasdeu-library/", data=LIBRARY | {"name-en": "B. P. Hasdeu", "country": "RO"})
    db.session.refresh(added)
    assert (added.name["en"], added.country, added.slug) == ("B. P. Hasdeu", "RO", "hasdeu-library")
    assert actions() == ["organisation.added", "organisation.edited"]
    assert audit.trail()[0].detail == {"changed": ["name", "country"]}


def test_others_organisations_are_for_administrators_to_edit(client: FlaskClient) -> None:
    organisation = make_organisation()
    address = f"/en/manage/organisations/{organisation.slug}/"
    assert client.get(address).location.startswith("/en/sign-in/")
    assert client.post(address, data=LIBRARY).location == "/en/sign-in/"
    assert client.post("/en/manage/organisations/new/", data=LIBRARY).location == "/en/sign-in/"
    sign_in(client, make_account())
    assert client.get(address).status_code == 403
    assert client.post(address, data=LIBRARY).status_code == 403
    assert address not in client.get("/en/manage/organisations/").text
    as_admin(client)
    assert address in client.get("/en/manage/organisations/").text
    assert client.post(address, data=LIBRARY).status_code == 302
    assert client.delete(address).status_code == 405
    assert client.get("/en/manage/organisations/nowhere/").status_code == 404


@pytest.mark.parametrize(("wrong", "field"), [
    ({"name-en": "", "name-ro": " "}, "name"),
    ({"name-en": "x" * 201}, "name"),
    ({"url": "javascript:alert(1)"}, "url"),
    ({"url": "//example.org/"}, "url"),
    ({"url": "data:text/html,x"}, "url"),
    ({"url": "https://" + "x" * 500 + ".org"}, "url"),
    ({"country": "XX"}, "country"),
    ({"country": "<b>"}, "country"),
])  # fmt: skip
def test_a_faulty_organisation_is_not_saved(client: FlaskClient, wrong: dict[str, str], field: str) -> None:
    as_admin(client)
    answer = client.post("/en/manage/organisations/new/", data=LIBRARY | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.scalar(sa.select(Organisation)) is None


def test_two_of_one_name_and_names_of_any_script_get_addresses(client: FlaskClient) -> None:
    as_admin(client)
    for name in ("Library", "Library", "Library!", "Библиотека", "…", "'; DROP TABLE organisation; --", "<b>x</b>"):
        assert client.post("/en/manage/organisations/new/", data=LIBRARY | {"name-en": name}).status_code == 302
    slugs = {row.slug for row in organisations.organisations()}
    assert {"library", "library-2", "library-3", "biblioteka", "organisation"} < slugs
    page = client.get("/en/manage/organisations/").text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_trail_is_shown_newest_first_page_by_page(client: FlaskClient) -> None:
    admin = as_admin(client)
    for n in range(audit.PAGE + 10):
        audit.record(admin, "event.edited", f"event:{n}", note="<i>x</i>")
    db.session.commit()
    first = client.get("/en/manage/trail/").text
    assert first.index("event:59<") < first.index("event:10<")
    assert "event:9<" not in first
    assert "<i>x</i>" not in first
    last = audit.trail()[-1].id
    second = client.get(f"/en/manage/trail/?before={last}").text
    assert "event:9<" in second
    assert "event:10<" not in second
    assert 'rel="next"' not in second
    assert client.get("/en/manage/trail/?before=x'--").status_code == 200


def test_a_trail_is_of_one_thing_and_what_is_in_it(client: FlaskClient) -> None:
    for subject in ("event:1", "event:12", "event:12/session:3", "event:123", "event:1%"):
        audit.record(None, "x", subject)
    db.session.commit()
    assert [entry.subject for entry in audit.trail_of("event:12")] == ["event:12/session:3", "event:12"]
    assert [entry.subject for entry in audit.trail_of("event:1%")] == ["event:1%"]


def test_the_trail_outlives_the_account(client: FlaskClient) -> None:
    account = make_account()
    save(AuditEntry(account_id=account.id, action="x", subject="event:1"))
    db.session.delete(account)
    db.session.commit()
    as_admin(client)
    assert "the system" in client.get("/en/manage/trail/").text
