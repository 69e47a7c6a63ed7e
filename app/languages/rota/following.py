"""The rota follows what happens to sessions and tracks, in the same transaction."""

from datetime import datetime

from app.languages.models import LanguageTrack
from app.languages.rota import turns
from app.languages.signals import track_fell_through
from app.schedule.models import EventSession
from app.schedule.signals import session_moved


@session_moved.connect
def _session_moved(session: EventSession, *, previous: tuple[datetime | None, datetime | None]) -> None:
    turns.follow(session, previous)


@track_fell_through.connect
def _track_fell_through(track: LanguageTrack, **_how: object) -> None:
    turns.clear(track)
