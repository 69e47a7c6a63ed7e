"""Captions as WebVTT: the growing file of a session that runs, and the first draft of its subtitles."""

from app.languages.captions import cues
from app.languages.formats import webvtt
from app.languages.formats.webvtt import Cue, Document
from app.languages.models import CaptionCue, CaptionStream

SHORTEST_MS, LONGEST_MS = 1000, 7000
MS_A_CHARACTER = 1000 / 15
"""Time to read one, with some to spare: the published limits lie between 12 and 21 characters a second."""


def webvtt_of(stream: CaptionStream) -> str:
    return webvtt.write(document(stream))


def document(stream: CaptionStream) -> Document:
    """The final cues with times. A cue is heard while it is typed, and read until the next, or as long as it takes."""
    spoken = cues.spoken(stream)
    starts = _starts(stream, spoken)
    blocks: list[Cue | webvtt.Block] = []
    for row, start, following in zip(spoken, starts, [*starts, None][1:], strict=True):
        reading = min(max(SHORTEST_MS, round(len(row.text) * MS_A_CHARACTER)), LONGEST_MS)
        end = start + reading if following is None else max(min(start + reading, following), start + 1)
        blocks.append(Cue(start, end, escaped(row.text), identifier=str(row.id)))
    return Document("", blocks)


def escaped(text: str) -> str:
    """Plain text as WebVTT writes it, so that no character of it is markup or a line of times."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _starts(stream: CaptionStream, spoken: list[CaptionCue]) -> list[int]:
    """When each begins, in ms from the stream's zero. What came late stands where it belongs: not after the next."""
    starts = [milliseconds(stream, row) for row in spoken]
    for at in range(len(starts) - 2, -1, -1):
        starts[at] = min(starts[at], starts[at + 1])
    return starts


def milliseconds(stream: CaptionStream, cue: CaptionCue) -> int:
    """When a cue began, counted from the stream's zero."""
    zero = stream.zero_at or cue.began_at
    return max(0, round((cue.began_at - zero).total_seconds() * 1000))
