"""Editors in one draft at the same moment, over HTTP, on either database: every change has its number and stays."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.languages.models import LinkPurpose, SubtitleDraft
from app.languages.workbench import beginning, contents, wire
from app.lib import clock
from tests.conftest import NOON, settings
from tests.factories import make_event, make_linguist, make_session

EDITORS, ROUNDS = 3, 8
VTT = b"WEBVTT\n\n00:01.000 --> 00:03.000\nShared\n\n00:04.000 --> 00:06.000\nLast\n"


@pytest.fixture
def busy_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """For many threads at once: no context is open around them."""
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))
    with clock.stopped_at(NOON):
        yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.both_databases
def test_what_editors_do_at_one_moment_is_all_there_and_each_hears_of_it(busy_app: Flask) -> None:
    with busy_app.app_context():
        event = make_event()
        draft = beginning.from_file(make_session(event), "en", VTT, "Ana").id
        db.session.commit()
        tokens = [make_linguist(event).token(LinkPurpose.PAGE) for _ in range(EDITORS)]
    start, done = threading.Barrier(EDITORS), threading.Barrier(EDITORS)

    def editor(who: int) -> tuple[list[int], int, dict[int, Any]]:
        """The versions of its calls, how often the shared cue took its word, and the cues it knows in the end."""
        client, address = busy_app.test_client(), f"/en/language-team/{tokens[who]}/subtitles/{draft}/cues/"
        known: dict[int, Any] = {}
        since, versions, taken = 0, [], 0

        def poll() -> int:
            news = client.get(f"{address}?since={since}").json
            known.update((cue["id"], cue) for cue in news["cues"])
            return int(news["version"])

        since = poll()
        start.wait()
        for turn in range(ROUNDS):
            shared = known[min(known)]
            new = {"key": f"cue {turn} of editor {who}", "position": 1500, "start": turn, "end": 9000}
            word = {"key": "shared", "id": shared["id"], "version": shared["version"], "was": shared,
                    "text": f"{shared['text']} {who}"}  # fmt: skip
            answer = client.post(address, json={"changes": [new | {"text": f"{who}:{turn}"}, word]}).json
            assert len(answer["saved"]) + len(answer["conflicts"]) == 2
            versions.append(answer["version"])
            taken += not answer["conflicts"]
            since = poll()
        done.wait()
        poll()
        return versions, taken, known

    with ThreadPoolExecutor(EDITORS) as pool:
        ends = list(pool.map(editor, range(EDITORS)))
    with busy_app.app_context():
        rows = contents.rows_of(db.session.get_one(SubtitleDraft, draft))
        there = {row.id: wire.cue(row) for row in rows}
    versions = [version for each, _, _ in ends for version in each]
    assert len(set(versions)) == EDITORS * ROUNDS
    assert all(each == sorted(each) for each, _, _ in ends)
    made = sorted(f"{who}:{turn}" for who in range(EDITORS) for turn in range(ROUNDS))
    assert sorted(cue["text"] for cue in there.values() if ":" in cue["text"]) == made
    # A word is taken only by whoever knows all words before it.
    assert len(there[min(there)]["text"].split()) == 1 + sum(taken for _, taken, _ in ends)
    assert all(known == there for _, _, known in ends)
