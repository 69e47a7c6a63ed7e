"""The columns of the tables that registrations leave and come in by."""

import enum
from collections.abc import Iterable, Mapping
from functools import cache

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.config import LANGUAGES
from app.registration.models import Question


class Column(enum.StrEnum):
    NAME = "name"
    EMAIL = "email"
    COUNTRY = "country"
    LANGUAGE = "language"
    ZONE = "zone"
    STATE = "state"
    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CODE = "code"
    POSITION = "position"
    SESSIONS = "sessions"
    ATTENDED = "attended"
    MINUTES = "minutes"
    NEEDS = "needs"

    @property
    def label(self) -> str:
        return str({
            Column.NAME: _l("Name"), Column.EMAIL: _l("E-mail address"), Column.COUNTRY: _l("Country"),
            Column.LANGUAGE: _l("Language"), Column.ZONE: _l("Time zone"), Column.STATE: _l("State"),
            Column.REGISTERED: _l("Registered"), Column.CONFIRMED: _l("Confirmed"), Column.CANCELLED: _l("Cancelled"),
            Column.CODE: _l("Code"), Column.POSITION: _l("Place on the waiting list"),
            Column.SESSIONS: _l("Booked sessions"), Column.ATTENDED: _l("Attended"),
            Column.MINUTES: _l("Minutes attended"), Column.NEEDS: _l("Language and access needs"),
        }[self])  # fmt: skip


TOLD_ONLY = {
    Column.REGISTERED, Column.CONFIRMED, Column.CANCELLED, Column.CODE, Column.POSITION, Column.ATTENDED,
    Column.MINUTES,
}  # fmt: skip
"""What an import does not take from a table, however it got there."""

Heading = Column | Question


@cache
def _columns() -> Mapping[str, Column]:
    named = {column.value: column for column in Column}
    for language in LANGUAGES:
        with force_locale(language.replace("-", "_")):
            named |= {column.label.casefold(): column for column in Column}
    return named


def heading_of(text: str, questions: Iterable[Question]) -> Heading | None:
    """What a heading means: a column's name or label, or a question's label, in any language; None: nobody knows."""
    sought = " ".join(text.split()).casefold()
    if column := _columns().get(sought):
        return column
    for question in questions:
        if any(" ".join(label.split()).casefold() == sought for label in question.label.values()):
            return question
    return None
