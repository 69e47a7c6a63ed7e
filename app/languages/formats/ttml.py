"""TTML, IMSC and EBU-TT-D: styles and regions by way of ttconv, each paragraph one cue.

ttconv's own way to WebVTT cuts paragraphs that overlap into pieces, and takes half a minute for two hours; so only its
model of a document is used. A paragraph keeps its times, its identifier and who says it.
"""

import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ttconv import model
from ttconv.imsc import reader, writer
from ttconv.vtt import reader as vtt_reader

from app.languages.formats import spans, timing, ttml_styles, ttml_times, webvtt
from app.languages.formats.remarks import RefusedError, Remark, Said
from app.languages.formats.spans import Look, Span
from app.languages.formats.ttml_styles import look_over
from app.languages.formats.webvtt import Block, Cue, Document
from app.languages.formats.xml import Tree

# What it would log of a file is told to the person who brought the file.
logging.getLogger("ttconv").setLevel(logging.CRITICAL + 1)

_START = re.compile(
    r"\s*(?:<\?xml\b[^>]{0,200}\?>\s*)?(?:<!--.{0,5000}?-->\s*)?(?:<!DOCTYPE|<(?:[\w.-]+:)?tt[\s>])", re.DOTALL
)
_OLD = re.compile(r"http://www\.w3\.org/20[0-9]{2}/[0-9]{2}/ttaf1(?:(#style)(?![a-z]))?")
_TT = "{http://www.w3.org/ns/ttml}"
_META = "{http://www.w3.org/ns/ttml#metadata}"
_ID, _LANG = (f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("id", "lang"))
_RUBY = {model.Ruby: ("ruby",), model.Rt: ("rt",)}
_SPACES = re.compile(r"[ \t\r\n]+")


class _Paragraph(NamedTuple):
    """What ttconv does not carry along."""

    line: int
    identifier: str
    speaker: str
    is_timed: bool
    has_text: bool


def is_ttml(text: str) -> bool:
    return _START.match(text) is not None


def parse(text: str) -> Document:
    """Raises RefusedError."""
    tree = Tree()
    root = tree.read(_OLD.sub(lambda old: "http://www.w3.org/ns/ttml" + ("#styling" if old[1] else ""), text))
    document = Document()
    ttml_times.mend(root, tree.lines, document)
    document.remarks += ttml_styles.dropped(root, tree.lines)
    paragraphs = dict(_numbered(root, tree.lines, _speakers(root)))
    body = _body(root, tree.lines[root])
    document.faults += _strays(root, tree.lines)
    if document.faults or body is None:
        return document
    walk = _Walk(paragraphs)
    document.blocks += walk.element(body, [], Fraction(0), None)
    document.faults += [
        Remark(found.line, Said.TEXT_WITHOUT_TIME)
        for name, found in paragraphs.items() if found.has_text and name not in walk.seen
    ]  # fmt: skip
    if style := spans.style_block(walk.used):
        document.blocks.insert(0, Block(style))
    return document


def write(document: Document, language: str = "") -> bytes:
    """An IMSC document, which players of EBU-TT-D read too. Identifiers and the names of voices have no place in it."""
    try:
        return _written(document, language)
    except (TypeError, ValueError):
        # ttconv stops at a mark that ends where none began, and at a time outside of its cue.
        blocks = [
            replace(block, text=spans.written(spans.read(block.text))) if isinstance(block, Cue) else block
            for block in document.blocks
        ]
        return _written(Document(document.header, blocks), language)


def _written(document: Document, language: str) -> bytes:
    found = vtt_reader.to_model(io.StringIO(webvtt.write(document)))
    found.set_lang(language)
    root = writer.from_model(found).getroot()
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _body(root: ET.Element, line: int) -> model.Body | None:
    try:
        found = reader.to_model(ET.ElementTree(root))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError) as fault:
        raise RefusedError(Remark(line, Said.UNREADABLE_LINE)) from fault
    if found is None:
        raise RefusedError(Remark(line, Said.UNREADABLE_LINE))
    return found.get_body()


def _strays(root: ET.Element, lines: Mapping[ET.Element, int]) -> Iterator[Remark]:
    """Text that stands beside the paragraphs, where nothing shows it."""
    for element in root.iter():
        if element.tag in (f"{_TT}body", f"{_TT}div"):
            texts = (element.text, *(child.tail for child in element))
            if any(text and text.strip() for text in texts):
                yield Remark(lines[element], Said.TEXT_WITHOUT_TIME)


