"""What organisers' words must hold to, for forms."""

from collections.abc import Collection
from typing import Any

from wtforms import Field, ValidationError

from app.reminders import words


def known_words(_form: Any, field: Field) -> None:
    """A validator of a translated text: its placeholders stand for something."""
    _check(field, tuple(words.WORDS))


def known_words_in_a_line(_form: Any, field: Field) -> None:
    """The same of a subject, which holds no private link."""
    _check(field, words.IN_A_LINE)


def _check(field: Field, known: Collection[str]) -> None:
    if found := words.faults(field.data or {}, known):
        raise ValidationError(" ".join(found))
