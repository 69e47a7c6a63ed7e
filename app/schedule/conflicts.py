"""Sessions that cannot both take place: in one room, or with one speaker, at overlapping times."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, takewhile

from app.events.models import Room, Standing
from app.schedule.models import EventSession
from app.speakers.models import Speaker


@dataclass(frozen=True, slots=True)
class Conflict:
    other: EventSession
    shared: Room | Speaker


def conflicts(sessions: Iterable[EventSession]) -> dict[int, list[Conflict]]:
    """The conflicts of each session, by its number; sessions without any are left out."""
    taking: dict[Room | Speaker, list[EventSession]] = defaultdict(list)
    for session in sessions:
        if session.starts_at is None or session.standing is not Standing.CONFIRMED:
            continue
        if session.room is not None:
            taking[session.room].append(session)
        for speaker in {appearance.speaker for appearance in session.appearances}:
            taking[speaker].append(session)
    found: dict[int, list[Conflict]] = defaultdict(list)
    for shared, those in taking.items():
        for one, other in _overlapping(those):
            found[one.id].append(Conflict(other, shared))
            found[other.id].append(Conflict(one, shared))
    return dict(found)


def _overlapping(sessions: list[EventSession]) -> Iterable[tuple[EventSession, EventSession]]:
    ordered = sorted(sessions, key=lambda session: (session.starts_at, session.id))
    if all(a.ends_at <= b.starts_at for a, b in pairwise(ordered)):  # type: ignore[operator]
        return
    for place, one in enumerate(ordered):
        for other in takewhile(lambda s, end=one.ends_at: s.starts_at < end, ordered[place + 1 :]):  # type: ignore[misc]
            yield one, other
