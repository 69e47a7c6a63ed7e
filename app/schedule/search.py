"""What the search of the programme reads of a session."""

from app.lib.text import Translated, plain, searchable
from app.schedule.models import EventSession


def refresh_search(session: EventSession) -> None:
    """Writes down what a session is found by; done with every change to any of it."""
    theme: Translated = session.theme.name if session.theme else {}
    speakers = [appearance.speaker.name for appearance in session.appearances]
    names = [text for value in (session.title, session.subtitle, theme, *speakers) for text in (value or {}).values()]
    abstracts = [plain(text) for text in (session.abstract or {}).values()]
    session.search = searchable(*names, *abstracts)
