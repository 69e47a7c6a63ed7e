"""RFC 8058: a mail program ends the reminders by itself, and no server on the way can lead it elsewhere."""

import re
from pathlib import Path

import dkim as dkimpy
import pytest
from flask import Flask

from app.extensions import db
from app.mail import outbox, rendering
from app.mail.rendering import Content
from app.mail.service import enqueue
from app.registration.links import replace_links
from app.registration.models import Purpose, Registration
from app.reminders.letters import unsubscribing
from tests.conftest import NOON
from tests.factories import make_event, make_registration
from tests.mail.server import Post
from tests.mail.test_dkim import SELECTOR, dns


@pytest.fixture
def registration(app: Flask) -> Registration:
    app.config["WTF_CSRF_ENABLED"] = True
    return make_registration(make_event())


def address(registration: Registration) -> str:
    return f"/unsubscribe/{registration.token(Purpose.UNSUBSCRIBE)}"


def test_both_headers_are_under_the_signature_of_the_letter_that_a_server_gets(
    app: Flask,
    post: Post,
    registration: Registration,
    keys: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.config.update(
        DKIM_KEY=str(keys / "ed25519"), DKIM_SELECTOR=SELECTOR, MAIL_FROM="The Forum <forum@library.example>"
    )  # fmt: skip
    content = Content("News", "Hello\n.\n", "<p>Hello</p>", unsubscribe_url=unsubscribing(registration))
    monkeypatch.setitem(rendering._renderers, "news", lambda _letter: content)
    enqueue("news", "1", registration.email, language="en")
    db.session.commit()
    outbox.sweep()

    records = dns(keys / "ed25519")
    assert dkimpy.verify(post.raw[0], dnsfunc=lambda name, timeout=5: records.get(name.decode(), b""))
    covered = re.sub(r"\s", "", str(post.messages[0]["DKIM-Signature"]))
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(re.search(r"h=([^;]+)", covered)[1].split(":"))  # type: ignore[index]
    assert post.messages[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert post.messages[0]["List-Unsubscribe"] == f"<http://polyforum.test{address(registration)}>"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_request_is_enough_and_a_second_changes_nothing(app: Flask, registration: Registration, kind: str) -> None:
    for _ in range(2):
        answer = app.test_client(use_cookies=False).post(
            address(registration), data={"List-Unsubscribe": "One-Click"}, content_type=kind
        )  # fmt: skip
        assert answer.status_code == 200  # And no redirect, which many programs would not follow.
        assert "Set-Cookie" not in answer.headers
        db.session.refresh(registration)
        assert registration.unsubscribed_at == NOON


def test_who_only_looks_stays_subscribed(app: Flask, registration: Registration) -> None:
    page = app.test_client().get(address(registration))
    assert "<button" in page.text
    app.test_client().head(address(registration))
    db.session.refresh(registration)
    assert registration.unsubscribed_at is None


def test_a_link_that_was_replaced_is_gone_and_one_made_up_is_unknown(app: Flask, registration: Registration) -> None:
    old = address(registration)
    replace_links(registration, Purpose.UNSUBSCRIBE)
    db.session.commit()
    body = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post(old, data=body).status_code == 410
    assert app.test_client().post("/unsubscribe/made-up", data=body).status_code == 404
    db.session.refresh(registration)
    assert registration.unsubscribed_at is None
