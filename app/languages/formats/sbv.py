"""SBV, the format of YouTube's editor: `0:00:01.000,0:00:04.000` above the text, and a blank line below it."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.languages.formats import cue_text, timing
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.webvtt import Cue, Document, Line

_STAMP = r"([0-9]{1,9}):([0-9]{1,2}):([0-9]{1,2})\.([0-9]{1,9})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*,\s*{_STAMP}\s*$")
_EXACT = re.compile(r"[0-9]+:[0-5][0-9]:[0-5][0-9]\.[0-9]{3},[0-9]+:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}$")
_MEANT_AS_TIMES = re.compile(r"\s*[0-9]{1,9}:[^\s,]{1,20},[0-9]{1,9}:\S{1,20}\s*$")
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def is_sbv(lines: Sequence[Line]) -> bool:
    """By the first line that is not blank."""
    first = next((line.text for line in lines if line.text.strip()), "")
    return _MEANT_AS_TIMES.match(first) is not None


def parse(lines: Iterable[Line]) -> Document:
    document = Document()
    times: Line | None = None
    rows: list[Line] = []
    for line in lines:
        if _TIMES.match(line.text):
            _add(document, times, rows)
            times, rows = line, []
        elif _MEANT_AS_TIMES.match(line.text):
            document.faults.append(Remark(line.number, Said.UNREADABLE_TIME))
        else:
            rows.append(line)
    _add(document, times, rows)
    return document


def write(cues: Iterable[Cue]) -> str:
    return "\n".join(f"{_stamp(cue.start_ms)},{_stamp(cue.end_ms)}\n{cue_text.plain(cue.text)}\n" for cue in cues)


def _stamp(milliseconds: int) -> str:
    hours, rest = divmod(milliseconds, 3_600_000)
    return f"{hours}{timing.stamp(rest)[2:]}"


def _add(document: Document, times: Line | None, rows: Sequence[Line]) -> None:
    said = [row for row in rows if row.text.strip()]
    if times is None:
        if said:
            document.faults.append(Remark(said[0].number, Said.TEXT_WITHOUT_TIME))
        return
    if not _EXACT.match(times.text):
        document.remarks.append(Remark(times.number, Said.ROUGH_TIME))
    for above, row in pairwise(said):
        if row.number > above.number + 1:
            document.remarks.append(Remark(above.number + 1, Said.BLANK_LINE_IN_TEXT))
    found = _TIMES.match(times.text)
    assert found is not None  # noqa: S101 - the caller looked for exactly this
    text = _BREAK.sub("\n", "\n".join(cue_text.escaped(row.text) for row in said))
    start, end = timing.milliseconds(*found.group(1, 2, 3, 4)), timing.milliseconds(*found.group(5, 6, 7, 8))
    document.blocks.append(Cue(start, end, text, line=times.number))
