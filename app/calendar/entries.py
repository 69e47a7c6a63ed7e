"""What calendar entries are written from: the scheduled sessions of public events, with all that an entry shows.

Rows and not entities, and the same few statements however many sessions there are.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventState, Room, Standing, Theme
from app.extensions import db
from app.languages.models import LanguageTrack
from app.lib import clock
from app.lib.text import Translated
from app.schedule.models import Appearance, EventSession, SessionKind
from app.speakers.models import Speaker

_SESSION = (
    EventSession.id, EventSession.event_id, EventSession.slug, EventSession.guid, EventSession.kind,
    EventSession.title, EventSession.subtitle, EventSession.abstract, EventSession.languages,
    EventSession.starts_at, EventSession.ends_at, EventSession.standing, EventSession.standing_reason,
    EventSession.join_url, EventSession.join_phone, EventSession.join_passcode,
    EventSession.sequence, EventSession.changed_at,
    Theme.name.label("theme"), Room.name.label("room"),
)  # fmt: skip
_TRACK = LanguageTrack.session_id, LanguageTrack.kind, LanguageTrack.language, LanguageTrack.url

AnyRow = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as a calendar shows it."""

    event: Event
    session: AnyRow
    """The columns of `_SESSION`."""
    people: list[Translated]
    tracks: list[AnyRow]
    """The columns of `_TRACK`, by language."""

    @property
    def starts_at(self) -> datetime:
        return self.session.starts_at  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime:
        return self.session.ends_at  # type: ignore[no-any-return]

    @property
    def standing(self) -> Standing:
        """The event's as a whole weighs on each of its sessions."""
        both = self.event.standing, self.session.standing
        return next((s for s in (Standing.CANCELLED, Standing.POSTPONED) if s in both), Standing.CONFIRMED)

    @property
    def standing_reason(self) -> Translated:
        said: Translated = self.session.standing_reason
        return said if self.session.standing is self.standing and said else self.event.standing_reason

    @property
    def is_break(self) -> bool:
        return self.session.kind is SessionKind.BREAK

    @property
    def is_gone(self) -> bool:
        """A cancelled session is marked while its event lasts, and no longer."""
        return self.standing is Standing.CANCELLED and clock.now() >= self.event.over_at


def entries(*conditions: sa.ColumnElement[bool]) -> list[Entry]:
    """In the order of time. The conditions are on EventSession and Event."""
    chosen = [Event.state != EventState.DRAFT, EventSession.starts_at.is_not(None), *conditions]
    sessions = db.session.execute(
        sa.select(*_SESSION)
        .join(Event, Event.id == EventSession.event_id)
        .outerjoin(Theme, Theme.id == EventSession.theme_id)
        .outerjoin(Room, Room.id == EventSession.room_id)
        .where(*chosen)
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    if not sessions:
        return []
    events = {event.id: event for event in db.session.scalars(
        sa.select(Event).where(Event.id.in_({session.event_id for session in sessions}))
    )}  # fmt: skip
    of_these = sa.select(EventSession.id).join(Event, Event.id == EventSession.event_id).where(*chosen)
    people: dict[int, list[Translated]] = defaultdict(list)
    for session_id, name in db.session.execute(
        sa.select(Appearance.session_id, Speaker.name)
        .join(Speaker, Speaker.id == Appearance.speaker_id)
        .where(Appearance.session_id.in_(of_these))
        .order_by(Appearance.session_id, Appearance.position, Appearance.id)
    ):
        if name not in people[session_id]:
            people[session_id].append(name)
    tracks: dict[int, list[AnyRow]] = defaultdict(list)
    for track in db.session.execute(
        sa.select(*_TRACK)
        .where(LanguageTrack.session_id.in_(of_these))
        .order_by(LanguageTrack.session_id, LanguageTrack.language, LanguageTrack.kind)
    ):
        tracks[track.session_id].append(track)
    return [
        Entry(events[session.event_id], session, people.get(session.id, []), tracks.get(session.id, []))
        for session in sessions
    ]
