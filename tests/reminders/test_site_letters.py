"""Administrators see the letters of all events, the addresses that nothing goes to, and what came back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.lib import clock
from app.mail.models import Arrival, Grounds, Letter, LetterState, Received, Scope, Suppression
from app.mail.service import enqueue
from app.mail.suppression import suppress, suppression_of
from app.people.models import AuditEntry
from tests.conftest import NOON
from tests.factories import grant, make_account, make_event, save, sign_in

LETTERS, SUPPRESSED, RECEIVED = "/en/manage/letters/", "/en/manage/letters/suppressed/", "/en/manage/letters/received/"


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    sign_in(client, make_account(is_admin=True))
    return client


def letter(state: LetterState, recipient: str = "ana@example.org") -> Letter:
    key = f"{recipient}:{state}"
    enqueue("note", key, recipient, language="en")
    row = db.session.scalars(sa.select(Letter).where(Letter.key == f"note:{key}")).one()
    row.state, row.last_error = state, "550 5.7.1 No"
    db.session.commit()
    return row


def held_back(email: str = "ana@example.org", **values: object) -> Suppression:
    return save(suppress(email, "550 5.1.1 No such user", **{"grounds": Grounds.BOUNCED} | values))  # type: ignore[arg-type]


def test_what_was_due_lately_is_counted_and_what_waits_is_shown(admin: FlaskClient) -> None:
    for state in (LetterState.SENT, LetterState.FAILED, LetterState.UNSURE, LetterState.BOUNCED):
        letter(state, f"{state}@example.org")
    with clock.stopped_at(NOON + timedelta(days=30)):
        letter(LetterState.SENT, "later@example.org")
    page = admin.get(LETTERS).text
    assert "Sent</th><td>1<" in page
    assert "failed@example.org" in page
    assert "unsure@example.org" in page
    assert "sent@example.org" not in page
    assert "bounced@example.org" not in page


def test_an_administrator_sends_a_letter_once_more(admin: FlaskClient) -> None:
    row = letter(LetterState.FAILED)
    answer = admin.post(f"{LETTERS}{row.id}/send/", follow_redirects=True)
    assert "The letter is sent once more." in answer.text
    assert row.state is LetterState.QUEUED
    assert "needs no second sending" in admin.post(f"{LETTERS}{row.id}/send/", follow_redirects=True).text
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["letter.sent-again"]


def test_an_administrator_leaves_a_letter_of_unknown_fate_as_it_is(admin: FlaskClient) -> None:
    failed, row = letter(LetterState.FAILED), letter(LetterState.UNSURE)
    assert admin.get(LETTERS).text.count("Leave it as it is") == 1
    answer = admin.post(f"{LETTERS}{row.id}/leave/", follow_redirects=True)
    assert "1 letter is left as it is." in answer.text
    assert (row.state, "never confirmed" in row.last_error) == (LetterState.SENT, True)
    for number in (row.id, failed.id):
        assert "not possible any more" in admin.post(f"{LETTERS}{number}/leave/", follow_redirects=True).text
    assert failed.state is LetterState.FAILED
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["letter.left"]


def test_held_back_addresses_are_searched_and_let_go(admin: FlaskClient) -> None:
    held_back()
    row = held_back("ion@example.net", grounds=Grounds.COMPLAINT, scope=Scope.BULK)
    page = admin.get(SUPPRESSED).text
    assert "ana@example.org" in page
    assert "550 5.1.1 No such user" in page
    assert "Called unwanted by its owner" in page
    assert "ana@example.org" not in admin.get(f"{SUPPRESSED}?q=Example.NET").text
    assert "No such address is held back." in admin.get(f"{SUPPRESSED}?q=%25").text

    answer = admin.post(f"{SUPPRESSED}{row.id}/release/")
    assert answer.status_code == 303
    assert suppression_of("ion@example.net") is None
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.detail) == ("address.released", {"grounds": "complaint"})
    assert admin.post(f"{SUPPRESSED}{row.id}/release/").status_code == 404


def test_an_address_is_held_back_by_hand(admin: FlaskClient) -> None:
    fields = {"email": "Ana@Example.org", "scope": "bulk", "reason": "She asked on the phone"}
    assert admin.post(SUPPRESSED, data=fields).status_code == 303
    found = suppression_of("ana@example.org")
    assert found is not None
    assert (found.scope, found.grounds, found.reason) == (Scope.BULK, Grounds.BY_HAND, "She asked on the phone")
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["address.suppressed"]


@pytest.mark.parametrize("wrong", [
    {"email": ""}, {"email": "ana"}, {"email": "ana@example.org\r\nBcc: x@y.z"}, {"reason": ""}, {"reason": "x" * 301},
    {"scope": "none"},
])  # fmt: skip
def test_a_wrong_entry_is_told_beside_the_field(admin: FlaskClient, wrong: dict[str, str]) -> None:
    answer = admin.post(SUPPRESSED, data={"email": "ana@example.org", "scope": "all", "reason": "why"} | wrong)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Suppression.id))) == 0


def test_what_came_back_is_listed(app: Flask, admin: FlaskClient) -> None:
    row = letter(LetterState.BOUNCED)
    save(Received(mark="1", arrival=Arrival.BOUNCE, letter_id=row.id, detail="5.1.1 <b>No</b>", received_at=NOON))
    save(Received(mark="2", arrival=Arrival.OTHER, detail="ion@example.org: A word", received_at=NOON))
    page = admin.get(RECEIVED).text
    assert "INBOX_URL is not set" in page
    assert "A letter came back" in page
    assert "ana@example.org" in page
    assert "&lt;b&gt;No" in page
    app.config["INBOX_URL"] = "maildir:/somewhere"
    assert "INBOX_URL is not set" not in admin.get(RECEIVED).text


@pytest.mark.parametrize("path", [LETTERS, SUPPRESSED, RECEIVED])
@pytest.mark.parametrize("query", ["", "?page=0", "?page=-5", "?page=99999999999999999999", "?q=%01%FF", "?page=x"])
def test_absurd_questions_are_answered_all_the_same(admin: FlaskClient, path: str, query: str) -> None:
    held_back()
    assert admin.get(path + query).status_code == 200


def test_nobody_else_sees_or_does_any_of_it(app: Flask, client: FlaskClient) -> None:
    row, suppression = letter(LetterState.FAILED), held_back()
    writes = [
        f"{LETTERS}{row.id}/send/", f"{LETTERS}{row.id}/leave/", f"{SUPPRESSED}{suppression.id}/release/", SUPPRESSED,
    ]  # fmt: skip
    data = {"email": "ion@example.org", "scope": "all", "reason": "why"}
    for path in (LETTERS, SUPPRESSED, RECEIVED):
        assert client.get(path).status_code == 302
    for path in writes:
        assert client.post(path, data=data).status_code == 302
    organiser = make_account()
    grant(make_event(), organiser)
    sign_in(client, organiser)
    for path in (LETTERS, SUPPRESSED, RECEIVED):
        assert client.get(path).status_code == 403
    for path in writes:
        assert client.post(path, data=data).status_code == 403
    sign_in(client, make_account(is_admin=True))
    for path in writes[:3]:
        assert client.get(path).status_code == 405
    db.session.expire_all()
    assert row.state is LetterState.FAILED
    assert suppression_of("ana@example.org") is not None
    assert suppression_of("ion@example.org") is None
