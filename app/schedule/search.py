"""What the search of the programme reads of a session, and what it looks for."""

import sqlalchemy as sa

from app.lib.text import Translated, plain, searchable
from app.schedule.models import EventSession, FormerSession

LONGEST_SEARCH = 80


def refresh_search(session: EventSession) -> None:
    """Writes down what a session is found by; done with every change to any of it."""
    theme: Translated = session.theme.name if session.theme else {}
    speakers = [appearance.speaker.name for appearance in session.appearances]
    names = [text for value in (session.title, session.subtitle, theme, *speakers) for text in (value or {}).values()]
    abstracts = [plain(text) for text in (session.abstract or {}).values()]
    session.search = searchable(*names, *abstracts)


def asked_for(given: str) -> str:
    """The words of a search as they are compared, whatever was typed or stands in an address."""
    return " ".join(searchable(given).split())[:LONGEST_SEARCH].strip()


def matching(words: str) -> list[sa.ColumnElement[bool]]:
    """Conditions on EventSession: each word stands in what it is found by."""
    return [EventSession.search.contains(word, autoescape=True) for word in words.split()]


def matches(former: FormerSession, words: str) -> bool:
    return all(word in former.search for word in words.split())
