"""What organisers' words must hold to, for forms."""

from typing import Any

from wtforms import Field, ValidationError

from app.reminders import words


def known_words(_form: Any, field: Field) -> None:
    """A validator of a translated text: its placeholders stand for something."""
    if found := words.faults(field.data or {}):
        raise ValidationError(" ".join(found))
