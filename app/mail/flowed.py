"""Paragraphs in lines that fit any screen, and that readers may join again: text/plain with format=flowed (RFC 3676).

Lines are broken at spaces alone, so that an address stays whole however long it is, as does what is written without
spaces.
"""

import re
from collections.abc import Iterator

LONGEST = 76
"""Characters of a line, its last space counted; RFC 3676 4.2 wishes for 78, and answers put marks before it."""

SIGNATURE = "-- "
_QUOTED = re.compile(r"(?:> ?)+")
_BEGINNING = re.compile(r" *(?:(?:-|\d+\.) +)?")
"""Blanks and the mark of a list's item, after which no line ends."""


def flowed(text: str) -> str:
    return "\n".join(piece for line in text.split("\n") for piece in _pieces(line))


def _pieces(line: str) -> Iterator[str]:
    """The line itself where it is short; else pieces that end in a space, but for the last."""
    if line == SIGNATURE or (len(line) <= LONGEST and not line.startswith((" ", ">", "From "))):
        yield line
        return
    quoted = _QUOTED.match(line)
    marks = ">" * quoted[0].count(">") if quoted else ""
    rest = line[quoted.end() if quoted else 0 :].rstrip()
    room = LONGEST - len(marks) - 1
    beginning = _BEGINNING.match(rest)
    begins = beginning.end() if beginning else 0
    while len(rest) > room:
        end = rest.rfind(" ", begins, room) + 1 or rest.find(" ", room) + 1
        if not end:
            break
        yield _stuffed(marks, rest[:end])
        rest, begins = rest[end:], 0
    yield _stuffed(marks, rest)


def _stuffed(marks: str, piece: str) -> str:
    """With the space that readers take away again, where a line would begin like something else (RFC 3676 4.4)."""
    needs_it = piece.startswith((" ", ">", "From ")) or piece == SIGNATURE
    return f"{marks} {piece}" if needs_it or (marks and piece) else f"{marks}{piece}"
