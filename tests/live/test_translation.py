"""Captions translated by a machine: each once, in the order of their source, marked, and never over a person's."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.languages.captions import cues, keys, translation
from app.languages.models import CaptionStream
from tests.factories import make_event, make_session, make_stream


class Server:
    """A LibreTranslate that speaks backwards."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(asked)
                self.send_response(server.status)
                self.end_headers()
                self.wfile.write(json.dumps({"translatedText": asked["q"][::-1]}).encode())

            def log_message(self, *_words: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    made = Server()
    app.config["TRANSLATION_URL"] = f"http://127.0.0.1:{made.http.server_port}"
    yield made
    made.http.shutdown()
    made.http.server_close()


def sweep() -> None:
    """As the worker does: with nothing begun before."""
    db.session.rollback()
    translation.sweep()


@pytest.fixture
def source(app: Flask) -> CaptionStream:
    return make_stream(make_session(make_event(slug="autumn")), "en")


@pytest.fixture
def target(source: CaptionStream) -> CaptionStream:
    return make_stream(source.track.session, "pt-BR", source=source, by_machine=True)


def test_final_captions_are_translated_once_and_marked(
    server: Server, source: CaptionStream, target: CaptionStream
) -> None:
    one = cues.say(source, "abc")
    cues.say(source, "typ", partial=True)
    db.session.commit()
    sweep()
    sweep()
    assert [(cue.text, cue.is_machine, cue.source_id) for cue in cues.spoken(target)] == [("cba", True, one.id)]
    assert [(asked["q"], asked["source"], asked["target"], asked["format"]) for asked in server.asked] == [
        ("abc", "en", "pt", "text")
    ]


def test_a_translation_stands_where_its_source_stands(
    server: Server, source: CaptionStream, target: CaptionStream
) -> None:
    key = keys.make(source)
    for seq in (1, 3, 2):
        cues.take(key, seq, f"{seq}x")
        db.session.commit()
        sweep()
    assert [cue.text for cue in cues.spoken(target)] == ["x1", "x2", "x3"]


def test_a_correction_is_translated_anew_unless_a_person_was_there(
    server: Server, source: CaptionStream, target: CaptionStream
) -> None:
    one, two = cues.say(source, "one"), cues.say(source, "two")
    db.session.commit()
    sweep()
    cues.correct(cues.spoken(target)[0], "um", "Ana")
    cues.correct(one, "ONE", "Ana")
    cues.correct(two, "TWO", "Ana")
    db.session.commit()
    sweep()
    assert [cue.text for cue in cues.spoken(target)] == ["um", "OWT"]
    cues.withdraw(two, "Ana")
    db.session.commit()
    sweep()
    assert [cue.text for cue in cues.spoken(target)] == ["um"]


def test_what_a_failing_provider_left_is_translated_later_and_the_failure_shown(
    server: Server, source: CaptionStream, target: CaptionStream
) -> None:
    cues.say(source, "abc")
    db.session.commit()
    server.status = 503
    sweep()
    assert (cues.spoken(target), target.translation_error) == ([], "503")
    server.status = 200
    sweep()
    assert ([cue.text for cue in cues.spoken(target)], target.translation_error) == (["cba"], "")


@pytest.mark.parametrize("said", ["\x00\x1b", "\ud800"])
def test_an_answer_without_words_holds_up_nothing_that_follows(
    server: Server, source: CaptionStream, target: CaptionStream, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    translate = translation.LibreTranslate.translate
    monkeypatch.setattr(
        translation.LibreTranslate, "translate",
        lambda own, text, *languages: said if text == "abc" else translate(own, text, *languages),
    )  # fmt: skip
    cues.say(source, "abc")
    cues.say(source, "def")
    db.session.commit()
    sweep()
    assert [cue.text for cue in cues.spoken(target)] == ["fed"]


def test_what_was_said_long_before_is_left_alone(server: Server, source: CaptionStream, target: CaptionStream) -> None:
    old = cues.say(source, "old")
    old.ended_at -= translation.FRESH
    cues.say(source, "new")
    db.session.commit()
    sweep()
    assert ([asked["q"] for asked in server.asked], [cue.text for cue in cues.spoken(target)]) == (["new"], ["wen"])


def test_nothing_is_asked_of_anybody_where_no_provider_is_set(
    app: Flask, server: Server, source: CaptionStream, target: CaptionStream
) -> None:
    app.config["TRANSLATION_URL"] = ""
    cues.say(source, "abc")
    db.session.commit()
    sweep()
    assert (server.asked, cues.spoken(target)) == ([], [])
