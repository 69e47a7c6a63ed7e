"""What changed between two revisions, or between one and now: cues added, removed and changed, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from app.languages.formats import webvtt
from app.languages.formats.webvtt import Block, Cue
from app.languages.models import DraftRevision, SubtitleDraft
from app.languages.workbench import contents

_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|[^\w\s]")
"""Scripts that put no space between words are compared by their characters."""


class Piece(NamedTuple):
    text: str
    mark: str = ""
    """`removed` or `added`; empty: the same in both."""


@dataclass(slots=True)
class Row:
    kind: str
    """`added`, `removed` or `changed`."""
    before: Cue | Block | None
    after: Cue | Block | None
    pieces: list[Piece] = field(default_factory=list)
    """The text, with what was removed and added marked."""

    @property
    def cue(self) -> Cue | None:
        """Whose times are shown."""
        block = self.after or self.before
        return block if isinstance(block, Cue) else None

    @property
    def moved(self) -> bool:
        """Whether its times are others than before."""
        before, after = self.before, self.after
        both = isinstance(before, Cue) and isinstance(after, Cue)
        return both and (before.start_ms, before.end_ms) != (after.start_ms, after.end_ms)  # type: ignore[union-attr]

    @property
    def restyled(self) -> bool:
        before, after = self.before, self.after
        both = isinstance(before, Cue) and isinstance(after, Cue)
        return both and (before.settings, before.identifier) != (after.settings, after.identifier)  # type: ignore[union-attr]


class Contents(NamedTuple):
    """Rows of a draft and what they hold, in order."""

    numbers: Sequence[int]
    blocks: Sequence[Cue | Block]


NOTHING = Contents((), ())


def at(revision: DraftRevision) -> Contents:
    return Contents(revision.cue_ids, webvtt.parse(webvtt.lines_of(revision.webvtt)).blocks)


def now(draft: SubtitleDraft) -> Contents:
    rows = contents.rows_of(draft)
    return Contents([row.id for row in rows], [contents.block_of(row) for row in rows])


def between(before: Contents, after: Contents) -> list[Row]:
    """What differs, in order. A cue that changed its place is removed from the one and added at the other."""
    return list(_rows(before, after))


def _rows(before: Contents, after: Contents) -> Iterator[Row]:
    matcher = SequenceMatcher(a=before.numbers, b=after.numbers, autojunk=False)
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            for old, new in zip(before.blocks[left:left_end], after.blocks[right:right_end], strict=True):
                if old != new:
                    yield Row("changed", old, new, words(old.text, new.text))
            continue
        for old in before.blocks[left:left_end]:
            yield Row("removed", old, None, [Piece(old.text, "removed")])
        for new in after.blocks[right:right_end]:
            yield Row("added", None, new, [Piece(new.text, "added")])


def words(before: str, after: str) -> list[Piece]:
    """The one text turned into the other, by words."""
    left, right = _WORD.findall(before), _WORD.findall(after)
    pieces = []
    for tag, start, end, other_start, other_end in SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(left[start:end])))
            continue
        if end > start:
            pieces.append(Piece("".join(left[start:end]), "removed"))
        if other_end > other_start:
            pieces.append(Piece("".join(right[other_start:other_end]), "added"))
    return pieces
