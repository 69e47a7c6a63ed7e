"""Letters that differ between their readers in a name and in private links alone: written once for all in a batch."""

import unicodedata
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.lib.present import page_language
from app.lib.text import one_line
from app.mail.facts import shared
from app.mail.rendering import Content
from app.mail.stencils import NAME, NAME_FROM_THE_RIGHT, stand_in
from app.registration.models import Purpose
from app.reminders.recipients import Recipient
from app.reminders.words import runs_from_the_right

PRIVATE = (Purpose.PAGE, Purpose.JOIN, Purpose.UNSUBSCRIBE)
"""The links that stand in letters."""


class ToSomebody(Protocol):
    """A letter to be, a data class: what it is about, and its reader."""

    @property
    def to(self) -> Recipient: ...


T = TypeVar("T", bound=ToSomebody)


@dataclass(frozen=True, slots=True)
class Anybody:
    """In the place of the registrations of all who are written to alike."""

    held_until: datetime | None

    def token(self, purpose: Purpose) -> str:
        return stand_in(purpose)


def written(frame: T, write: Callable[..., Content], *about: Hashable) -> Content:
    """What `write(frame, *about)` gives, if of the reader it asks no more than what `Anybody` has."""
    registration, name = frame.to.registration, _name_like(frame.to.person.name)
    if registration is None or not name:
        return write(frame, *about)
    person = replace(frame.to.person, number=0, email="", name=name)
    anybody = replace(frame.to, person=person, registration=None, anybody=Anybody(registration.held_until))
    own = {stand_in(purpose): registration.token(purpose) for purpose in PRIVATE} | {name: frame.to.person.name}
    return _written(write, replace(frame, to=anybody), page_language(), *about).made_out(own)  # type: ignore[type-var]


@shared
def _written(write: Callable[..., Content], frame: Any, _language: str, *about: Hashable) -> Content:
    return write(frame, *about)


def _name_like(name: str) -> str:
    """What stands for a name. Empty when it is none that any text takes for a word like another: then its letter is
    written for itself."""
    if not name or name != one_line(name) or not (name[0].isalpha() and unicodedata.category(name[-1])[0] in "LMN"):
        return ""
    if not any(map(runs_from_the_right, name)):
        return NAME
    return NAME_FROM_THE_RIGHT if all(runs_from_the_right(c) for c in name if c.isalpha()) else ""
