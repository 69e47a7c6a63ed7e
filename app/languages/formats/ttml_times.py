"""Times in TTML: those that break its rules are put right in the tree before it is read, and told by line."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ttconv.imsc import attributes

from app.languages.formats.remarks import RefusedError, Remark, Said
from app.languages.formats.webvtt import Document

_TT = "{http://www.w3.org/ns/ttml}"
_NAMES = ("begin", "end", "dur")
_BARE = re.compile(r"(?:(?:([0-9]{1,9}):)?([0-9]{1,9}):)?([0-9]{1,9})(?:[.,]([0-9]{1,9}))?$")
_LATEST = 10**9
"""Seconds; nothing lasts longer."""

Times = dict[str, Fraction]


def mend(root: ET.Element, lines: Mapping[ET.Element, int], document: Document) -> None:
    """Raises RefusedError for a frame rate that is none; times that nobody can read become faults."""
    context = _context(root, lines)
    times: dict[ET.Element, Times] = {}
    for element in root.iter():
        found = {name: element.attrib[name] for name in _NAMES if name in element.attrib}
        if found and isinstance(element.tag, str):
            times[element] = dict(_read(element, found, context, lines[element], document))
    from_zero = any(_is_never_shown(element, times) for element in times)
    if from_zero:
        document.remarks.append(Remark(0, Said.TIMES_FROM_THE_BEGINNING))
    if not any(element.get("timeContainer") == "seq" for element in root.iter()):
        for body in root.findall(f"{_TT}body"):
            _Flattening(times, from_zero).container(body, None, None)


def _context(root: ET.Element, lines: Mapping[ET.Element, int]) -> attributes.TemporalAttributeParsingContext:
    try:
        context = attributes.TemporalAttributeParsingContext(
            attributes.FrameRateAttribute.extract(root), attributes.TickRateAttribute.extract(root),
            attributes.TimeBaseAttribute.extract(root), attributes.DropModeAttribute.extract(root),
        )  # fmt: skip
    except (ValueError, ArithmeticError, KeyError) as fault:
        raise RefusedError(Remark(lines[root], Said.UNREADABLE_LINE)) from fault
    if not (context.frame_rate and context.tick_rate):
        raise RefusedError(Remark(lines[root], Said.UNREADABLE_LINE))
    return context


def _read(
    element: ET.Element,
    found: Mapping[str, str],
    context: attributes.TemporalAttributeParsingContext,
    line: int,
    document: Document,
) -> Iterator[tuple[str, Fraction]]:
    read: Times = {}
    for name, text in found.items():
        seconds = _standard(text, context)
        if seconds is None and (seconds := _bare(text)) is not None:
            element.set(name, _written(seconds))
            document.remarks.append(Remark(line, Said.ROUGH_TIME))
        if seconds is None or seconds > _LATEST:
            document.faults.append(Remark(line, Said.UNREADABLE_TIME))
            return
        read[name] = seconds
    yield from read.items()


def _standard(text: str, context: attributes.TemporalAttributeParsingContext) -> Fraction | None:
    try:
        seconds: Fraction = attributes.parse_time_expression(context, text, False)
    except (ValueError, ArithmeticError):
        return None
    return seconds


def _bare(text: str) -> Fraction | None:
    """`1:02.5`: no unit and fewer digits than the standard asks for."""
    found = _BARE.match(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + Fraction(f"{seconds}.{fraction}")


def _written(seconds: Fraction) -> str:
    return f"{float(seconds):.6f}s"


def _is_never_shown(element: ET.Element, times: Mapping[ET.Element, Times]) -> bool:
    """Whether a part begins after the whole is over, as the standard counts, and within it if both count from zero."""
    begin, end = times[element].get("begin"), times[element].get("end")
    if not begin or end is None:
        return False
    for child in element:
        own = times.get(child, {}) if child.tag.endswith(("}div", "}p", "}span")) else {}
        if "begin" in own and own["begin"] >= end - begin and begin <= own["begin"] <= own.get("end", end) <= end:
            return True
    return False


class _Flattening(NamedTuple):
    """Gives each paragraph its times from the beginning of the file, and takes those of what it stands in away.

    ttconv leaves out what it takes to last no time, as a part that has a beginning of its own and no end.
    """

    times: Mapping[ET.Element, Times]
    from_zero: bool
    """The file counts all times from its beginning, against the standard."""

    def container(self, element: ET.Element, start: Fraction | None, end: Fraction | None) -> None:
        begin, end = self._placed(element, start, end)
        for name in _NAMES:
            element.attrib.pop(name, None)
        for child in element:
            if child.tag == f"{_TT}p":
                self._paragraph(child, begin, end)
            else:
                self.container(child, begin, end)

    def _placed(
        self, element: ET.Element, start: Fraction | None, end: Fraction | None
    ) -> tuple[Fraction | None, Fraction | None]:
        own = self.times.get(element, {})
        before = Fraction(0) if self.from_zero else start or Fraction(0)
        begin = own["begin"] + before if "begin" in own else start
        ends = [end, own["end"] + before if "end" in own else None]
        ends.append((begin or before) + own["dur"] if "dur" in own else None)
        return begin, min((one for one in ends if one is not None), default=None)

    def _paragraph(self, element: ET.Element, start: Fraction | None, end: Fraction | None) -> None:
        begin, end = self._placed(element, start, end)
        is_timed = begin is not None or bool(self.times.get(element))
        for name in _NAMES:
            element.attrib.pop(name, None)
        if is_timed:
            element.set("begin", _written(begin or Fraction(0)))
            # Without an end it gets one later, as in any other format.
            if end is not None and end > (begin or 0):
                element.set("end", _written(end))
        if self.from_zero:
            self._count_from(element, begin or Fraction(0))

    def _count_from(self, element: ET.Element, before: Fraction) -> None:
        for child in element:
            own = self.times.get(child, {})
            for name in ("begin", "end"):
                if name in own:
                    child.set(name, _written(max(Fraction(0), own[name] - before)))
            self._count_from(child, own.get("begin", before))
