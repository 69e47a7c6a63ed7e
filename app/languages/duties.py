"""What members of the language team do at which hour: who has turns in a track, or is responsible for it.

Turns are a draft of the organisers until the rota was told, and until then nobody finds any here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, Linguist, Rota, TrackKind, TrackState, Turn
from app.lib import clock
from app.schedule.models import EventSession

LIVE = (TrackKind.INTERPRETATION, TrackKind.CAPTIONS, TrackKind.SIGN)
"""What happens at the hour of the session. Subtitles are made when there is time."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's part in one track."""

    linguist: Linguist
    track: LanguageTrack
    turns: Sequence[Turn]
    """All of the track, in the order of time: whoever interprets needs those of the others, too."""

    @property
    def session(self) -> EventSession:
        return self.track.session

    @property
    def own(self) -> list[Turn]:
        """Those in which the person speaks or sits beside."""
        return [turn for turn in self.turns if self.linguist.id in (turn.linguist_id, turn.partner_id)]

    @property
    def starts_at(self) -> datetime:
        """From the first own turn on; without turns the whole session."""
        starts_at = min((turn.starts_at for turn in self.own), default=self.session.starts_at)
        assert starts_at is not None  # noqa: S101 - there is no duty in a session without time
        return starts_at

    @property
    def ends_at(self) -> datetime:
        ends_at = max((turn.ends_at for turn in self.own), default=self.session.ends_at)
        assert ends_at is not None  # noqa: S101 - see above
        return ends_at

    @property
    def beside(self) -> list[Linguist]:
        """With whom the booth is shared."""
        people = {person.id: person for turn in self.own for person in (turn.linguist, turn.partner) if person}
        return [person for number, person in people.items() if number != self.linguist.id]

    @property
    def stands(self) -> bool:
        """Neither the session nor the language is called off."""
        return self.track.is_offered and self.session.takes_place


def is_told(event: Event) -> bool:
    rota = db.session.get(Rota, event.id)
    return rota is not None and rota.told_at is not None


def of(linguist: Linguist) -> list[Duty]:
    """What one person does, by time."""
    return _found(
        turns_in=sa.or_(Turn.linguist_id == linguist.id, Turn.partner_id == linguist.id),
        tracks=LanguageTrack.linguist_id == linguist.id, only=linguist.id,
    )  # fmt: skip


def in_session(session: EventSession) -> list[Duty]:
    of_session = LanguageTrack.session_id == session.id
    return _found(turns_in=Turn.track_id.in_(sa.select(LanguageTrack.id).where(of_session)), tracks=of_session)


def between(start: datetime, end: datetime) -> list[Duty]:
    """What begins at these hours, in all events."""
    sessions = sa.select(EventSession.id).where(EventSession.starts_at.between(start, end))
    return _found(turns_in=Turn.starts_at.between(start, end), tracks=LanguageTrack.session_id.in_(sessions))


@dataclass(frozen=True, slots=True)
class Load:
    """How much somebody has been given, told or not."""

    speaking: timedelta
    tracks: int
    """That they are responsible for."""


def loads(event: Event) -> dict[int, Load]:
    """Of those of the team who have anything to do."""
    speaking: dict[int, timedelta] = defaultdict(timedelta)
    tracks: dict[int, int] = defaultdict(int)
    for number, starts_at, ends_at in db.session.execute(
        sa.select(Turn.linguist_id, Turn.starts_at, Turn.ends_at)
        .join(Turn.linguist)
        .where(Linguist.event_id == event.id)
    ):
        speaking[number] += ends_at - starts_at
    for number in db.session.scalars(
        sa.select(Linguist.id)
        .join(LanguageTrack, LanguageTrack.linguist_id == Linguist.id)
        .where(Linguist.event_id == event.id, LanguageTrack.state != TrackState.FAILED)
    ):
        tracks[number] += 1
    return {number: Load(speaking[number], tracks[number]) for number in {*speaking, *tracks}}


def desks(event: Event) -> Sequence[LanguageTrack]:
    """What is captioned live in an event and is not over yet, by time."""
    return db.session.scalars(
        sa.select(LanguageTrack)
        .join(LanguageTrack.session)
        .where(
            EventSession.event_id == event.id, LanguageTrack.kind == TrackKind.CAPTIONS,
            EventSession.standing == Standing.CONFIRMED,
            LanguageTrack.state != TrackState.FAILED,
            sa.or_(EventSession.ends_at.is_(None), EventSession.ends_at > clock.ago(hours=12)),
        )
        .order_by(EventSession.starts_at.is_(None), EventSession.starts_at, LanguageTrack.language)
        .options(orm.contains_eager(LanguageTrack.session))
    ).all()  # fmt: skip


def _found(turns_in: sa.ColumnElement[bool], tracks: sa.ColumnElement[bool], only: int | None = None) -> list[Duty]:
    people: dict[int, dict[int, Linguist]] = defaultdict(dict)
    of_track = {track.id: track for track in _tracks(tracks)}
    for track in of_track.values():
        if track.linguist and track.session.starts_at:
            people[track.id][track.linguist.id] = track.linguist
    turns: dict[int, list[Turn]] = defaultdict(list)
    for turn in _turns(turns_in):
        turns[turn.track_id].append(turn)
        of_track[turn.track_id] = turn.track
        for person in (turn.linguist, turn.partner):
            if person:
                people[turn.track_id][person.id] = person
    duties = [
        Duty(person, of_track[number], turns[number])
        for number, persons in people.items() for person in persons.values()
        if only in (None, person.id)
    ]  # fmt: skip
    return sorted(duties, key=lambda duty: (duty.starts_at, duty.track.id, duty.linguist.id))


def _tracks(condition: sa.ColumnElement[bool]) -> Sequence[LanguageTrack]:
    return db.session.scalars(
        sa.select(LanguageTrack)
        .where(condition, LanguageTrack.linguist_id.is_not(None), LanguageTrack.kind.in_(LIVE))
        .options(
            orm.joinedload(LanguageTrack.session).joinedload(EventSession.event),
            orm.joinedload(LanguageTrack.linguist), orm.joinedload(LanguageTrack.booth),
        )
    ).all()  # fmt: skip


def _turns(condition: sa.ColumnElement[bool]) -> Sequence[Turn]:
    """All turns of the tracks in which any fits the condition, where the rota was told."""
    tracks = (
        sa.select(Turn.track_id)
        .join(Turn.track).join(LanguageTrack.session).join(Rota, Rota.event_id == EventSession.event_id)
        .where(condition, Rota.told_at.is_not(None))
    )  # fmt: skip
    return db.session.scalars(
        sa.select(Turn)
        .where(Turn.track_id.in_(tracks))
        .order_by(Turn.starts_at, Turn.id)
        .options(
            orm.joinedload(Turn.linguist), orm.joinedload(Turn.partner),
            orm.joinedload(Turn.track).joinedload(LanguageTrack.session).joinedload(EventSession.event),
            orm.joinedload(Turn.track).joinedload(LanguageTrack.booth),
        )
    ).all()  # fmt: skip
