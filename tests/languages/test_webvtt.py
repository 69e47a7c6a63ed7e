"""Our WebVTT parser against the files of web-platform-tests and against every other file at hand."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.languages.formats import cue_settings, webvtt
from app.languages.formats.cue_settings import Settings
from app.languages.formats.intake import take_in
from app.languages.formats.remarks import RefusedError
from app.languages.formats.webvtt import Cue, Document

FACTS: dict[str, Callable[[Cue, Settings], Any]] = {
    "startTime": lambda cue, _: cue.start_ms / 1000,
    "endTime": lambda cue, _: cue.end_ms / 1000,
    "text": lambda cue, _: cue.text,
    "id": lambda cue, _: cue.identifier,
    "align": lambda _, settings: settings.align,
    "line": lambda _, settings: settings.line,
    "lineAlign": lambda _, settings: settings.line_align,
    "snapToLines": lambda _, settings: settings.snap_to_lines,
    "position": lambda _, settings: settings.position,
    "positionAlign": lambda _, settings: settings.position_align,
    "size": lambda _, settings: settings.size,
    "vertical": lambda _, settings: settings.vertical,
    "region": lambda _, settings: settings.region,
    "region.lines": lambda _, settings: settings.region and settings.region.lines,
}

EVERYTHING = """WEBVTT A title
Kind: captions
X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000

STYLE
::cue(.loud) {
  color: red;
}

REGION
id:fred
width:40%
lines:3

NOTE
Said by a person,
noted by another.

NOTE one line

first cue
00:00:01.000 --> 00:00:04.000 region:fred align:start
<v.loud Ada>Hello &amp; welcome</v>

00:00:03.500 --> 00:00:05.000 line:0 position:20%,line-left size:60% vertical:lr
- <i>Two</i> lines
- <00:00:04.000>and <c.loud>two</c> people

123:59:59.001 --> 124:00:00.000
Very late
"""


def read(path: Path) -> Document:
    lines = webvtt.lines_of(path.read_bytes().decode("utf-8-sig"))
    return webvtt.parse(lines) if webvtt.is_webvtt(lines) else Document()


def fact(document: Document, path: str) -> Any:
    if path == "cues.length":
        return len(document.cues)
    found = re.fullmatch(r"cues\[(\d+)\]\.(.+)", path)
    assert found, path
    cue = document.cues[int(found[1])]
    return FACTS[found[2]](cue, cue_settings.parse(cue.settings, cue_settings.regions_of(document)))


def is_same(value: Any, expected: Any) -> bool:
    """JavaScript has one kind of number: 2^64 is written 18446744073709552000 there."""
    if isinstance(expected, int) and isinstance(value, float):
        return value == float(expected)
    return bool(value == expected)


def test_all_facts_of_web_platform_tests_hold(shared: Path) -> None:
    folder = shared / "data/subtitles/wpt"
    expectations = json.loads((folder / "expectations.json").read_text())
    wrong = []
    for name, facts in expectations.items():
        document = read(folder / "wpt-file-parsing" / name)
        for path, operator, expected in facts:
            assert operator == "=="
            if not is_same(value := fact(document, path), expected):
                wrong.append((name, path, expected, value))
    assert wrong == []
    assert (len(expectations), sum(map(len, expectations.values()))) == (30, 302)


def test_every_file_is_kept_whole_or_refused_with_a_reason(shared: Path) -> None:
    """What is kept reads the same after it was written; every refusal of a file with text names a line."""
    kept, refused = 0, {}
    for path in sorted((shared / "data/subtitles").rglob("*")):
        if path.suffix not in (".vtt", ".srt", ".sbv", ".ttml"):
            continue
        try:
            taken = take_in(path.read_bytes(), "zh" if path.name == "gb2312.srt" else "en")
        except RefusedError as fault:
            refused[path.name] = fault.remarks[0]
            continue
        kept += 1
        assert take_in(taken.webvtt.encode(), "en").document == taken.document, path
    assert kept >= 110
    without_line = {name for name, remark in refused.items() if not remark.line}
    assert without_line <= {
        "empty.vtt", "no_captions.vtt", "invalid_format1.srt", "signature-bom.vtt", "signature-no-newline.vtt",
        "signature-space-no-newline.vtt", "signature-space.vtt", "signature-tab-no-newline.vtt", "signature-tab.vtt",
        "signature-timings.vtt",
    }, "these have no cue at all; all others name the line"  # fmt: skip


def test_reading_and_writing_keeps_every_cue_setting_identifier_and_block() -> None:
    taken = take_in(EVERYTHING.encode(), "en")
    assert taken.webvtt == EVERYTHING
    assert taken.remarks == []
    assert [cue.identifier for cue in taken.document.cues] == ["first cue", "", ""]
    assert taken.document.cues[2].start_ms == ((123 * 60 + 59) * 60 + 59) * 1000 + 1


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_kind_are_read_alike(line_end: str) -> None:
    assert take_in(EVERYTHING.replace("\n", line_end).encode(), "en").webvtt == EVERYTHING
    assert take_in(EVERYTHING.rstrip().replace("\n", line_end).encode(), "en").webvtt == EVERYTHING
