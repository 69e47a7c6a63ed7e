"""When the speakers and the language team of an event are busy: there, and in other events of this site.

Somebody who speaks here and interprets there is one person, known by account or e-mail address. Of other events it is
told that somebody is busy, and not with what.
"""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import orm

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.languages.duties import LIVE
from app.languages.models import LanguageTrack, Linguist, Rota, TrackState, Turn
from app.lib.present import chosen
from app.people.models import Account
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker

AROUND = timedelta(days=1)
"""How far before and after the event others are looked at: their days may lie in another zone."""

Span = tuple[datetime, datetime]


class Part(enum.StrEnum):
    SPEAKS = "speaks"
    WORKS = "works"  # In the language team.
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return str({
            Part.SPEAKS: _l("speaks"), Part.WORKS: _l("language team"), Part.ELSEWHERE: _l("busy elsewhere"),
        }[self])  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Engagement:
    starts_at: datetime
    ends_at: datetime
    part: Part
    number: int
    """Of the session, or of the track in it, so that two at one time are two."""
    session: EventSession | None = field(default=None, compare=False)
    """None: another event's."""
    is_draft: bool = field(default=False, compare=False)
    """Of a rota that the interpreters were not told yet."""

    @property
    def span(self) -> Span:
        return self.starts_at, self.ends_at


@dataclass(slots=True)
class Person:
    key: str
    """Names them in addresses: `speaker-12`, `linguist-5`."""
    name: str
    email: str
    zone: str
    engagements: list[Engagement]
    """By time."""
    available: list[Span]
    """When they can work; empty: always."""

    @property
    def clashes(self) -> list[tuple[Engagement, Engagement]]:
        """Pairs that cannot both be."""
        return [(one, other) for one, other in combinations(self.engagements, 2) if overlap(one.span, other.span)]

    def is_away(self, span: Span) -> bool:
        """Whether they can work at no moment of it."""
        return bool(self.available) and not any(overlap(span, each) for each in self.available)


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def people(event: Event) -> list[Person]:
    """Everyone who speaks or is in the language team, by name, with or without anything to do."""
    groups = _same(_roles(Speaker.event_id == event.id, Linguist.event_id == event.id))
    engaged = _engagements(Speaker.event_id == event.id, Linguist.event_id == event.id)
    elsewhere = _elsewhere(event, groups)
    found = []
    for roles in groups:
        own = {each for role in roles for each in engaged.get(role.key, ())}
        others = {each for mark in _marks(roles) for each in elsewhere.get(mark, ())}
        first, linguists = roles[0], [role.row for role in roles if isinstance(role.row, Linguist)]
        found.append(Person(
            first.key, first.name, next((role.email for role in roles if role.email), ""),
            next((role.zone for role in roles if role.zone), event.zone), sorted(own | others),
            [(each.starts_at, each.ends_at) for linguist in linguists for each in linguist.availability],
        ))  # fmt: skip
    return sorted(found, key=lambda person: (person.name.casefold(), person.key))


# Who is who.


@dataclass(frozen=True, slots=True)
class _Role:
    row: Speaker | Linguist
    account: Account | None

    @property
    def key(self) -> str:
        return f"{'speaker' if isinstance(self.row, Speaker) else 'linguist'}-{self.row.id}"

    @property
    def name(self) -> str:
        return chosen(self.row.name) if isinstance(self.row, Speaker) else self.row.name

    @property
    def email(self) -> str:
        return self.row.email or (self.account.email if self.account else "")

    @property
    def zone(self) -> str:
        return self.row.zone or (self.account.zone if self.account else "")

    @property
    def marks(self) -> set[str]:
        """By which they are known again."""
        addresses = {self.row.email.lower(), self.account.email.lower() if self.account else ""} - {""}
        return addresses or {self.key}


def _roles(speakers: sa.ColumnElement[bool], linguists: sa.ColumnElement[bool]) -> list[_Role]:
    rows: list[Speaker | Linguist] = [
        *db.session.scalars(sa.select(Speaker).where(speakers).options(orm.joinedload(Speaker.account))),
        *db.session.scalars(
            sa.select(Linguist).where(linguists)
            .options(orm.joinedload(Linguist.account), orm.selectinload(Linguist.availability))
        ),
    ]  # fmt: skip
    return [_Role(row, row.account) for row in rows]


def _same(roles: Iterable[_Role]) -> list[list[_Role]]:
    """Roles of one person together."""
    groups: list[list[_Role]] = []
    for role in roles:
        known = [group for group in groups if _marks(group) & role.marks]
        groups = [group for group in groups if group not in known]
        groups.append([*(each for group in known for each in group), role])
    return groups


