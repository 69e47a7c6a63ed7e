"""All that a rota is made from, read at once: the tracks to interpret, the team, the turns there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Standing
from app.extensions import db
from app.languages import team
from app.languages.models import Booth, LanguageTrack, Linguist, Rota, TrackKind, TrackState, Turn
from app.languages.models.rota import MOST_MINUTES
from app.languages.rota import booths, turns
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker

LONGEST_TURN = timedelta(minutes=30)
"""Of one turn, and of all that anybody speaks with less than a break in between."""
BREAK = timedelta(minutes=10)
"""Between work in different booths."""

Span = tuple[datetime, datetime]
Place = Booth | frozenset[str] | None
"""Where a track is worked on: its booth, or while there is none its pair of languages."""


@dataclass(eq=False)
class Material:
    event: Event
    tracks: Sequence[LanguageTrack]
    """Interpretation that people count on, of sessions that take place and have a time; in its order."""
    team: Sequence[Linguist]
    """Who interprets."""
    turns: Sequence[Turn]
    most_minutes: int = MOST_MINUTES
    booths: Sequence[Booth] = ()
    speaking: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    """When somebody with an address is a speaker or moderator."""

    booth_of: Mapping[LanguageTrack, Booth | None] = field(init=False)
    place_of: Mapping[LanguageTrack, Place] = field(init=False)
    pivot_of: Mapping[LanguageTrack, LanguageTrack | None] = field(init=False)
    """What a relay listens to; None for all that is interpreted from the floor, and where it is missing."""
    turns_of: Mapping[LanguageTrack, Sequence[Turn]] = field(init=False)
    """By time."""

    def __post_init__(self) -> None:
        self.booth_of = booths.serving(self.tracks, self.booths)
        self.place_of = {track: self.booth_of[track] or booths.pair_of(track) for track in self.tracks}
        self.pivot_of = booths.pivots(self.tracks)
        turns_of: dict[LanguageTrack, list[Turn]] = {track: [] for track in self.tracks}
        for turn in sorted(self.turns, key=lambda turn: (turn.starts_at, turn.ends_at)):
            turns_of[turn.track].append(turn)
        self.turns_of = turns_of

    def with_turns(self, turns: Sequence[Turn]) -> "Material":
        return replace(self, turns=turns)

    def day_of(self, track: LanguageTrack) -> date:
        return self.event.day_of(span_of(track)[0])

    def days(self) -> list[date]:
        return sorted({self.day_of(track) for track in self.tracks})

    def speaks_at(self, person: Linguist, span: Span) -> bool:
        """Whether somebody is a speaker of the event themselves just then."""
        return any(overlap(each, span) for each in self.speaking.get(person.email.casefold(), ()))


def of(event: Event) -> Material:
    tracks = db.session.scalars(
        sa.select(LanguageTrack)
        .join(LanguageTrack.session)
        .where(
            EventSession.event_id == event.id, EventSession.starts_at.is_not(None),
            LanguageTrack.kind == TrackKind.INTERPRETATION, LanguageTrack.state != TrackState.FAILED,
        )
        .order_by(EventSession.starts_at, EventSession.id, LanguageTrack.language)
        .options(orm.contains_eager(LanguageTrack.session), orm.joinedload(LanguageTrack.booth))
    )  # fmt: skip
    there = [track for track in tracks if track.session.takes_place]
    rota = db.session.get(Rota, event.id)
    return Material(
        event,
        there,
        [person for person in team.members(event) if person.does(TrackKind.INTERPRETATION)],
        [turn for turn in turns.of_event(event) if turn.track in there],
        rota.most_minutes if rota else MOST_MINUTES,
        booths.of_event(event),
        _speaking(event),
    )


def _speaking(event: Event) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(Speaker.email, EventSession.starts_at, EventSession.ends_at)
        .join(Appearance, Appearance.speaker_id == Speaker.id)
        .join(EventSession, EventSession.id == Appearance.session_id)
        .where(
            EventSession.event_id == event.id,
            EventSession.standing == Standing.CONFIRMED, Speaker.email != "",
        )
    )  # fmt: skip
    for email, start, end in rows:
        if start and end:
            found[email.casefold()].append((start, end))
    return dict(found)


def span_of(track: LanguageTrack) -> Span:
    start, end = track.session.starts_at, track.session.ends_at
    assert start is not None  # noqa: S101 - only tracks with a time are in the material
    assert end is not None  # noqa: S101 - the same
    return start, end


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def gaps_in(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The stretches of a span that nothing takes."""
    gaps, free_from = [], span[0]
    for start, end in sorted(taken):
        if start > free_from:
            gaps.append((free_from, min(start, span[1])))
        free_from = max(free_from, end)
    return [*(gap for gap in gaps if gap[0] < gap[1]), *([(free_from, span[1])] if free_from < span[1] else [])]
