"""ASS and SSA, the formats of Aegisub: read by way of pysubs2 into a WebVTT document, and written from one."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pysubs2
from pysubs2.time import TIMESTAMP, TIMESTAMP_SHORT

from app.languages.formats import spans
from app.languages.formats.cue_text import escaped
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.spans import Look, Span
from app.languages.formats.webvtt import Block, Cue, Document, Line

# A margin or a layer that is no number changes nothing that is kept.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"pysubs2\.")

_FIRST = re.compile(r"\s*\[(?:Script Info|V4\+? Styles|Events)\]", re.IGNORECASE)
_EVENT = re.compile(r"\s*(?:Dialogue|Comment):")
_IN_EVENTS = re.compile(r"\s*(?:;|!:|(?:Format|Dialogue|Comment|Picture|Sound|Movie|Command):)")
_OVERRIDES = re.compile(r"\{([^{}]*)\}")
_OVERRIDE = re.compile(r"\\(an?|[biup]|1?c|r)(?![a-z])([^\\]*)|\\[^\\]*")
_HEX = re.compile(r"&?H?([0-9A-Fa-f]{1,8})")
_PLACES = {
    1: "align:left", 2: "", 3: "align:right",
    4: "line:50%,center align:left", 5: "line:50%,center", 6: "line:50%,center align:right",
    7: "line:0 align:left", 8: "line:0", 9: "line:0 align:right",
}  # fmt: skip
_PLACES_OF_SSA = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}
_SWITCHES = {"b": "is_bold", "i": "is_italic", "u": "is_underlined"}
_FIELDS = 10
_MOST_STYLES = 1000


def is_ass(lines: Sequence[Line]) -> bool:
    """By the first line that is neither blank nor a comment."""
    first = next((line.text for line in lines if line.text.strip() and not line.text.startswith(";")), "")
    return _FIRST.match(first) is not None


def parse(lines: Sequence[Line]) -> Document:
    """Lines of dialogue become cues, comments notes; each line stands for itself, so a fault has its number."""
    document = Document()
    form = "ssa" if any(line.text.strip().lower() == "[v4 styles]" for line in lines) else "ass"
    styles = _styles(lines, form, document.remarks)
    events = [line for line in lines if _EVENT.match(line.text)]
    document.faults = [Remark(line.number, Said.UNREADABLE_TIME) for line in events if not _has_times(line.text)]
    document.faults += [Remark(line.number, Said.UNREADABLE_LINE) for line in _unknown(lines)]
    if document.faults:
        return document
    script = pysubs2.SSAFile.from_string("[Events]\n" + "\n".join(line.text for line in events), format_=form)
    used: list[Span] = []
    for line, event in zip(events, script.events, strict=True):
        if event.is_comment:
            document.blocks.append(Block(f"NOTE {escaped(event.text).strip()}".strip()))
            continue
        reading = _Reading(styles.get(event.style.lstrip("*"), _NO_STYLE), styles, event.name)
        found = list(reading.spans(event.text))
        if reading.dropped:
            document.remarks.append(Remark(line.number, Said.MARKUP_DROPPED))
        text = spans.written(found)
        if text or not reading.has_drawing:
            times = max(0, event.start), max(0, event.end)
            document.blocks.append(Cue(*times, text, settings=_PLACES[reading.place], line=line.number))
            used += found
    if style := spans.style_block(used):
        document.blocks.insert(0, Block(style))
    return document


def write(cues: Iterable[Cue]) -> str:
    """Each cue a line of dialogue in the one style `Default`; hundredths of a second are what the format can say."""
    script = pysubs2.SSAFile()
    for cue in cues:
        found = spans.read(cue.text)
        event = pysubs2.SSAEvent(cue.start_ms, cue.end_ms, _overridden(found, cue.settings))
        event.name = next((_voice(mark) for span in found for mark in span.marks if mark.startswith("v")), "")
        script.events.append(event)
    return script.to_string("ass", header_notice="")


_NO_STYLE = pysubs2.SSAStyle()


def _styles(lines: Sequence[Line], form: str, remarks: list[Remark]) -> dict[str, pysubs2.SSAStyle]:
    found: dict[str, pysubs2.SSAStyle] = {}
    for line in [line for line in lines if line.text.lstrip().startswith("Style:")][:_MOST_STYLES]:
        try:
            found |= pysubs2.SSAFile.from_string(f"[V4 Styles]\n{line.text}", format_=form).styles
        except (ValueError, IndexError, TypeError):
            remarks.append(Remark(line.number, Said.MARKUP_DROPPED))
    return found


def _unknown(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines among the events that are none."""
    inside = False
    for line in lines:
        if line.text.lstrip().startswith("["):
            inside = line.text.strip().lower() == "[events]"
        elif inside and line.text.strip() and not _IN_EVENTS.match(line.text):
            yield line


