"""Runs of text with the marks that WebVTT has for them; what other formats' styling becomes, and is written from."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.languages.formats.cue_text import escaped


class Span(NamedTuple):
    text: str
    marks: tuple[str, ...] = ()
    """As WebVTT writes them, the outermost first: `b`, `i`, `u`, `c.red`, `v Ada`."""
    at: str = ""
    """The moment from which on it is shown, when that is later than the cue: `00:00:01.500`."""


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks where it stands, and who says it."""

    speaker: str = ""
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    colour: str = ""
    """A mark, see `colour`."""
    background: str = ""
    """The class that follows it."""
    align: str = ""
    """Of the whole cue."""

    @property
    def marks(self) -> tuple[str, ...]:
        classes = f"{self.colour or 'c'}{self.background}"
        found = (
            voice(self.speaker), classes if classes != "c" else "", self.is_bold and "b", self.is_italic and "i",
            self.is_underlined and "u",
        )  # fmt: skip
        return tuple(mark for mark in found if mark)


COLOURS = {
    "white": 0xFFFFFF, "lime": 0x00FF00, "cyan": 0x00FFFF, "red": 0xFF0000, "yellow": 0xFFFF00, "magenta": 0xFF00FF,
    "blue": 0x0000FF, "black": 0x000000,
}  # fmt: skip
"""The classes that every player knows (WebVTT 5.1); white is how text looks without one."""
_CLASS_OF = {number: f"c.{name}" for name, number in COLOURS.items()}
_OTHER_COLOUR = re.compile(r"\.(colour-([0-9a-f]{6}))(?![^.\s])")
_TOKEN = re.compile(r"(<[^>]*(?:>|$))")
_KNOWN = re.compile(r"[biu]|c|v")


def colour(number: int) -> str:
    """The mark of a colour given as 0xRRGGBB; empty for white."""
    return "" if number == COLOURS["white"] else _CLASS_OF.get(number, f"c.colour-{number:06x}")


def colour_of(mark: str) -> int | None:
    """The colour that a mark stands for, which may have other classes beside it."""
    names = mark.split(" ")[0].split(".")[1:]
    known = next((COLOURS[name] for name in names if name in COLOURS), None)
    other = _OTHER_COLOUR.search(mark)
    return int(other[2], 16) if known is None and other else known


def voice(name: str) -> str:
    """The mark of who speaks; empty without a name."""
    return f"v {escaped(' '.join(name.split())).replace('>', '&gt;')}" if name.strip() else ""


def style_block(spans: Iterable[Span]) -> str:
    """What players must be told of colours without a class of the standard; empty when there is none."""
    used = {found.group(1, 2) for span in spans for mark in span.marks if (found := _OTHER_COLOUR.search(mark))}
    rules = (f"::cue(.{name}) {{\n  color: #{number};\n}}" for name, number in sorted(used))
    return "\n".join(("STYLE", *rules)) if used else ""


def written(spans: Iterable[Span]) -> str:
    """As WebVTT text: no blank line, no space at the ends of lines, no character that would be mark-up."""
    parts: list[str] = []
    open_marks: tuple[str, ...] = ()
    for span in _tidy(spans):
        shared = _shared(open_marks, span.marks)
        parts += [f"</{_name(mark)}>" for mark in reversed(open_marks[shared:])]
        parts += [f"<{mark}>" for mark in span.marks[shared:]]
        if span.at:
            parts.append(f"<{span.at}>")
        parts.append(escaped(span.text))
        open_marks = span.marks
    parts += [f"</{_name(mark)}>" for mark in reversed(open_marks)]
    return "".join(parts)


def read(text: str) -> list[Span]:
    """The runs of a WebVTT text. What has no mark here (a language, a moment, ruby) leaves its text."""
    spans: list[Span] = []
    marks: list[str] = []
    for token in _TOKEN.split(text):
        if not token.startswith("<"):
            if token:
                spans.append(Span(html.unescape(token), tuple(mark for mark in marks if mark)))
        elif token.startswith("</"):
            name = token[2:].rstrip(">").strip()
            open_at = next((at for at in range(len(marks) - 1, -1, -1) if _name(marks[at]) == name), None)
            if open_at is not None:
                del marks[open_at:]
        elif _KNOWN.fullmatch(_name(mark := token[1:].rstrip(">"))):
            marks.append(mark)
    return spans


def _name(mark: str) -> str:
    return re.split(r"[.\s]", mark, maxsplit=1)[0]


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    same = 0
    while same < min(len(left), len(right)) and left[same] == right[same]:
        same += 1
    return same


def _tidy(spans: Iterable[Span]) -> list[Span]:
    """Line by line without spaces around and without empty lines, whichever runs they lie in."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        for at, part in enumerate(span.text.replace("\r", "").split("\n")):
            if at:
                lines.append([])
            if part:
                lines[-1].append(span._replace(text=part))
    tidy: list[Span] = []
    for line in filter(None, map(_stripped, lines)):
        if tidy:
            tidy.append(Span("\n", tuple(tidy[-1].marks[: _shared(tidy[-1].marks, line[0].marks)])))
        tidy += line
    return tidy


def _stripped(line: list[Span]) -> list[Span]:
    said = [at for at, span in enumerate(line) if span.text.strip()]
    line = line[said[0] : said[-1] + 1] if said else []
    if line:
        line = [line[0]._replace(text=line[0].text.lstrip()), *line[1:]]
        line = [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip())]
    return line
