"""What registered people asked for, which the plan of an event is made to answer."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.events.models import Event, EventKind
from app.extensions import db
from app.languages.models import TrackKind
from app.registration.models import AgendaItem, Need, NeedKind, Registration, RegistrationState

SIGN = "sign"
"""All sign languages stand together: people say in their own words which one they need."""
Wished = Mapping[tuple[str, TrackKind], int]
"""How many people asked for a language in a way."""


def column_of(kind: TrackKind, language: str) -> str:
    """Where a matrix shows a track or a wish: under its language, or under sign language."""
    return SIGN if kind is TrackKind.SIGN else language


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of the confirmed people of an event."""

    of_event: Wished
    of_session: Mapping[int, Wished] = field(default_factory=dict)
    """Of those who put a session of a conference on their agenda; everyone comes to a webinar."""
    other: int = 0
    """How many have needs that are not about languages."""

    def in_column(self, column: str) -> dict[TrackKind, int]:
        return {kind: number for (at, kind), number in self.of_event.items() if at == column}

    def of_those_who_come(self, session_id: int, column: str, kind: TrackKind) -> int:
        return self.of_session.get(session_id, {}).get((column, kind), 0)


def of(event: Event) -> Wishes:
    asked = (
        sa.select(Need.kind, Need.language, sa.func.count(Need.registration_id.distinct()))
        .join(Need.registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
    )
    of_event: dict[tuple[str, TrackKind], int] = defaultdict(int)
    other = 0
    for kind, language, number in db.session.execute(asked.group_by(Need.kind, Need.language)):
        if kind is NeedKind.OTHER:
            other += number
        else:
            of_event[_wish(kind, language)] += number
    of_session: dict[int, dict[tuple[str, TrackKind], int]] = defaultdict(lambda: defaultdict(int))
    if of_event and event.kind is EventKind.CONFERENCE:
        chosen = (
            asked.join(AgendaItem, AgendaItem.registration_id == Registration.id)
            .where(Need.kind != NeedKind.OTHER)
            .add_columns(AgendaItem.session_id)
            .group_by(Need.kind, Need.language, AgendaItem.session_id)
        )
        for kind, language, number, session_id in db.session.execute(chosen):
            of_session[session_id][_wish(kind, language)] += number
    return Wishes(dict(of_event), of_session, other)


def _wish(kind: NeedKind, language: str) -> tuple[str, TrackKind]:
    way = TrackKind(kind.value)
    return column_of(way, language), way
