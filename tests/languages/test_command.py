"""`polyforum subtitles`: files alone, by anybody, without a server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main

GOOD = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000 line:0\n<v Ada>Hello</v>\n"
LONG = "1\n00:00:01,000 --> 00:00:03,000\nOne\n2\n00:00:04,000 --> 00:00:14,000\nTwo\n"
BROKEN = "WEBVTT\n\n00:00:01.000 --> soon\nHello\n"


def run(*words: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["subtitles", *map(str, words)], input=stdin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("good.vtt", GOOD), ("long.srt", LONG), ("broken.vtt", BROKEN)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_clean_file_ends_with_0_and_says_so_only_aside(folder: Path) -> None:
    result = run("check", folder / "good.vtt", "--lang", "en")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{folder / 'good.vtt'}: 1 cues, 0 warnings (Netflix).\n"


def test_warnings_end_with_1_and_name_file_and_line(folder: Path) -> None:
    file = folder / "long.srt"
    result = run("check", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}:4: There was no blank line before this cue; put in.",
        f"{file}:5: Shown for 10 s; at most 7 s.",
    ]
    assert run("check", file, "--profile", "arte").stdout.count("\n") == 1
    assert "180" in run("check", "-", "--profile", "bbc", stdin=GOOD.replace("Hello", "a b c d e f g")).stdout


def test_an_unreadable_file_ends_with_2_and_names_the_line(folder: Path) -> None:
    file = folder / "broken.vtt"
    result = run("check", folder / "good.vtt", file)
    assert result.exit_code == 2
    assert result.stdout.startswith(f"{file}:3: The times of this cue cannot be read")
    assert run("check", folder / "absent.vtt").exit_code == 2
    assert run("check", folder / "good.vtt", "--profile", "mine").exit_code == 2


@pytest.mark.parametrize("ending", ["vtt", "srt", "txt", "sbv", "ttml", "xml", "ass"])
def test_a_file_is_written_in_the_format_of_its_ending(folder: Path, ending: str) -> None:
    target = folder / f"out.{ending}"
    result = run("convert", folder / "good.vtt", target)
    assert result.exit_code == 0, result.output
    assert "Hello" in target.read_text()
    assert ("left out" in result.stderr) == (ending != "vtt")
    if ending != "txt":
        assert run("check", target).exit_code in (0, 1)


def test_repairs_are_told_and_standard_input_and_output_serve(folder: Path) -> None:
    result = run("convert", folder / "long.srt", "-", "--to", "vtt")
    assert result.stdout.startswith("WEBVTT\n\n1\n00:00:01.000 --> ")
    assert "long.srt:4: There was no blank line" in result.stderr
    assert "Hello" in run("convert", "-", "-", "--to", "srt", stdin=GOOD).stdout


def test_nothing_is_half_written_and_the_file_that_is_read_stays(folder: Path) -> None:
    (folder / "link.vtt").symlink_to(folder / "good.vtt")
    (folder / "there.srt").write_text("as it was")
    before = {path.name: path.read_text() for path in folder.iterdir()}
    for words in (
        ("good.vtt", "good.vtt"), ("good.vtt", "link.vtt"), ("broken.vtt", "there.srt"), ("good.vtt", "out.doc"),
        ("good.vtt", "out"), ("good.vtt", "nowhere/out.srt"), ("absent.vtt", "out.srt"),
    ):  # fmt: skip
        result = run("convert", *(folder / word for word in words))
        assert result.exit_code == 2, words
        assert result.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_plain_text_becomes_cues_by_its_ending(folder: Path) -> None:
    (folder / "said.txt").write_text("Good day.\nAnd good night.\n")
    result = run("convert", folder / "said.txt", folder / "said.vtt")
    assert "times; they are guessed" in result.stderr
    assert (folder / "said.vtt").read_text().count("-->") == 2


def test_neither_the_application_nor_a_home_is_needed(folder: Path) -> None:
    script = (
        "import sys; from app.cli import main\n"
        "main(['subtitles', 'check', 'good.vtt'], standalone_mode=False)\n"
        "assert not {'sqlalchemy', 'alembic', 'ttconv', 'pysubs2'} & set(sys.modules)\n"
    )
    root = str(Path(__file__).parent.parent.parent)
    environment = {key: value for key, value in os.environ.items() if key not in ("POLYFORUM_HOME", "DATABASE_URL")}
    before = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env={**environment, "PYTHONPATH": root}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(folder.iterdir()) == before
