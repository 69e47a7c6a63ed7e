"""SubRip files: read as leniently as players do, into a WebVTT document; and written from one."""

from collections.abc import Iterable, Sequence

from app.languages.formats import cue_text, timing
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.webvtt import Cue, Document, Line


def parse(lines: Sequence[Line]) -> Document:
    """A cue begins with a line of times and lasts to the number or the times of the next.

    Numbers may be missing or wrong, blank lines too many or too few.
    """
    document = Document()
    starts = [at for at, line in enumerate(lines) if timing.rough(line.text)]
    document.faults = _faults_ahead(lines[: starts[0]] if starts else lines)
    expected = 1
    for at, following in zip(starts, [*starts, len(lines)][1:], strict=True):
        number = _number(lines, at, expected)
        expected = (int(number) if number else expected) + 1
        last = following if following == len(lines) else _end(lines, at, following, expected)
        document.blocks.append(_cue(document, lines[at], lines[at + 1 : last], number))
        if following < len(lines) and last > at + 1 and lines[last - 1].text.strip():
            document.remarks.append(Remark(lines[last].number, Said.NO_BLANK_LINE))
    return document


def write(cues: Iterable[Cue]) -> str:
    """Numbered anew from 1, with a comma before the milliseconds."""
    return "\n".join(
        f"{number}\n{timing.stamp(cue.start_ms, ',')} --> {timing.stamp(cue.end_ms, ',')}\n"
        f"{cue_text.to_subrip(cue.text)}\n"
        for number, cue in enumerate(cues, 1)
    )


def _faults_ahead(lines: Sequence[Line]) -> list[Remark]:
    """Above the first cue only its number may stand."""
    ahead = [line for line in lines if line.text.strip()]
    if ahead and _is_number(ahead[-1].text.strip()):
        ahead.pop()
    return [
        Remark(line.number, Said.UNREADABLE_TIME if "-->" in line.text else Said.TEXT_WITHOUT_TIME)
        for line in ahead[:1]
    ]


def _number(lines: Sequence[Line], at: int, expected: int) -> str:
    """The number above the times at `at`; empty where there is none."""
    above = lines[at - 1].text.strip() if at else ""
    if not _is_number(above):
        return ""
    return above if at < 2 or not lines[at - 2].text.strip() or int(above) == expected else ""


def _end(lines: Sequence[Line], at: int, following: int, expected: int) -> int:
    """Where the text of the cue ends: before the number of the next one."""
    if following - at > 1 and _number(lines, following, expected):
        return following - 1
    # Some files leave a blank line between the number and its times.
    above, number = lines[following - 1].text.strip(), lines[following - 2].text.strip()
    if following - at > 2 and not above and number == str(expected):
        return following - 2
    return following


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _cue(document: Document, times: Line, body: Sequence[Line], number: str) -> Cue:
    found = timing.rough(times.text)
    assert found is not None  # noqa: S101 - the caller looked for exactly this
    if not timing.SUBRIP.match(times.text):
        document.remarks.append(Remark(times.number, Said.ROUGH_TIME))
    rows = list(body)
    while rows and not rows[-1].text.strip():
        rows.pop()
    while rows and not rows[0].text.strip():
        rows.pop(0)
    for row in rows:
        if not row.text.strip():
            document.remarks.append(Remark(row.number, Said.BLANK_LINE_IN_TEXT))
        elif "-->" in row.text and any(c.isdecimal() for c in row.text):
            document.faults.append(Remark(row.number, Said.UNREADABLE_TIME))
    text, settings, dropped = cue_text.from_subrip("\n".join(row.text for row in rows if row.text.strip()))
    if dropped:
        document.remarks.append(Remark(rows[0].number, Said.MARKUP_DROPPED))
    settings = " ".join(part for part in (settings, found.settings) if part)
    return Cue(found.start_ms, found.end_ms, text, number, settings, times.number)
