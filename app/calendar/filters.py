"""What a reader chose to see of an event's programme: the choice of its page (`site.choice`), as far as a calendar has
days and hours of its own."""

from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from app.events.models import Event, Theme
from app.extensions import db
from app.languages.service import sessions_followable_in
from app.lib.tags import base_language
from app.lib.text import language_name, pick
from app.lib.urls import interface_language
from app.schedule import search
from app.schedule.models import EventSession, FormerSession


class UnknownTheme(LookupError):  # noqa: N818 - a rule of the house
    """The event has no theme of this name."""


class Asked(NamedTuple):
    """What an address asks for, normalised, but not looked up yet."""

    theme: str = ""
    language: str = ""
    """In which the sessions can be followed."""
    search: str = ""

    def parameters(self) -> dict[str, str]:
        """As they stand in an address, of the feed as of the page."""
        said = {"theme": self.theme, "language": self.language, "q": self.search}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Filter:
    event: Event
    asked: Asked
    theme: Theme | None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """On EventSession, which they hold to the event."""
        wanted = [EventSession.event_id == self.event.id, *search.matching(self.asked.search)]
        if self.theme:
            wanted.append(EventSession.theme_id == self.theme.id)
        if self.asked.language:
            wanted.append(EventSession.id.in_(sessions_followable_in(self.event, self.asked.language)))
        return wanted

    def shows(self, former: FormerSession) -> bool:
        """The same of a session that left the programme, by what it was then."""
        if self.theme and former.theme_id != self.theme.id:
            return False
        base = base_language(self.asked.language)
        if base and base not in {base_language(tag) for tag in former.languages}:
            return False
        return search.matches(former, self.asked.search)

    def names(self, language: str) -> list[str]:
        """What it is called in the name of a calendar, for who reads `language`."""
        asked = self.asked
        return [
            *([pick(self.theme.name, (language,)).text] if self.theme else []),
            *([language_name(asked.language, interface_language(language))] if asked.language else []),
            *([f"“{asked.search}”"] if asked.search else []),
        ]


def filter_of(event: Event, asked: Asked) -> Filter:
    """Raises UnknownTheme."""
    theme = None
    if asked.theme:
        theme = db.session.scalar(sa.select(Theme).where(Theme.event_id == event.id, Theme.slug == asked.theme))
        if theme is None:
            raise UnknownTheme(asked.theme)
    return Filter(event, asked, theme)
