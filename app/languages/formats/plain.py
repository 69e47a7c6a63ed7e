"""A transcript in plain text: cues with times guessed from how fast people read, to be timed by a person."""

import re
import textwrap
from collections.abc import Iterable, Iterator

from app.languages.formats import checks
from app.languages.formats.cue_text import escaped
from app.languages.formats.profiles import limits
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.webvtt import Cue, Document, Line

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？؟।])\s+")
_PROFILE = "netflix"


def parse(lines: Iterable[Line], language: str, length_ms: int | None = None) -> Document:
    """Each line is a cue, a long one several; one after the other, over the length of the recording if it is known."""
    held = limits(_PROFILE, language)
    said = [
        (line.number, part)
        for line in lines
        for part in _parts(line.text.strip(), held.line_length * held.lines)
    ]  # fmt: skip
    lasts = [max(held.shortest_ms or 0, round(checks.length(text) * 1000 / (held.cps or 1))) for _, text in said]
    stretch = length_ms / sum(lasts) if length_ms and lasts else 1
    document = Document(remarks=[Remark(0, Said.NO_TIMES)] if said else [])
    before = 0
    for (number, text), long in zip(said, lasts, strict=True):
        begins, before = before, before + long
        document.blocks.append(Cue(round(begins * stretch), round(before * stretch), escaped(text), line=number))
    return document


def _parts(text: str, most: int) -> Iterator[str]:
    """Sentences as far as they fit together; one that does not fit is cut between words."""
    cue = ""
    for sentence in _SENTENCE_END.split(text):
        for piece in textwrap.wrap(sentence, most):
            if cue and len(cue) + 1 + len(piece) > most:
                yield cue
                cue = piece
            else:
                cue = f"{cue} {piece}" if cue else piece
    if cue:
        yield cue
