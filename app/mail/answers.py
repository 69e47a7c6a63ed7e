"""What a server said of a letter, and how long to wait before it is asked again."""

import hashlib
import re
from datetime import timedelta
from typing import NamedTuple, Self

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
FIRST_PAUSE_ASKED_FOR = timedelta(minutes=5)
"""Of servers that let nobody in at once (greylisting), or not so many: most of them mean five minutes."""
FIRST_PAUSE_WHEN_FULL, LONGEST_PAUSE_WHEN_FULL = timedelta(hours=1), timedelta(hours=8)
"""Of a mailbox that its owner has to empty first."""
JITTER = 8
"""The pause grows by less than this part of it, differently for each letter, so that not all come back at once."""

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
_GREYLISTED = re.compile(r"gr[ae]y", re.IGNORECASE)


class Answer(NamedTuple):
    code: int
    """RFC 5321."""
    subject: int | None
    detail: int | None
    """Of the enhanced code `class.subject.detail` (RFC 3463); None of both where the server gives none."""
    text: str

    @classmethod
    def of(cls, code: int, text: bytes | str) -> Self:
        said = " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())
        found = _ENHANCED.match(said)
        return cls(code, int(found[2]) if found else None, int(found[3]) if found else None, said)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def is_final(self) -> bool:
        return 500 <= self.code < 600

    @property
    def names_bad_address(self) -> bool:
        """Whether a refused RCPT means the mailbox, and not policy, quota or routing."""
        if self.subject is None:
            return self.code in (550, 551, 553)
        # X.1.7 and X.1.8 are about the sender.
        return (self.subject, self.detail) == (2, 1) or (self.subject == 1 and self.detail not in (7, 8))

    @property
    def is_full(self) -> bool:
        return (self.subject, self.detail) == (2, 2)

    @property
    def asks_for_patience(self) -> bool:
        return self.subject == 7 or _GREYLISTED.search(self.text) is not None

    @property
    def slows_domain(self) -> bool:
        """Whether it speaks of all that we send there. Greylisting does not: it looks at each letter by itself."""
        if self.is_final or _GREYLISTED.search(self.text):
            return False
        return self.subject == 7 or (self.code == 421 and self.subject is None)


def pause_after(answer: Answer | None, attempt: int, mark: str) -> timedelta:
    """Twice as long each time, up to a limit. `answer` is None where no server said anything; `mark` names the
    letter."""
    first, longest = FIRST_PAUSE, LONGEST_PAUSE
    if answer is not None and answer.is_full:
        first, longest = FIRST_PAUSE_WHEN_FULL, LONGEST_PAUSE_WHEN_FULL
    elif answer is not None and answer.asks_for_patience:
        first = FIRST_PAUSE_ASKED_FOR
    pause = min(first * 2 ** min(attempt - 1, 20), longest)
    share = int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4]) / 2**32
    return timedelta(seconds=int(pause.total_seconds() * (1 + share / JITTER)))
