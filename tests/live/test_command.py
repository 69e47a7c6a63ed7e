"""`polyforum captions url`: the same address each time, and one line where there is none."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from app.cli import main
from app.extensions import db
from app.languages.captions import cues, keys
from app.languages.models import CaptionStream
from tests.factories import make_event, make_session, make_stream


@pytest.fixture
def stream(app: Flask, monkeypatch: pytest.MonkeyPatch) -> CaptionStream:
    monkeypatch.setattr("app.create_app", lambda: app)
    return make_stream(make_session(make_event(slug="autumn"), slug="opening"))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["captions", "url", *words])


def test_the_address_takes_captions_and_stays_the_same(client: FlaskClient, stream: CaptionStream) -> None:
    first, again = run("autumn", "opening", "en"), run("autumn", "opening", "EN")
    assert (first.exit_code, first.output) == (0, again.output)
    address = first.output.strip()
    assert address.endswith("?v=1")
    path = address.removeprefix("http://polyforum.test").removeprefix("https://polyforum.test")
    assert client.post(f"{path}&seq=1&lang=en-US", data=b"Welcome.").status_code == 200
    assert [cue.text for cue in cues.spoken(stream)] == ["Welcome."]


def test_a_revoked_address_is_followed_by_a_new_one(stream: CaptionStream) -> None:
    first = run("autumn", "opening", "en").output
    keys.revoke(keys.first(stream))
    db.session.commit()
    assert run("autumn", "opening", "en").output != first


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("winter", "opening", "en"), "There is no event 'winter'."),
        (("autumn", "closing", "en"), "'autumn' has no session 'closing'."),
        (("autumn", "opening", "ro"), "is not captioned in 'ro' (captions in: en)"),
    ],
)
def test_a_wrong_word_ends_with_one_line_and_status_2(stream: CaptionStream, words: tuple[str, ...], why: str) -> None:
    result = run(*words)
    assert (result.exit_code, why in result.output, result.output.count("\n")) == (2, True, 1)
