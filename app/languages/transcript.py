"""What was said, to be read without the video: cues joined into paragraphs."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.languages.formats import cue_text
from app.languages.formats.webvtt import Cue

PAUSE_MS = 2000
LONG = 600
"""Characters after which the end of a sentence ends the paragraph too: automatic subtitles know no pause."""
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", "։", '."', ".”", ".»")


@dataclass(slots=True)
class Paragraph:
    start_ms: int
    text: str
    speaker: str = ""

    @property
    def time(self) -> str:
        return time(self.start_ms)


def time(milliseconds: int) -> str:
    """`2:05` or `1:02:05`, as players show it."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def paragraphs(cues: Iterable[Cue]) -> list[Paragraph]:
    """A new one begins after a pause, with another speaker, or after a sentence when the last has grown long."""
    found: list[Paragraph] = []
    end_ms = 0
    speaker = ""
    for cue in sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)):
        text = " ".join(cue_text.plain(cue.text).split())
        if not text:
            continue
        said_by = cue_text.voice(cue.text) or speaker
        last = found[-1] if found else None
        if last is None or said_by != speaker or cue.start_ms - end_ms >= PAUSE_MS or _is_long(last.text):
            found.append(Paragraph(cue.start_ms, text, said_by if said_by != speaker else ""))
        else:
            last.text += _between(last.text, text) + text
        speaker, end_ms = said_by, max(end_ms, cue.end_ms)
    return found


def as_text(found: Iterable[Paragraph]) -> str:
    return "\n\n".join(f"{part.speaker}: {part.text}" if part.speaker else part.text for part in found) + "\n"


def _is_long(text: str) -> bool:
    return len(text) > LONG and (text.endswith(_SENTENCE_ENDS) or len(text) > 3 * LONG)


def _between(left: str, right: str) -> str:
    """No space between two characters of a script that writes none."""
    return "" if _is_east_asian(left[-1]) and _is_east_asian(right[0]) else " "


def _is_east_asian(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
