"""What every page has in common: a policy that it keeps to itself, and nothing that leads an attacker on."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app.extensions import db
from app.languages.models import LinkPurpose
from app.lib import clock
from app.lib.http import LETTER_CSP
from app.mail.models import Letter
from app.mail.outbox import write
from app.people import links
from app.registration import links as private_links
from app.registration.models import Purpose, Question, QuestionKind, Registration, RegistrationState
from tests.factories import (
    make_account,
    make_event,
    make_linguist,
    make_registration,
    make_session,
    make_track,
    save,
    sign_in,
)
from tests.house.conftest import Address

DIRECTIVES = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'",
              "form-action": "'self'", "frame-ancestors": "'none'"}  # fmt: skip


@pytest.fixture
def private_paths(app: Flask) -> list[str]:
    """Pages behind a link of every purpose."""
    with app.test_request_context():
        held_until = clock.now() + timedelta(days=2)
        waiting = make_registration(make_event(), state=RegistrationState.PENDING, held_until=held_until)
        registration = _registration()
        page = f"/en/registrations/{registration.token(Purpose.PAGE)}/"
        session = make_session(registration.event)
        linguist = make_linguist(registration.event)
        own = f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/"
        track = make_track(session, linguist=linguist)
        return [
            own, f"{own}details/", f"{own}glossary/", f"{own}sessions/{session.slug}/",
            f"{own}tracks/{track.id}/decline/",
            f"/en/join/{registration.token(Purpose.JOIN)}/{session.slug}/", f"{page}ticket/", f"{page}ticket.svg",
            page, f"{page}feedback/", f"{page}feedback/thanks/", f"{page}agenda/", f"{page}details/",
            f"{page}answers/", f"{page}address/", f"{page}cancel/",
            f"/en/registrations/{waiting.token(Purpose.PAGE)}/confirm/",
            f"/en/registrations/{registration.token(Purpose.NEW_ADDRESS)}/new-address/",
            f"/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}",
        ]  # fmt: skip


def _registration() -> Registration:
    registration = make_registration(make_event(), new_email="new@example.org")
    save(Question(event=registration.event, kind=QuestionKind.NEEDS, label={"en": "What do you need?"}))
    private_links.replace_links(registration, Purpose.NEW_ADDRESS)
    db.session.commit()
    return registration


def pages(client: FlaskClient, addresses: list[Address], private: list[str]) -> Iterator[tuple[str, Any]]:
    """Every page as an administrator and as the holder of the links sees it, faulty forms among them."""
    account = make_account(is_admin=True)
    used = [links.address_of_link(make_account(), purpose, "en") for purpose in links.Purpose]
    paths = [a.path for a in addresses if "GET" in a.methods] + private + [path.partition(".test")[2] for path in used]
    for path in paths:
        sign_in(client, account)
        yield path, client.get(path, follow_redirects=True)
    for address in addresses:
        if "POST" in address.methods:
            sign_in(client, account)
            yield address.path, client.post(address.path, data={"email": "nobody"})


def test_no_page_has_a_script_or_a_style_of_its_own_or_a_name_twice(
    client: FlaskClient, addresses: list[Address], private_paths: list[str]
) -> None:
    faults, seen = [], 0
    for path, answer in pages(client, addresses, private_paths):
        if path.endswith("/rendered.html"):  # A letter in its frame, which has nothing of ours; see its tests.
            assert answer.headers["Content-Security-Policy"] == LETTER_CSP
            continue
        policy = dict(part.split(maxsplit=1) for part in answer.headers["Content-Security-Policy"].split("; "))
        if {name: policy.get(name) for name in DIRECTIVES} != DIRECTIVES or "unsafe" in str(policy):
            faults.append((path, policy))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.mimetype != "text/html" or not answer.text.startswith("<!doctype html>"):
            continue
        seen += 1
        tree = html.fromstring(answer.text)
        # A block of data is no script: browsers run only what is declared as one.
        scripts = "//script[not(@src) and not(contains(@type, 'json'))]"
        inline = tree.xpath(f"//style | {scripts} | //*[@style] | //@*[starts-with(name(), 'on')]")
        foreign = [
            address for address in tree.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src")
            if not address.startswith("/")
        ]  # fmt: skip
        # A label belongs to the first field of its name: one that stands twice on a page leaves a field without.
        twice = [name for name, number in Counter(tree.xpath("//@id")).items() if number > 1]
        if inline or foreign or twice:
            faults.append((path, inline, foreign, twice))
    assert faults == []
    assert seen > 60


def test_what_belongs_to_a_person_is_kept_nowhere_and_found_by_nobody(
    client: FlaskClient, private_paths: list[str]
) -> None:
    for path in private_paths:
        headers = client.get(path).headers
        kept = headers["Cache-Control"], headers["X-Robots-Tag"], headers["Referrer-Policy"]
        assert kept == ("no-store", "noindex", "no-referrer"), path


@pytest.mark.parametrize("host", ["evil.example", "polyforum.test:81", "polyforum.test@evil.example"])
def test_a_letter_leads_to_our_own_address_whatever_host_was_asked(client: FlaskClient, host: str) -> None:
    event = make_event()
    data = {"name": "Ana", "email": "ana@example.org", "country": "RO", "language": "ro", "zone": "UTC", "consent": "y"}
    client.post(
        f"/en/events/{event.slug}/register/", data=data, headers={"Host": host, "X-Forwarded-Host": "evil.example"}
    )
    content = write(db.session.scalars(sa.select(Letter)).one())
    assert set(re.findall(r"https?://[^/\s\"<]+", content.text + content.html)) == {"http://polyforum.test"}


def test_a_session_begun_by_somebody_else_ends_with_signing_in(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["csrf_token"], session["planted"] = "known to the attacker", "x"
    client.post(links.address_of_link(make_account(), links.Purpose.SIGN_IN, "en"))
    with client.session_transaction() as session:
        assert session["_user_id"]
        assert "planted" not in session
        assert session.get("csrf_token") != "known to the attacker"


def test_a_private_address_is_in_none_of_our_logs(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    registration = make_registration(make_event())
    tokens = [registration.token(purpose) for purpose in (Purpose.PAGE, Purpose.CALENDAR, Purpose.UNSUBSCRIBE)]
    page, calendar, unsubscribe = tokens
    paths = f"/en/registrations/{page}/", f"/calendars/{calendar}.ics", f"/unsubscribe/{unsubscribe}"
    app.config["PROPAGATE_EXCEPTIONS"] = False
    caplog.set_level(logging.DEBUG)
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    db.session.execute(sa.text("ALTER TABLE registration_link RENAME TO lost"))
    db.session.commit()
    assert [client.get(path).status_code for path in paths] == [500, 500, 500]
    assert caplog.text.count("registration_link") > 2
    assert [token for token in tokens if token in caplog.text] == []


def test_an_address_with_a_null_character_leads_nowhere(client: FlaskClient, addresses: list[Address]) -> None:
    account, odd = make_account(is_admin=True), []
    for address in addresses:
        for path in (f"{address.path}?q=%00&page=%00", address.path[:-2] + "%00" + address.path[-2:]):
            sign_in(client, account)
            answer = client.get(path, follow_redirects=True)
            if answer.status_code != 404:
                odd.append((path, answer.status))
    assert odd == []
