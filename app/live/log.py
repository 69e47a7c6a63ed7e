"""What is said of one stream, once for all who follow it."""

import threading
import time
from bisect import bisect_right


class Viewer:
    """A connection that follows a stream: the events up to `at` were sent, and of the next one `sent` bytes."""

    __slots__ = ("at", "descriptor", "sent", "stuck_since")

    def __init__(self, descriptor: int, at: int) -> None:
        self.descriptor, self.at = descriptor, at
        self.sent = 0
        self.stuck_since = 0.0


class Log:
    """What there is to say of one stream: the last change of each cue, in the order of the changes."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.versions: list[int] = []
        self.viewers: set[Viewer] = set()
        self.stuck: set[Viewer] = set()
        self.left_at = time.monotonic()
        self.is_read = False
        self.reading = threading.Lock()
        self._place: dict[int, int] = {}

    @property
    def version(self) -> int:
        return self.versions[-1] if self.versions else 0

    def after(self, version: int) -> int:
        """The place of the first event later than a version."""
        return bisect_right(self.versions, version)

    def add(self, cue: int, version: int, event: bytes) -> None:
        if version <= self.version:
            return  # Two who looked at once have read the same.
        if (before := self._place.get(cue)) is not None and all(
            viewer.at != before or not viewer.sent for viewer in self.stuck
        ):
            self.events[before] = b""  # Nobody needs what this one replaces.
        self._place[cue] = len(self.events)
        self.events.append(event)
        self.versions.append(version)
