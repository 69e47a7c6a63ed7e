"""Programs and crowds: what the form notices of them, and what it never holds against a person."""

import re
import time

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.registration.models import Registration
from tests.conftest import settings_of
from tests.factories import make_event
from tests.registration.test_form import GIVEN, post, rows

FROM = "REMOTE_ADDR"


@pytest.fixture
def limited(app: Flask):
    """The same house with its limits on."""
    limited = create_app(settings_of(app, RATELIMIT_ENABLED=True, WTF_CSRF_ENABLED=True))
    with limited.app_context():
        yield limited
        db.session.remove()
        db.engine.dispose()


def address(event) -> str:
    return f"/en/events/{event.slug}/register/"


def shown(client, event) -> str:
    """Opens the form; its token, which says since when it is open."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address(event)).text)[1]


def sent(client, event, token, n=0, sender="192.0.2.1", **given) -> int:
    data = GIVEN | {"csrf_token": token, "email": f"a{n}@example.org"} | given
    return client.post(address(event), data=data, environ_base={FROM: sender}).status_code


def test_the_field_that_nobody_sees_is_named_for_who_hears_the_page(client):
    page = client.get(address(make_event())).text
    bait = re.search(r'<div class="bait">.*?</div>\s*</div>', page, re.S)[0]
    assert "Leave this empty" in bait
    assert 'autocomplete="off"' in bait
    assert 'tabindex="-1"' in bait


def test_a_program_that_fills_in_everything_is_told_why_it_is_not_taken(client):
    event = make_event()
    answer = post(client, event, reference="https://spam.example.org")
    assert answer.status_code == 422
    assert "it is there for programs" in answer.text
    assert 'class="bait visible"' in answer.text
    assert rows() == []


def test_a_mistyped_domain_is_asked_about_once_and_what_is_meant_is_taken(client):
    event = make_event()
    answer = post(client, event, email="ana@gmial.com")
    assert answer.status_code == 422
    assert "Did you mean ana@gmail.com?" in answer.text
    sure = re.search(r'name="sure"[^>]*value="([^"]+)"', answer.text)[1]
    assert sure == "ana@gmial.com"
    assert post(client, event, email="ana@yaho.com", sure=sure).status_code == 422
    assert post(client, event, email="Ana@gmial.com", sure=sure).status_code == 302
    assert [row.email for row in rows()] == ["ana@gmial.com"]


@pytest.mark.parametrize("email", [
    "ana@pаypal.com", "ana@example", "ana@localhost", "ana@x.invalid", "a\u202ena@example.org", "a@b@c.org",
    "ana@example.org\r\nBcc: all@example.org", f"{'a' * 300}@example.org", "ana@" + "x" * 1_000_000 + ".org",
])  # fmt: skip
def test_an_address_that_deceives_or_leads_nowhere_is_refused(client, email):
    answer = post(client, make_event(), email=email)
    assert (answer.status_code, rows()) == (422, [])


def test_a_domain_in_another_script_is_shown_as_the_mail_system_writes_it(client):
    event = make_event()
    answer = post(client, event, email="ana@аррӏе.com")
    assert "ana@xn--80ak6aa92e.com" in client.get(answer.location).text


def test_a_form_sent_back_at_once_is_taken_but_counts_for_more(limited, monkeypatch):
    monkeypatch.setattr("app.registration.limits.HASTY", 3600)  # However slow the machine is.
    event = make_event()
    client = limited.test_client()
    token = shown(client, event)
    answers = [sent(client, event, token, n) for n in range(21)]
    assert answers == [302] * 20 + [429]
    refused = client.post(address(event), data=GIVEN | {"csrf_token": token}, environ_base={FROM: "192.0.2.1"})
    assert re.search(r"faster than people write. Wait \d+ minutes", refused.text)
    assert 0 < int(refused.headers["Retry-After"]) <= 3660
    assert sent(client, event, token, 21, sender="192.0.2.2") == 302


def test_whoever_takes_their_time_is_not_held_up_by_the_hasty(limited, monkeypatch):
    event = make_event()
    client = limited.test_client()
    token = shown(client, event)
    monkeypatch.setattr("app.registration.limits.HASTY", 3600)
    for n in range(21):
        sent(client, event, token, n)
    monkeypatch.setattr("app.registration.limits.HASTY", -1)
    assert sent(client, event, token, 30) == 302


def test_a_network_is_an_ipv6_prefix_and_another_one_is_not_meant(limited, monkeypatch):
    monkeypatch.setattr("app.registration.limits.HASTY", -1)
    event = make_event()
    client = limited.test_client()
    token = shown(client, event)
    answers = [sent(client, event, token, n, sender=f"2001:db8:1:2::{n:x}") for n in range(61)]
    assert answers == [302] * 60 + [429]
    assert sent(client, event, token, 62, sender="2001:db8:1:3::1") == 302


def test_one_address_is_entered_thirty_times_an_hour_from_wherever(limited, monkeypatch):
    monkeypatch.setattr("app.registration.limits.HASTY", -1)
    event = make_event()
    client = limited.test_client()
    token = shown(client, event)
    senders = [f"198.51.100.{n}" for n in range(31)]
    answers = [sent(client, event, token, sender=sender, email="Ana@example.org") for sender in senders]
    assert answers == [302] * 30 + [429]
    assert sent(client, event, token, sender=senders[0], email="bo@example.org") == 302
    assert len(db.session.query(Registration).all()) == 2


def test_links_are_asked_for_five_times_an_hour_for_an_address(limited):
    event = make_event()
    client = limited.test_client()
    token = shown(client, event)
    given = {"csrf_token": token, "email": "ana@example.org"}
    for path in (f"/en/events/{event.slug}/link/", "/en/registrations/"):
        answers = [client.post(path, data=given, environ_base={FROM: f"203.0.113.{n}"}).status_code for n in range(6)]
        assert answers == [302] * 5 + [429]


def test_with_the_limits_off_nothing_of_it_counts(app):
    unlimited = create_app(settings_of(app, WTF_CSRF_ENABLED=True))
    with unlimited.app_context():
        event = make_event()
        client = unlimited.test_client()
        token, begun = shown(client, event), time.time()
        answers = [sent(client, event, token, n) for n in range(25)]
        assert answers == [302] * 25, time.time() - begun
        db.session.remove()
        db.engine.dispose()
