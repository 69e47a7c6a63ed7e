"""Letters of one batch are written from the facts of one moment, so what they share is read once.

An upper room says with `loads` how the rows that payloads name come in one query, and with `shared` which of its
functions give the same for many letters. Outside a batch nothing is remembered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from app.mail.models import Letter

P = ParamSpec("P")
T = TypeVar("T")
Loader = Callable[[Sequence[int]], Iterable[object]]

_loaders: dict[str, Loader] = {}
_remembered: ContextVar[dict[object, Any] | None] = ContextVar("facts of a batch", default=None)


def loads(*names: str) -> Callable[[Loader], Loader]:
    """Registers what reads the rows whose numbers stand in payloads under these names."""

    def register(loader: Loader) -> Loader:
        _loaders.update(dict.fromkeys(names, loader))
        return loader

    return register


def shared(function: Callable[P, T]) -> Callable[P, T]:
    """Asked again by a letter of the same batch, the function gives what it gave. Its arguments are hashable."""

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _remembered.get()
        if known is None:
            return function(*args, **kwargs)
        asked = (function, args, tuple(kwargs.items()))
        if asked not in known:
            known[asked] = function(*args, **kwargs)
        answer: T = known[asked]
        return answer

    return ask


@contextmanager
def of_one_moment(letters: Iterable[Letter]) -> Iterator[None]:
    """While it lasts, rows that were read stay in the session, and shared answers are remembered."""
    wanted: dict[Loader, set[int]] = defaultdict(set)
    for letter in letters:
        for name, value in letter.payload.items():
            if name in _loaders and isinstance(value, int):
                wanted[_loaders[name]].add(value)
    rows = [list(loader(sorted(numbers))) for loader, numbers in wanted.items()]
    token = _remembered.set({"rows": rows})
    try:
        yield
    finally:
        _remembered.reset(token)
