"""WebVTT files after the file-parsing algorithm of the W3C (https://www.w3.org/TR/webvtt1/#file-parsing).

Parsing and writing a document keep every cue, identifier, setting, header line and STYLE, REGION and NOTE block.
What a player would drop is listed as a fault with its line; one thing is understood better than by players: the
text of a cue that stands below a blank line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.languages.formats import timing
from app.languages.formats.remarks import Remark, Said


class Line(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Text between two moments of a recording; `settings` and `text` are as WebVTT writes them."""

    start_ms: int
    end_ms: int
    text: str
    identifier: str = ""
    settings: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """STYLE, REGION or NOTE, whole."""

    text: str


@dataclass(slots=True)
class Document:
    header: str = ""
    """What follows `WEBVTT` up to the first blank line: a title, and the metadata lines of some tools."""
    blocks: list[Cue | Block] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list, compare=False)
    faults: list[Remark] = field(default_factory=list, compare=False)

    @property
    def cues(self) -> list[Cue]:
        return [block for block in self.blocks if isinstance(block, Cue)]


_SIGNATURE = re.compile(r"WEBVTT(?=[ \t]|$)")
_KEPT = re.compile(r"(?:STYLE[ \t\f]*(?:\n|$)|REGION[ \t\f]*(?:\n|$)|NOTE(?=[ \t\n]|$))")


def lines_of(text: str) -> list[Line]:
    """Line ends of every kind are one; a null character is replaced, as the standard asks."""
    text = text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    return [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]


def is_webvtt(lines: Sequence[Line]) -> bool:
    return bool(lines) and _SIGNATURE.match(lines[0].text) is not None


def parse(lines: Sequence[Line]) -> Document:
    """The document that begins with these lines, of which the first is the signature (see `is_webvtt`)."""
    document = Document()
    head, at = _collect(lines, 1, in_header=True)
    document.header = "\n".join([lines[0].text.removeprefix("WEBVTT"), *(line.text for line in head.text)])
    while at < len(lines):
        if not lines[at].text:
            at += 1
            continue
        if lines[at - 1].text:
            document.remarks.append(Remark(lines[at].number, Said.NO_BLANK_LINE))
        raw, at = _collect(lines, at)
        _add(document, raw)
    return document


def write(document: Document) -> str:
    parts = [f"WEBVTT{document.header}"]
    for block in document.blocks:
        if isinstance(block, Block):
            parts.append(block.text)
            continue
        times = f"{timing.stamp(block.start_ms)} --> {timing.stamp(block.end_ms)}"
        rows = (block.identifier, f"{times} {block.settings}".rstrip(" "), block.text)
        parts.append("\n".join(row for row in rows if row))
    return "\n\n".join(parts) + "\n"


class _Raw(NamedTuple):
    timing: Line | None
    identifier: str
    text: list[Line]


def _collect(lines: Sequence[Line], at: int, in_header: bool = False) -> tuple[_Raw, int]:
    """Collect a WebVTT block: its lines, and where the next begins."""
    begin = at
    times: Line | None = None
    identifier = ""
    text: list[Line] = []
    while at < len(lines):
        line = lines[at]
        if "-->" in line.text:
            if in_header or times or at - begin > 1:
                break
            times, identifier, text = line, "\n".join(row.text for row in text), []
        elif not line.text:
            at += 1
            break
        else:
            text.append(line)
        at += 1
    return _Raw(times, identifier, text), at


def _add(document: Document, raw: _Raw) -> None:
    text = "\n".join(line.text for line in raw.text)
    before = document.blocks[-1] if document.blocks else None
    if raw.timing is None:
        if not text.strip():
            return
        if _KEPT.match(text):
            document.blocks.append(Block(text))
        elif isinstance(before, Cue) and not before.text:
            document.blocks[-1] = replace(before, text=text)
            document.remarks.append(Remark(raw.text[0].number, Said.BLANK_LINE_IN_TEXT))
        else:
            document.faults.append(Remark(raw.text[0].number, Said.TEXT_WITHOUT_TIME))
    elif times := timing.exact(raw.timing.text):
        document.blocks.append(
            Cue(times.start_ms, times.end_ms, text, raw.identifier, times.settings, raw.timing.number)
        )
    else:
        document.faults.append(Remark(raw.timing.number, Said.UNREADABLE_TIME))


def mended(lines: Iterable[Line], remarks: list[Remark]) -> list[Line]:
    """The lines with roughly written times put right, and with a blank line before the number of a cue."""
    done: list[Line] = []
    for line in lines:
        found = "-->" not in line.text or timing.exact(line.text) is None
        times = timing.rough(line.text) if found else None
        if times is not None:
            text = f"{timing.stamp(times.start_ms)} --> {timing.stamp(times.end_ms)} {times.settings}".rstrip(" ")
            remarks.append(Remark(line.number, Said.ROUGH_TIME))
            line = Line(line.number, text)
        if "-->" in line.text and len(done) > 1 and done[-1].text.strip().isdecimal() and _is_text(done[-2].text):
            remarks.append(Remark(done[-1].number, Said.NO_BLANK_LINE))
            done.insert(-1, Line(done[-1].number, ""))
        done.append(line)
    return done


def _is_text(line: str) -> bool:
    return bool(line) and "-->" not in line