def _speakers(root: ET.Element) -> dict[str, str]:
    """By the identifier of an agent, its name."""
    named = ((agent.get(_ID), agent.findtext(f"{_META}name")) for agent in root.iter(f"{_META}agent"))
    return {name: " ".join(full.split()) for name, full in named if name and full}


def _numbered(
    element: ET.Element,
    lines: Mapping[ET.Element, int],
    speakers: Mapping[str, str],
    is_timed: bool = False,
    agent: str = "",
) -> Iterator[tuple[str, _Paragraph]]:
    """Gives every paragraph a name by which it is found again in the model, which carries its language but no id."""
    agent = element.get(f"{_META}agent", agent)
    is_timed = is_timed or "begin" in element.attrib
    if element.tag == f"{_TT}p":
        name = str(id(element))
        has_text = bool("".join(element.itertext()).strip())
        speaker = speakers.get(agent.split(" ")[0], "")
        is_timed = is_timed or "end" in element.attrib or "dur" in element.attrib
        yield name, _Paragraph(lines[element], element.get(_ID, ""), speaker, is_timed, has_text)
        element.set(_LANG, name)
        return
    for child in element:
        yield from _numbered(child, lines, speakers, is_timed, agent)


@dataclass(slots=True)
class _Walk:
    paragraphs: Mapping[str, _Paragraph]
    seen: set[str] = field(default_factory=set)
    used: list[Span] = field(default_factory=list)

    def element(
        self, element: model.ContentElement, above: Sequence[model.ContentElement], start: Fraction,
        end: Fraction | None,
    ) -> Iterator[Cue]:  # fmt: skip
        """The cues within an element, of which those above it are given, and the time that these allow it."""
        begin, end = _times(element, start, end)
        chain = [*above, element]
        if isinstance(element, model.P):
            yield from self._paragraph(chain, self.paragraphs[element.get_lang()], begin, end)
            return
        for child in element:
            yield from self.element(child, chain, begin, end)

    def _paragraph(
        self, chain: Sequence[model.ContentElement], told: _Paragraph, begin: Fraction, end: Fraction | None
    ) -> Iterator[Cue]:
        paragraph = chain[-1]
        region = next((found for one in reversed(chain) if (found := one.get_region()) is not None), None)
        look = Look(told.speaker)
        for element in (*([] if region is None else [region]), *chain):
            look = look_over(look, element)
        place = ttml_styles.settings(look, region)
        parts = [(paragraph, begin, end)]
        if not told.is_timed:
            parts = [(part, *_times(part, begin, end)) for part in paragraph if part.get_begin() is not None]
        for part, since, until in parts:
            self.seen.add(paragraph.get_lang())
            found = _tidied(_spans([part] if part is not paragraph else list(part), look, (), since, begin))
            self.used += found
            yield Cue(
                _ms(since), _ms(since if until is None else until), spans.written(found), told.identifier, place,
                told.line,
            )  # fmt: skip


def _times(element: model.ContentElement, start: Fraction, end: Fraction | None) -> tuple[Fraction, Fraction | None]:
    """When an element is shown, since its own times count from the begin of what it stands in."""
    ends = [one for one in (end, None if element.get_end() is None else start + element.get_end()) if one is not None]
    return start + (element.get_begin() or 0), min(ends, default=None)


def _spans(
    elements: Sequence[model.ContentElement], look: Look, ruby: tuple[str, ...], shown: Fraction, start: Fraction
) -> Iterator[Span]:
    """`shown` is when the cue is, `start` when what the elements stand in is."""
    for element in elements:
        if isinstance(element, model.Text):
            text = element.get_text()
            keeps = element.parent().get_space() is model.WhiteSpaceHandling.PRESERVE
            at = timing.stamp(_ms(start)) if start > shown else ""
            yield Span(text if keeps else _SPACES.sub(" ", text), (*look.marks, *ruby), at)
        elif isinstance(element, model.Br):
            yield Span("\n")
        elif not isinstance(element, model.Rp):
            begin = start + (element.get_begin() or 0)
            inside = (*ruby, *_RUBY.get(type(element), ()))
            yield from _spans(list(element), look_over(look, element), inside, shown, begin)


def _tidied(found: Iterator[Span]) -> list[Span]:
    """A space beside a space is one."""
    tidy: list[Span] = []
    for span in found:
        text = span.text.lstrip(" ") if tidy and tidy[-1].text.endswith((" ", "\n")) else span.text
        if text:
            tidy.append(span._replace(text=text))
    return tidy


def _ms(seconds: Fraction) -> int:
    return round(seconds * 1000)
