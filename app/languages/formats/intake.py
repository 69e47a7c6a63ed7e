"""Taking in a subtitle file: what can be understood is repaired and told line by line, the rest is refused.

Nothing is lost: a file is either kept with every cue and block, or refused with the lines that stand in the way.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

from app.languages.formats import cue_settings, plain, sbv, srt, timing, webvtt
from app.languages.formats.encoding import decode
from app.languages.formats.remarks import RefusedError, Remark, Said
from app.languages.formats.webvtt import Cue, Document, Line

MOST_BYTES = 2 * 1024 * 1024
MOST_CUES = 20_000
LONGEST_GUESS_MS = 3000
MOST_REMARKS = 500

_MARK_OF_A_FORMAT = re.compile(
    r"\s*(?:<(?:\?xml|!DOCTYPE|!--|(?:[\w.-]+:)?(?:tt|html))\b|\[Script Info\]|WEBVTT)", re.IGNORECASE
)
_LOOSE_SIGNATURE = re.compile(r"\s*\ufeff?\s*WEBVTT(?=\s|$)", re.IGNORECASE)


class Taken(NamedTuple):
    document: Document
    encoding: str
    remarks: list[Remark]
    """What was repaired, by line; at most MOST_REMARKS."""

    @property
    def webvtt(self) -> str:
        return webvtt.write(self.document)


def take_in(data: bytes, language: str, *, plain_text: bool = False, length_ms: int | None = None) -> Taken:
    """WebVTT, SubRip, TTML, ASS or SBV, by what is in it, whatever its name says. Raises RefusedError.

    With `plain_text` also text without any times, which is spread over `length_ms`.
    """
    if len(data) > MOST_BYTES:
        raise RefusedError(Remark(0, Said.TOO_LARGE))
    text, encoding = decode(data, language)
    remarks = [] if encoding.startswith("utf") else [Remark(0, Said.ENCODING)]
    lines = webvtt.lines_of(text)
    remarks += [Remark(line.number, Said.NULL) for line in lines if "\ufffd" in line.text and b"\0" in data]
    if plain_text and not _is_timed(text, lines):
        document = plain.parse(lines, language, length_ms)
    else:
        document = _parse(text, lines, remarks)
    if document.faults:
        raise RefusedError(*sorted(set(document.faults)))
    if not document.cues:
        raise RefusedError(Remark(0, Said.NO_CUES))
    if len(document.cues) > MOST_CUES:
        raise RefusedError(Remark(document.cues[MOST_CUES].line, Said.TOO_MANY_CUES))
    remarks += document.remarks
    _look_at_cues(document, remarks)
    return Taken(document, encoding, sorted(set(remarks))[:MOST_REMARKS])


def _is_timed(text: str, lines: list[Line]) -> bool:
    """Whether it is, or was meant to be, in a format with times."""
    return (
        "-->" in text
        or bool(_MARK_OF_A_FORMAT.match(text))
        or sbv.is_sbv(lines)
        or any(timing.rough(line.text) for line in lines)
    )


def _parse(text: str, lines: list[Line], remarks: list[Remark]) -> Document:
    first = next(at for at, line in enumerate(lines) if line.text.strip() or at == len(lines) - 1)
    if not webvtt.is_webvtt(lines) and (found := _LOOSE_SIGNATURE.match(lines[first].text)):
        remarks.append(Remark(lines[first].number, Said.NO_SIGNATURE))
        rest = lines[first].text[found.end() :]
        lines = [Line(lines[first].number, f"WEBVTT{rest}"), *lines[first + 1 :]]
    if webvtt.is_webvtt(lines):
        return webvtt.parse(webvtt.mended(lines, remarks))
    if text.lstrip().startswith("<"):
        from app.languages.formats import ttml  # Both libraries are dear to load, and most files need neither.

        if ttml.is_ttml(text):
            return ttml.parse(text)
    if text.lstrip().startswith(("[", ";")):
        from app.languages.formats import ass

        if ass.is_ass(lines):
            return ass.parse(lines)
    return sbv.parse(lines) if sbv.is_sbv(lines) else srt.parse(lines)


def _look_at_cues(document: Document, remarks: list[Remark]) -> None:
    regions = cue_settings.regions_of(document)
    starts = sorted(cue.start_ms for cue in document.cues)
    latest = 0
    for at, cue in enumerate(document.blocks):
        if not isinstance(cue, Cue):
            continue
        if cue.end_ms <= cue.start_ms:
            remarks.append(Remark(cue.line, Said.ENDS_BEFORE_IT_BEGINS))
            document.blocks[at] = replace(cue, end_ms=_guessed_end(cue, starts))
        if cue.start_ms < latest:
            remarks.append(Remark(cue.line, Said.OUT_OF_ORDER))
        if cue_settings.parse(cue.settings, regions).ignored:
            remarks.append(Remark(cue.line, Said.UNKNOWN_SETTING))
        if not cue.text.strip():
            remarks.append(Remark(cue.line, Said.NO_TEXT))
        latest = max(latest, cue.start_ms)


def _guessed_end(cue: Cue, starts: list[int]) -> int:
    following = bisect_right(starts, cue.start_ms)
    ends = starts[following] if following < len(starts) else cue.start_ms + LONGEST_GUESS_MS
    return min(ends, cue.start_ms + LONGEST_GUESS_MS)