def _marks(roles: Iterable[_Role]) -> set[str]:
    return {mark for role in roles for mark in role.marks}


# What they do.


def _elsewhere(event: Event, groups: Sequence[Sequence[_Role]]) -> dict[str, list[Engagement]]:
    """What people do in other public events at that time, by the marks of the people."""
    marks = {mark for roles in groups for mark in _marks(roles) if "@" in mark}
    accounts = sa.select(Account.id).where(sa.func.lower(Account.email).in_(marks))
    public = sa.select(Event.id).where(Event.id != event.id, Event.state != EventState.DRAFT)
    speakers, linguists = (
        sa.and_(
            model.event_id.in_(public),
            sa.or_(sa.func.lower(model.email).in_(marks), model.account_id.in_(accounts)),
        )
        for model in (Speaker, Linguist)
    )
    engaged = _engagements(speakers, linguists)
    window = event.begins_at - AROUND, event.over_at + AROUND
    found: dict[str, list[Engagement]] = {}
    for role in _roles(speakers, linguists):
        told = [
            Engagement(each.starts_at, each.ends_at, Part.ELSEWHERE, each.number)
            for each in engaged.get(role.key, ())
            if not each.is_draft and overlap(each.span, window)
        ]
        for mark in role.marks:
            found.setdefault(mark, []).extend(told)
    return found


def _engagements(speakers: sa.ColumnElement[bool], linguists: sa.ColumnElement[bool]) -> dict[str, set[Engagement]]:
    """By the keys of the people."""
    found: dict[str, set[Engagement]] = {}
    for key, engagement in (*_appearances(speakers), *_turns(linguists), *_tracks(linguists)):
        found.setdefault(key, set()).add(engagement)
    return found


_TAKES_PLACE = (
    EventSession.starts_at.is_not(None), EventSession.standing == Standing.CONFIRMED,
    EventSession.event.has(Event.standing == Standing.CONFIRMED),
)  # fmt: skip


def _appearances(speakers: sa.ColumnElement[bool]) -> Iterator[tuple[str, Engagement]]:
    for number, session in db.session.execute(
        sa.select(Appearance.speaker_id, EventSession)
        .join(Appearance.session).join(Appearance.speaker)
        .where(speakers, *_TAKES_PLACE)
    ):  # fmt: skip
        yield f"speaker-{number}", _whole(session, Part.SPEAKS, session.id)


def _turns(linguists: sa.ColumnElement[bool]) -> Iterator[tuple[str, Engagement]]:
    theirs = sa.select(Linguist.id).where(linguists)
    for turn, session, told_at in db.session.execute(
        sa.select(Turn, EventSession, Rota.told_at)
        .join(Turn.track).join(LanguageTrack.session).outerjoin(Rota, Rota.event_id == EventSession.event_id)
        .where(sa.or_(Turn.linguist_id.in_(theirs), Turn.partner_id.in_(theirs)))
        .where(LanguageTrack.state != TrackState.FAILED, *_TAKES_PLACE)
    ):  # fmt: skip
        for number in {turn.linguist_id, turn.partner_id} - {None}:
            yield f"linguist-{number}", Engagement(
                turn.starts_at, turn.ends_at, Part.WORKS, turn.track_id, session, told_at is None
            )  # fmt: skip


def _tracks(linguists: sa.ColumnElement[bool]) -> Iterator[tuple[str, Engagement]]:
    """Who is responsible for a track and has no turns in it works for the whole session."""
    has_turn = sa.exists().where(
        Turn.track_id == LanguageTrack.id,
        sa.or_(Turn.linguist_id == LanguageTrack.linguist_id, Turn.partner_id == LanguageTrack.linguist_id),
    )
    for number, track, session in db.session.execute(
        sa.select(LanguageTrack.linguist_id, LanguageTrack.id, EventSession)
        .join(LanguageTrack.session)
        .where(LanguageTrack.linguist_id.in_(sa.select(Linguist.id).where(linguists)), ~has_turn)
        .where(LanguageTrack.kind.in_(LIVE), LanguageTrack.state != TrackState.FAILED, *_TAKES_PLACE)
    ):
        yield f"linguist-{number}", _whole(session, Part.WORKS, track)


def _whole(session: EventSession, part: Part, number: int) -> Engagement:
    assert session.starts_at is not None and session.ends_at is not None  # noqa: S101, PT018 - see _TAKES_PLACE
    return Engagement(session.starts_at, session.ends_at, part, number, session)
