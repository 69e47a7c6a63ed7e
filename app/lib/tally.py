"""Counting that nobody waits for: each process counts in its memory and writes all of it every few seconds.

A thread of its own writes, so no reader waits for it. What cannot be written waits for the next time; a process that
is killed takes some seconds of figures with it.
"""

import atexit
from collections import Counter
from collections.abc import Callable
from threading import Lock, Timer
from typing import Generic, TypeVar

from flask import Flask, current_app

EVERY = 5.0
"""Seconds between two writings."""

Key = TypeVar("Key")


class Tally(Generic[Key]):
    """Each application has its own. `write` keeps the numbers for good, all or none: it returns whether it did."""

    def __init__(self, name: str, write: Callable[[Counter[Key]], bool]) -> None:
        self._name, self._write = f"tally:{name}", write

    def add(self, key: Key) -> None:
        self._counting().add(key)

    def write(self) -> None:
        """Writes what this process has counted so far, without waiting for the time to come."""
        self._counting().write()

    def _counting(self) -> "_Counting[Key]":
        found: _Counting[Key] | None = current_app.extensions.get(self._name)
        if found is None:
            app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
            found = current_app.extensions.setdefault(self._name, _Counting(app, self._write))
        return found


class _Counting(Generic[Key]):
    """What one process has counted and not yet written."""

    def __init__(self, app: Flask, write: Callable[[Counter[Key]], bool]) -> None:
        self._app, self._write = app, write
        self._lock = Lock()
        self._numbers: Counter[Key] = Counter()
        self._timer: Timer | None = None
        atexit.register(self.write)

    def add(self, key: Key) -> None:
        with self._lock:
            self._numbers[key] += 1
            # A test writes by itself.
            if self._timer is None and not self._app.testing:
                self._timer = Timer(EVERY, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        with self._lock:
            numbers, self._numbers, self._timer = self._numbers, Counter(), None
        if not numbers:
            return
        written = False
        try:
            with self._app.app_context():
                written = self._write(numbers)
        finally:
            if not written:
                with self._lock:
                    self._numbers.update(numbers)
