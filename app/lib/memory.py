"""A bounded memory of a process: what was not asked for longest goes first."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar, cast

from cachetools import LRUCache
from flask import current_app

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Each application has its own, so that two databases never answer for each other. Safe with threads."""

    def __init__(self, name: str, most: int, size: Callable[[Value], int] = lambda _value: 1) -> None:
        self._name, self._most, self._size = f"memory:{name}", most, size
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            return self._kept().get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Keeps the value, unless it alone is larger than the whole memory, and returns it."""
        if self._size(value) <= self._most:
            with self._lock:
                self._kept()[key] = value
        return value

    def _kept(self) -> "LRUCache[Key, Value]":
        kept = current_app.extensions.get(self._name)
        if kept is None:
            kept = current_app.extensions[self._name] = LRUCache(self._most, getsizeof=self._size)
        return cast("LRUCache[Key, Value]", kept)
