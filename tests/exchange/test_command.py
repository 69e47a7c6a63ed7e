"""`polyforum import schedule` and `polyforum export schedule`, as they are typed."""

import contextlib
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.cli import main
from app.extensions import db
from app.schedule.models import EventSession
from tests.exchange.test_importing import entry, schedule


def polyforum(app: Flask, *words: str) -> Result:
    """A command on the data of this test, in this process; one of each kind is tried in a process of its own."""
    return CliRunner(env=environment(app)).invoke(main, words)


def process(app: Flask, *words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from app.cli import main; main()", *words]
    return subprocess.run(command, env=os.environ | environment(app), check=False, **options)


def environment(app: Flask) -> dict[str, str]:
    return {"POLYFORUM_HOME": str(app.config["HOME"]), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}


def test_a_schedule_is_imported_published_and_exported(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "schedule"
    file.write_bytes(schedule(entry(), zone="US / Pacific"))
    done = polyforum(app, "import", "schedule", str(file), "--event", "forum", "--publish")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "forum: 2 days, 1 rooms, 1 sessions, 1 persons; 1 new, 0 changed, 0 cancelled.\n"
    assert "The name of the zone was repaired (1):\n  schedule.conference: US / Pacific → US/Pacific" in done.stderr
    assert "Published, but: There is no privacy notice" in done.stderr
    assert "%" not in done.stderr  # No progress bar without a terminal.
    for kind, start in (("xml", b"<?xml"), ("json", b'{\n "$schema"'), ("csv", b"guid,date,start")):
        assert polyforum(app, "export", "schedule", "forum", "--format", kind).stdout_bytes.startswith(start)
    missing = polyforum(app, "export", "schedule", "nowhere", "--format", "xml")
    assert (missing.exit_code, missing.stderr) == (2, "Error: There is no event nowhere.\n")


def test_there_is_a_progress_bar_on_a_terminal(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "schedule"
    file.write_bytes(schedule(entry()))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    done = process(app, "import", "schedule", str(file), stderr=theirs, stdout=subprocess.PIPE)
    assert done.returncode == 0
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # The end of a terminal is an error.
        while part := os.read(ours, 100_000):
            shown += part
    assert b"100%" in shown


@pytest.mark.parametrize(
    ("size", "data", "options", "said"),
    [
        (100 * 1024 * 1024, b"<schedule>", [], "The file has more than 64 MB; no schedule is that large."),
        (0, b"<schedule>\n<conference>", [], "line 2, column 13: no element found"),
        (0, schedule(entry()), ["--zone", "Bucharest"],
         "“Bucharest” is no zone of the tz database, such as Europe/Bucharest."),
        (0, schedule(entry()), ["--event", "Not a slug"],
         "“Not a slug” cannot be the address of an event: a–z, 0–9 and hyphens."),
    ],
)  # fmt: skip
def test_a_wrong_input_ends_with_status_two_and_one_line(
    app: Flask, tmp_path: Path, size: int, data: bytes, options: list[str], said: str
) -> None:
    file = tmp_path / "schedule"
    with file.open("wb") as opened:
        opened.write(data)
        if size:
            opened.truncate(size)
    done = polyforum(app, "import", "schedule", str(file), *options)
    assert (done.exit_code, done.stderr) == (2, f"Error: {file}: {said}\n")
    assert db.session.query(EventSession).count() == 0
