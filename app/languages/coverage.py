"""The languages of a whole event at a glance: sessions × languages."""

import enum
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.languages import service
from app.registration.models import Need, NeedKind, Registration, RegistrationState
from app.schedule.models import EventSession, SessionKind


class Way(enum.StrEnum):
    """How a session can be followed in a language. FILE: the subtitles are there, not only promised."""

    FLOOR = "floor"
    INTERPRETATION = "interpretation"
    CAPTIONS = "captions"
    SUBTITLES = "subtitles"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Row:
    session: EventSession
    ways: dict[str, list[Way]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the confirmed people of an event said that they need."""

    ways: dict[str, dict[Way, int]]
    """How many want a language in which way."""
    sign: int
    other: int


@dataclass(frozen=True, slots=True)
class Coverage:
    languages: list[str]
    rows: list[Row]
    demand: Demand

    def provided(self, way: Way, language: str) -> int:
        """In how many sessions a language is available in a way; the subtitles that are there were promised, too."""
        ways = {way, Way.FILE} if way is Way.SUBTITLES else {way}
        return sum(not ways.isdisjoint(row.ways.get(language, ())) for row in self.rows)

    def followable(self, language: str) -> int:
        """In how many sessions somebody can follow in a language."""
        return sum(bool(row.ways.get(language)) for row in self.rows)


def of(event: Event) -> Coverage:
    """Every session but breaks, by time; the event's own languages first."""
    sessions = db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.event_id == event.id, EventSession.kind != SessionKind.BREAK)
        .order_by(EventSession.starts_at.is_(None), EventSession.starts_at, EventSession.id)
    ).all()
    tracks = service.tracks_by_session(row.id for row in sessions)
    files = service.subtitle_languages(row.id for row in sessions)
    rows = []
    for session in sessions:
        ways: dict[str, list[Way]] = defaultdict(list)
        for language in session.languages:
            ways[language].append(Way.FLOOR)
        for track in tracks[session.id]:
            ways[track.language].append(Way(track.kind.value))
        for language in files[session.id]:
            ways[language] = [*(way for way in ways[language] if way is not Way.SUBTITLES), Way.FILE]
        rows.append(Row(session, dict(ways)))
    demand = demand_of(event)
    found = {language for row in rows for language in row.ways} | demand.ways.keys()
    return Coverage([*event.languages, *sorted(found - set(event.languages))], rows, demand)


def demand_of(event: Event) -> Demand:
    asked = db.session.execute(
        sa.select(Need.kind, Need.language, sa.func.count())
        .join(Need.registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Need.kind, Need.language)
    ).all()
    ways: dict[str, dict[Way, int]] = defaultdict(dict)
    beside = {NeedKind.SIGN: 0, NeedKind.OTHER: 0}
    for kind, language, number in asked:
        if kind in beside:
            beside[kind] += number
        else:
            ways[language][Way(kind.value)] = number
    return Demand(dict(ways), beside[NeedKind.SIGN], beside[NeedKind.OTHER])
