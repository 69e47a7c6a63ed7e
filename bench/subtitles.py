"""Reading and checking the subtitles of two hours, beside the two libraries that people would take for it.

Ours decodes, parses by the standard, repairs and tells by line; the others parse. The check has no like in them.
"""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pysubs2
import webvtt as webvtt_py

from app.languages.formats import checks, intake, profiles, webvtt
from app.languages.formats.webvtt import Cue, Document
from bench.server import ROOT

FOSDEM = ROOT.parent / "shared/data/subtitles/fosdem2024"
TWO_HOURS_MS = 2 * 3600 * 1000
CUES = 2400
ROUNDS = 7


def main() -> None:
    text = two_hours(FOSDEM)
    data = text.encode()
    cues = intake.take_in(data, "en").document.cues
    limits = profiles.limits("netflix", "en")
    print(f"Subtitles of two hours: {len(cues)} cues, {len(data) / 1024:.0f} KB; median of {ROUNDS} rounds")
    ways: dict[str, Callable[[], object]] = {
        "webvtt-py, parse": lambda: webvtt_py.from_buffer(io.StringIO(text)),
        "pysubs2, parse": lambda: pysubs2.SSAFile.from_string(text, format_="vtt"),
        "Polyforum, parse": lambda: webvtt.parse(webvtt.lines_of(text)),
        "Polyforum, taken in: decoded, parsed, repaired, told": lambda: intake.take_in(data, "en"),
        "Polyforum, check": lambda: checks.check(cues, limits, "en"),
        "Polyforum, taken in and checked": lambda: checks.check(intake.take_in(data, "en").document.cues, limits, "en"),
    }
    took = _in_turns(ways)
    for name, seconds in took.items():
        by = ", ".join(f"{seconds / took[other]:5.2f}x {other.partition(',')[0]}" for other in list(ways)[:2])
        print(f"{name:<54}{seconds * 1000:7.1f} CPU-ms  {by}")


def two_hours(folder: Path) -> str:
    """Real subtitles one after the other, or CUES made ones where the project stands alone."""
    found = [webvtt.parse(webvtt.lines_of(path.read_text())).cues for path in sorted(folder.glob("*.vtt"))]
    made = [Cue(n * 3000, n * 3000 + 2900, f"What a library can do,\nand what cue {n} says of it") for n in range(CUES)]
    cues: list[Cue] = []
    for talk in found or [made]:
        start = cues[-1].end_ms if cues else 0
        moved = (Cue(cue.start_ms + start, cue.end_ms + start, cue.text) for cue in talk)
        cues += [cue for cue in moved if cue.end_ms <= TWO_HOURS_MS]
    return webvtt.write(Document(blocks=list(cues)))


def _in_turns(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """CPU seconds of each; in turns, so that other work on the machine falls on all alike."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.process_time()
            way()
            took[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


if __name__ == "__main__":
    main()
