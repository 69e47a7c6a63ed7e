import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.mail import rendering
from app.mail.rendering import Content
from tests.mail.server import Post, serving


@pytest.fixture(autouse=True)
def note(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of letter for tests, `note`: its payload's `text`."""
    monkeypatch.setitem(
        rendering._renderers, "note",
        lambda letter: Content(subject="A note", text=letter.payload.get("text", "Hello"), html="<p>Hello</p>"),
    )  # fmt: skip


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    """A mail server that the application uses."""
    post = Post()
    with serving(post) as port:
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        yield post


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of each kind, as openssl makes them."""
    folder = tmp_path_factory.mktemp("keys")
    for name, *options in (
        ("rsa", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        ("ed25519", "genpkey", "-algorithm", "ED25519"),
        ("short", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512"),
        ("curve", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    ):
        subprocess.run(["openssl", *options, "-out", folder / name], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-traditional", "-in", folder / "rsa", "-out", folder / "pkcs1"],
                   check=True, capture_output=True)  # fmt: skip
    return folder
