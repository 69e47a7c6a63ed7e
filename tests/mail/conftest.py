from collections.abc import Iterator

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
