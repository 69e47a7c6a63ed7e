"""In which languages an audience reads, and in which of them each will get what is written."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.lib.tags import base_language
from app.lib.text import Translated, pick
from app.reminders import audiences
from app.reminders.audiences import Audience


@dataclass(frozen=True, slots=True)
class Readers:
    language: str
    number: int
    gets: str
    """The language in which they get it; empty while nothing is written."""

    @property
    def is_foreign(self) -> bool:
        return base_language(self.gets) != base_language(self.language)


def readers_of(event: Event, audience: Audience, written: Iterable[str]) -> list[Readers]:
    """By their number, the largest first; `written`: the languages in which the text exists, its original first."""
    text: Translated = {language: language for language in written}
    return [
        Readers(language, number, pick(text, (language,)).language) for language, number in _counted(event, audience)
    ]


def written_in(subject: Translated, text: Translated) -> list[str]:
    """The languages in which both exist, the original first."""
    return [language for language in text if text[language] and subject.get(language)]


def _counted(event: Event, audience: Audience) -> list[tuple[str, int]]:
    rows = audiences.query(event, audience).order_by(None).subquery()
    language = sa.func.coalesce(sa.func.nullif(rows.c.language, ""), event.language)
    number = sa.func.count(sa.distinct(sa.func.lower(rows.c.email)))
    counted = (
        sa.select(language.label("reads"), number)
        .where(rows.c.email != "", rows.c.email.is_not(None))
        .group_by("reads")
        .order_by(number.desc(), "reads")
    )
    return [(row[0], row[1]) for row in db.session.execute(counted)]
