"""The signature of our domain, as a receiver of another house checks it."""

import base64
import smtplib
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import dkim as dkimpy
import pytest
from flask import Flask

from app.mail import dkim
from app.mail.messages import compose_message
from app.mail.models import Letter
from app.mail.rendering import Content
from tests.mail.server import Post

SELECTOR = "spring"


def dns(key: Path) -> dict[str, bytes]:
    """What the operator publishes for a key."""
    public = subprocess.run(
        ["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    ours = (
        b"k=ed25519; p=" + base64.b64encode(public[-32:]) if key.name == "ed25519" else b"p=" + base64.b64encode(public)
    )
    return {f"{SELECTOR}._domainkey.library.example.": b"v=DKIM1; " + ours}


def holds(message: bytes, records: dict[str, bytes]) -> bool:
    return bool(dkimpy.verify(message, dnsfunc=lambda name, timeout=5: records.get(name.decode(), b"")))


@pytest.fixture
def use(app: Flask):
    def use(key: object, selector: str = SELECTOR) -> None:
        app.config.update(DKIM_KEY=str(key), DKIM_SELECTOR=selector, MAIL_FROM="The Forum <forum@library.example>")

    return use


def written(**values: object) -> bytes:
    letter = Letter(id=1, recipient="ana@example.org", recipient_name="Анна", language="ro", message_id="<1@polyforum>")
    content = Content(
        "Амінтіре", "Salut\n.\nПривіт\n", "<p>Salut</p>", unsubscribe_url="https://forum.example/u/1", **values
    )
    return compose_message(letter, content, "The Forum <forum@library.example>").as_bytes()


@pytest.mark.parametrize("kind", ["rsa", "pkcs1", "ed25519"])
def test_a_receiver_finds_the_signature_good(use, keys: Path, kind: str) -> None:
    use(keys / kind)
    message = written(reply_to="contact@library.example")
    signed = dkim.signed(message)
    assert holds(signed, dns(keys / ("rsa" if kind == "pkcs1" else kind)))
    assert signed.endswith(message)


def test_the_key_may_stand_in_the_setting_itself(use, keys: Path) -> None:
    for given in ((keys / "rsa").read_text(), (keys / "rsa").read_text().replace("\n", "\\n")):
        use(given)
        dkim.check()
        assert holds(dkim.signed(written()), dns(keys / "rsa"))


def test_the_signature_outlives_the_way_through_a_server(app: Flask, use, keys: Path, post: Post) -> None:
    use(keys / "rsa")
    with smtplib.SMTP("127.0.0.1", urlsplit(app.config["MAIL_URL"]).port or 0) as server:
        server.sendmail("forum@library.example", "ana@example.org", dkim.signed(written()))
    assert holds(post.raw[0], dns(keys / "rsa"))


@pytest.mark.parametrize("change", [
    (b"From: ", b"From: Another <other@evil.example>\r\nFrom: "),
    (b"Subject: ", b"Subject: Buy this\r\nSubject: "),
    (b"To: ", b"Reply-To: other@evil.example\r\nTo: "),
    (b"https://forum.example/u/1", b"https://evil.example/u/1"),
    (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=No"),
    (b"<p>Salut</p>", b"<p>Adio</p>"),
])  # fmt: skip
def test_a_changed_letter_is_found_out(use, keys: Path, change: tuple[bytes, bytes]) -> None:
    use(keys / "ed25519")
    message = dkim.signed(written())
    assert holds(message, dns(keys / "ed25519"))
    at = message.index(b"From: The Forum")
    spoilt = message[:at] + message[at:].replace(*change, 1)
    assert spoilt != message
    assert not holds(spoilt, dns(keys / "ed25519"))


def test_white_space_that_servers_change_on_the_way_breaks_nothing(use, keys: Path) -> None:
    use(keys / "ed25519")
    message = dkim.signed(written()).replace(b"\r\nSubject: ", b"\r\nSubject:   ").replace(b"\r\nTo:", b"\r\nTO:")
    assert holds(message + b"\r\n\r\n", dns(keys / "ed25519"))


def test_without_a_key_a_letter_stays_as_it_is(app: Flask) -> None:
    app.config.update(DKIM_KEY="", DKIM_SELECTOR="")
    dkim.check()
    message = written()
    assert dkim.signed(message) == message


@pytest.mark.parametrize(("key", "said"), [
    ("/nowhere/key.pem", "/nowhere/key.pem: No such file"),
    ("-----BEGIN NOTHING-----", "no private key"),
    ("-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----", "damaged"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "damaged"),
    ("-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----", "damaged"),
    ("short", "512 bits"),
    ("curve", "neither an RSA nor an Ed25519"),
])  # fmt: skip
def test_a_bad_key_is_one_clear_line(use, keys: Path, key: str, said: str) -> None:
    use(keys / key if key.isalpha() else key)
    with pytest.raises(ValueError, match=said) as fault:
        dkim.check()
    assert str(fault.value).startswith("DKIM_KEY")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("selector", ["", "a b", "-", "весна", "a..b"])
def test_a_bad_selector_is_named(use, keys: Path, selector: str) -> None:
    use(keys / "ed25519", selector)
    with pytest.raises(ValueError, match="DKIM_SELECTOR"):
        dkim.check()
