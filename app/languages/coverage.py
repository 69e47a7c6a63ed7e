"""The languages of a whole event at a glance: sessions × languages, and what is missing where."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.languages import relay, service, wishes
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.languages.wishes import SIGN, Wishes
from app.lib import clock
from app.lib.signed import is_sign_language
from app.schedule.models import EventSession, SessionKind


class Reason(enum.StrEnum):
    """Why something is a gap, the gravest first."""

    FAILED = "failed"  # It was planned, and fell through.
    RELAY = "relay"  # What it is made from is not there.
    ASKED = "asked"  # People asked for it, and it is not planned.
    PROMISED = "promised"  # The event says that it speaks this language, and the session cannot be followed in it.
    NOBODY = "nobody"  # It is planned, and nobody is responsible.


@dataclass(frozen=True, slots=True)
class Gap:
    reason: Reason
    kind: TrackKind | None = None
    """None: any way of following would do."""
    number: int = 0
    """How many people of the event asked for it."""
    coming: int = 0
    """How many of them chose this session of a conference."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One session in one language."""

    is_floor: bool
    has_file: bool
    """The subtitles are there, not only promised."""
    tracks: list[LanguageTrack]
    gaps: list[Gap]

    @property
    def is_empty(self) -> bool:
        return not (self.is_floor or self.has_file or self.tracks or self.gaps)

    @property
    def can_be_followed(self) -> bool:
        return self.is_floor or self.has_file or any(track.is_offered for track in self.tracks)

    @property
    def is_grave(self) -> bool:
        """Nobody can follow, or what people counted on is gone."""
        gone = {Reason.FAILED, Reason.RELAY}
        return bool(self.gaps) and (not self.can_be_followed or any(gap.reason in gone for gap in self.gaps))

    def has(self, kind: TrackKind) -> bool:
        """Whether somebody who asked for this way is served. Who hears the language spoken needs no interpreter."""
        instead = self.is_floor if kind.has_channel else self.has_file and kind is TrackKind.SUBTITLES
        return instead or any(track.kind is kind and track.is_offered for track in self.tracks)


@dataclass(frozen=True, slots=True)
class Row:
    session: EventSession
    cells: Mapping[str, Cell]
    """By column, every column of the matrix."""

    @property
    def gaps(self) -> int:
        return sum(len(cell.gaps) for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    columns: list[str]
    """Languages, the event's own first, and SIGN last where there is any."""
    rows: list[Row]
    wishes: Wishes

    def provided(self, kind: TrackKind, column: str) -> int:
        """In how many sessions somebody is served who asked for this way."""
        return sum(_served(kind, column, row.cells) for row in self.rows)

    def followable(self, column: str) -> int:
        return sum(row.cells[column].can_be_followed for row in self.rows)

    def gaps(self, column: str) -> int:
        """In how many sessions something is missing."""
        return sum(bool(row.cells[column].gaps) for row in self.rows)


def of(event: Event) -> Coverage:
    """Every session but breaks, by time. As many statements for a thousand sessions as for one."""
    sessions = db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.event_id == event.id, EventSession.kind != SessionKind.BREAK)
        .order_by(EventSession.starts_at.is_(None), EventSession.starts_at, EventSession.id)
    ).all()
    ids = [session.id for session in sessions]
    plans = service.plan_by_session(ids, orm.joinedload(LanguageTrack.linguist))
    files = service.subtitle_languages(ids)
    asked = wishes.of(event)
    columns = _columns(event, sessions, plans, files, asked)
    rows = [_row(session, plans[session.id], files[session.id], columns, asked) for session in sessions]
    return Coverage(columns, rows, asked)


def _columns(
    event: Event, sessions: Iterable[EventSession], plans: Mapping[int, list[LanguageTrack]],
    files: Mapping[int, list[str]], asked: Wishes,
) -> list[str]:  # fmt: skip
    found = {_floor(tag) for session in sessions for tag in session.languages}
    found |= {wishes.column_of(track.kind, track.language) for plan in plans.values() for track in plan}
    found |= {tag for tags in files.values() for tag in tags} | {column for column, _kind in asked.of_event}
    own = list(event.languages)
    return [*own, *sorted(found - {*own, SIGN, ""}), *([SIGN] if SIGN in found else [])]


def _floor(tag: str) -> str:
    return SIGN if is_sign_language(tag) else tag


def _row(
    session: EventSession, plan: list[LanguageTrack], files: list[str], columns: list[str], asked: Wishes
) -> Row:  # fmt: skip
    floor = {_floor(tag) for tag in session.languages}
    tracks: dict[str, list[LanguageTrack]] = defaultdict(list)
    for track in plan:
        tracks[wishes.column_of(track.kind, track.language)].append(track)
    cells = {column: Cell(column in floor, column in files, tracks[column], []) for column in columns}
    if session.takes_place:
        is_over = session.ends_at is not None and session.ends_at <= clock.now()
        for column, cell in cells.items():
            found = [*_of_tracks(cell, plan), *_of_wishes(session, column, cells, asked)]
            followed = any(other.can_be_followed for other in _alike(column, cells))
            if not (found or followed) and column in session.event.languages:
                found.append(Gap(Reason.PROMISED))
            # Nobody can interpret any more what is over; its recording may still get subtitles.
            cell.gaps.extend(gap for gap in found if not is_over or gap.kind is TrackKind.SUBTITLES)
    return Row(session, cells)


def _of_tracks(cell: Cell, plan: list[LanguageTrack]) -> Iterable[Gap]:
    for track in cell.tracks:
        if cell.has_file and track.kind is TrackKind.SUBTITLES:
            continue
        if track.state is TrackState.FAILED:
            yield Gap(Reason.FAILED, track.kind)
        elif track.state is not TrackState.DONE:
            if relay.is_broken(track, plan):
                yield Gap(Reason.RELAY, track.kind)
            if track.linguist is None:
                yield Gap(Reason.NOBODY, track.kind)


def _of_wishes(
    session: EventSession, column: str, cells: Mapping[str, Cell], asked: Wishes
) -> Iterable[Gap]:  # fmt: skip
    fallen = {track.kind for track in cells[column].tracks if not track.is_offered}
    for kind, number in asked.in_column(column).items():
        if kind not in fallen and not _served(kind, column, cells):
            yield Gap(Reason.ASKED, kind, number, asked.of_those_who_come(session.id, column, kind))


def _served(kind: TrackKind, column: str, cells: Mapping[str, Cell]) -> bool:
    return any(cell.has(kind) for cell in _alike(column, cells))


def _alike(column: str, cells: Mapping[str, Cell]) -> list[Cell]:
    """Who reads Portuguese is served by `pt-BR`, and the other way round."""
    base = column.split("-")[0]
    return [cell for other, cell in cells.items() if other.split("-")[0] == base]