def _has_times(line: str) -> bool:
    fields = line.partition(":")[2].split(",", _FIELDS - 1)
    times = [field.strip().removeprefix("-") for field in fields[1:3]]
    return len(fields) == _FIELDS and all(TIMESTAMP.match(time) or TIMESTAMP_SHORT.match(time) for time in times)


@dataclass(slots=True)
class _Reading:
    """One line of dialogue, from its style on."""

    style: pysubs2.SSAStyle
    styles: dict[str, pysubs2.SSAStyle]
    name: str
    place: int = 2
    is_drawing: bool = False
    has_drawing: bool = False
    dropped: bool = False

    def spans(self, text: str) -> Iterator[Span]:
        begin = look = self._look(self.style)
        self.place = int(self.style.alignment)
        for at, part in enumerate(_OVERRIDES.split(text)):
            if at % 2:
                for override in _OVERRIDE.finditer(part):
                    look = self._override(override, begin, look)
            elif self.is_drawing:
                self.dropped = self.has_drawing = True
            elif part:
                yield Span(_broken(part), look.marks)

    def _look(self, style: pysubs2.SSAStyle) -> Look:
        c = style.primarycolor
        colour = spans.colour(c.r << 16 | c.g << 8 | c.b)
        return Look(self.name, style.bold, style.italic, style.underline, colour)

    def _override(self, found: re.Match[str], begin: Look, look: Look) -> Look:
        tag, value = found[1], (found[2] or "").strip()
        if tag == "r":
            return self._look(self.styles[value]) if value in self.styles else begin
        if name := _SWITCHES.get(tag or ""):
            switched: dict[str, Any] = {name: value not in ("0", "400") if value else getattr(begin, name)}
            return replace(look, **switched)
        if tag in ("c", "1c"):
            number = _HEX.match(value)
            return replace(look, colour=spans.colour(_rgb(int(number[1], 16))) if number else begin.colour)
        if tag == "p":
            self.is_drawing = value not in ("", "0")
        elif tag in ("an", "a") and value.isascii() and value.isdecimal() and len(value) < 3:
            place = int(value) if tag == "an" else _PLACES_OF_SSA.get(int(value), 2)
            self.place = place if place in _PLACES else self.place
        else:
            self.dropped = True
        return look


def _rgb(bgr: int) -> int:
    return (bgr & 255) << 16 | bgr & 0xFF00 | bgr >> 16 & 255


def _broken(text: str) -> str:
    return text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", "\u00a0")


def _overridden(found: Iterable[Span], settings: str) -> str:
    parts: list[str] = [r"{\an8}"] if re.search(r"(?:^|\s)line:(?:0|[0-4]?[0-9]%)", settings) else []
    held: set[str] = set()
    for span in found:
        now = {tag for mark in span.marks if (tag := _tag(mark))}
        parts += [_end(tag) for tag in sorted(held - now)] + [f"{{{tag}}}" for tag in sorted(now - held)]
        # Braces would be read as overrides, and a backslash before N as the end of a line.
        clean = span.text.replace("{", "｛").replace("}", "｝").replace("\\", "\\\u200b")
        parts.append(clean.replace("\n", r"\N").replace("\u00a0", r"\h"))
        held = now
    return "".join(parts)


def _tag(mark: str) -> str:
    if mark[0] in "biu":
        return rf"\{mark[0]}1"
    number = spans.colour_of(mark)
    if number is None:
        return ""
    return rf"\c&H{number & 255:02X}{number >> 8 & 255:02X}{number >> 16:02X}&"


def _end(tag: str) -> str:
    return rf"{{{tag[:2]}0}}" if tag[1] in "biu" else r"{\c}"


def _voice(mark: str) -> str:
    return mark.partition(" ")[2].replace(",", " ").strip()
