"""Every subtitle file at hand, in every format: read with all its cues, or refused with the line.

What becomes of each stands in `subtitle_files.txt`: the number of cues and what was repaired how often, or the line
and the reason of the refusal. A change of it is a change of behaviour.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pysubs2
import webvtt as webvtt_py

from app.languages.formats import timing, webvtt
from app.languages.formats.intake import Taken, take_in
from app.languages.formats.remarks import RefusedError

KEPT = Path(__file__).with_name("subtitle_files.txt")
SUFFIXES = (".vtt", ".srt", ".sbv", ".ttml")


def files(shared: Path) -> Iterator[Path]:
    return (path for path in sorted((shared / "data/subtitles").rglob("*")) if path.suffix in SUFFIXES)


def take(path: Path) -> Taken:
    return take_in(path.read_bytes(), "zh" if path.name == "gb2312.srt" else "en")


def outcome(path: Path) -> str:
    try:
        taken = take(path)
    except RefusedError as fault:
        remark = fault.remarks[0]
        others = f" and {len(fault.remarks) - 1} more" if len(fault.remarks) > 1 else ""
        return f"refused at line {remark.line}: {remark.said}{others}"
    repaired = Counter(remark.said.value for remark in taken.remarks)
    return ", ".join([f"{len(taken.document.cues)} cues", *(f"{n} {said}" for said, n in sorted(repaired.items()))])


def test_of_every_file_becomes_what_is_written_down(shared: Path) -> None:
    root = shared / "data/subtitles"
    found = [f"{path.relative_to(root)}: {outcome(path)}" for path in files(shared)]
    assert found == KEPT.read_text().splitlines()
    assert len(found) == 158
    assert sum("refused" not in line for line in found) == 133


def test_somebody_else_counts_as_many_cues(shared: Path) -> None:
    """Lines with an arrow and a digit, or what pysubs2 or webvtt-py see. Each of them is wrong about some files."""
    alone = {}
    for path in files(shared):
        try:
            taken = take(path)
        except RefusedError:
            continue
        text = path.read_bytes().decode(taken.encoding, "replace").lstrip("\ufeff")
        counts = dict(counted_by_others(text, path.suffix.removeprefix(".")))
        if len(taken.document.cues) not in counts.values():
            alone[path.name] = counts
    assert alone == {}


def counted_by_others(text: str, suffix: str) -> Iterator[tuple[str, int]]:
    yield "lines", sum("-->" in line and any(map(str.isdigit, line)) for line in re.split("\r\n|\r|\n", text))
    others: dict[str, Callable[[], int]] = {
        "pysubs2": lambda: len(pysubs2.SSAFile.from_string(text, format_=None if suffix == "sbv" else suffix)),
        "webvtt-py": lambda: len(webvtt_py.from_buffer(io.StringIO(text), format=suffix)),
    }
    for name, count in others.items():
        with suppress(Exception):  # Whatever a library throws at a file, it has no opinion of it.
            yield name, count()


def test_no_line_of_a_faultless_file_is_changed(shared: Path) -> None:
    """Read and written again, a file has the lines it had: identifiers, times, settings, styles, text and notes."""
    compared = 0
    for path in files(shared):
        try:
            taken = take(path)
        except RefusedError:
            continue
        if path.suffix == ".vtt" and not taken.remarks:
            assert lines(taken.webvtt) == lines(path.read_bytes().decode("utf-8-sig")), path
            compared += 1
    assert compared >= 80


def lines(text: str) -> list[str]:
    """Without blank ones, which only set blocks apart, and with times in one way of writing."""
    found = []
    for line in webvtt.lines_of(text):
        if times := timing.exact(line.text):
            written = f"{timing.stamp(times.start_ms)} --> {timing.stamp(times.end_ms)} {times.settings}"
            found.append(written.rstrip())
        elif line.text:
            found.append(line.text)
    return found
