"""Letters of one batch are written from the facts of one moment, so what they share is read once.

An upper room says with `read_ahead` how the rows that many letters need come in one query, and with `shared` which of
its functions give the same for many letters. Outside a batch nothing is remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from app.mail.models import Letter

P = ParamSpec("P")
T = TypeVar("T")
Reader = Callable[[Sequence[Letter]], Iterable[object]]

_UNKNOWN = object()
_readers: list[Reader] = []
_remembered: ContextVar[dict[object, Any] | None] = ContextVar("facts of a batch", default=None)


def read_ahead(reader: Reader) -> Reader:
    """Registers what reads rows that the letters of a batch will ask the session for, from what their payloads say."""
    _readers.append(reader)
    return reader


def shared(function: Callable[P, T]) -> Callable[P, T]:
    """Asked again by a letter of the same batch, the function gives what it gave. Its arguments are hashable."""

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _remembered.get()
        if known is None:
            return function(*args, **kwargs)
        asked = (function, args, tuple(kwargs.items()))
        answer: T = known.get(asked, _UNKNOWN)
        if answer is _UNKNOWN:
            answer = known[asked] = function(*args, **kwargs)
        return answer

    return ask


def beside(letter: Letter) -> tuple[Letter, ...]:
    """The letters that are written from the facts of the same moment, this one among them."""
    known = _remembered.get()
    return known["letters"] if known else (letter,)


@contextmanager
def of_one_moment(letters: Sequence[Letter]) -> Iterator[None]:
    """While it lasts, rows that were read stay in the session, and shared answers are remembered."""
    read = [list(reader(letters)) for reader in _readers]
    token = _remembered.set({"read": read, "letters": tuple(letters)})
    try:
        yield
    finally:
        _remembered.reset(token)
