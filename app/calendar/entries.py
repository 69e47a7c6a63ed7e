"""What calendars are made from: the scheduled sessions of public events, and all that their entries show.

Rows and not entities, and the same few statements however many sessions there are. Finding which sessions a calendar
has (`slots`) is apart from reading what they show (`entries`), since most were written before and have not changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventState, Room, Standing, Theme
from app.extensions import db
from app.languages.models import LanguageTrack, TrackState
from app.lib import clock
from app.lib.text import Translated
from app.schedule import standing
from app.schedule.models import Appearance, EventSession, SessionKind
from app.speakers.models import Speaker

_SLOT = (
    EventSession.id, EventSession.event_id, EventSession.starts_at, EventSession.ends_at, EventSession.standing,
    EventSession.sequence, EventSession.changed_at,
)  # fmt: skip
_SESSION = (
    EventSession.id, EventSession.slug, EventSession.guid, EventSession.kind, EventSession.title,
    EventSession.subtitle, EventSession.abstract, EventSession.languages, EventSession.starts_at,
    EventSession.ends_at, EventSession.standing, EventSession.standing_reason, EventSession.join_url,
    EventSession.join_phone, EventSession.join_passcode, EventSession.capacity, EventSession.sequence,
    EventSession.changed_at, Theme.name.label("theme"), Room.name.label("room"),
)  # fmt: skip
_TRACK = LanguageTrack.session_id, LanguageTrack.kind, LanguageTrack.language, LanguageTrack.url

AnyRow = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """One session's place in a calendar."""

    id: int
    event: Event
    starts_at: datetime
    """In the event's zone, as `ends_at`."""
    ends_at: datetime
    standing: Standing
    """The event's as a whole weighs on each of its sessions."""
    sequence: int
    changed_at: datetime

    @property
    def is_gone(self) -> bool:
        """A cancelled session is marked while its event lasts, and no longer."""
        return self.standing is Standing.CANCELLED and clock.now() >= self.kept_until

    @property
    def kept_until(self) -> datetime:
        return max(self.event.over_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as a calendar shows it."""

    slot: Slot
    session: AnyRow
    """The columns of `_SESSION`."""
    people: list[Translated]
    tracks: list[AnyRow]
    """The columns of `_TRACK`, by language."""

    @property
    def event(self) -> Event:
        return self.slot.event

    @property
    def standing(self) -> Standing:
        return self.slot.standing

    @property
    def standing_reason(self) -> Translated:
        own, event = self.session, self.event
        return standing.reason(own.standing, own.standing_reason, event.standing, event.standing_reason)

    @property
    def is_break(self) -> bool:
        return self.session.kind is SessionKind.BREAK


def slots(*conditions: sa.ColumnElement[bool]) -> list[Slot]:
    """In the order of time. The conditions are on EventSession and Event."""
    rows: Sequence[AnyRow] = db.session.execute(
        sa.select(*_SLOT)
        .join(Event, Event.id == EventSession.event_id)
        .where(Event.state != EventState.DRAFT, EventSession.starts_at.is_not(None), *conditions)
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    found = db.session.scalars(sa.select(Event).where(Event.id.in_({row.event_id for row in rows})))
    events = {event.id: (event, event.tzinfo, event.standing) for event in found}
    slots = []
    for id_, event_id, starts_at, ends_at, own, sequence, changed_at in rows:
        event, zone, of_event = events[event_id]
        weighed = standing.heavier(own, of_event)
        slots.append(Slot(
            id_, event, starts_at.astimezone(zone), ends_at.astimezone(zone), weighed, sequence, changed_at
        ))  # fmt: skip
    return slots


def entries(slots: Iterable[Slot]) -> list[Entry]:
    """In the order of the slots."""
    wanted = {slot.id: slot for slot in slots}
    if not wanted:
        return []
    sessions = {row.id: row for row in db.session.execute(
        sa.select(*_SESSION)
        .outerjoin(Theme, Theme.id == EventSession.theme_id)
        .outerjoin(Room, Room.id == EventSession.room_id)
        .where(EventSession.id.in_(wanted))
    )}  # fmt: skip
    people: dict[int, list[Translated]] = defaultdict(list)
    for session_id, name in db.session.execute(
        sa.select(Appearance.session_id, Speaker.name)
        .join(Speaker, Speaker.id == Appearance.speaker_id)
        .where(Appearance.session_id.in_(wanted))
        .order_by(Appearance.session_id, Appearance.position, Appearance.id)
    ):
        if name not in people[session_id]:
            people[session_id].append(name)
    tracks: dict[int, list[AnyRow]] = defaultdict(list)
    for track in db.session.execute(
        sa.select(*_TRACK)
        .where(LanguageTrack.session_id.in_(wanted), LanguageTrack.state != TrackState.FAILED)
        .order_by(LanguageTrack.session_id, LanguageTrack.language, LanguageTrack.kind)
    ):
        tracks[track.session_id].append(track)
    return [
        Entry(slot, sessions[slot.id], people.get(slot.id, []), tracks.get(slot.id, []))
        for slot in wanted.values()
        if slot.id in sessions
    ]
