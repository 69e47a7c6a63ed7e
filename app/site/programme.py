"""The sessions of a programme, laid out for the page: by day and by moment, each with its place."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup

from app.events.models import Event, Room, Standing
from app.extensions import db
from app.languages import service as languages
from app.languages.models import LanguageTrack, SubtitleFile
from app.lib import clock, grid, present
from app.schedule import search
from app.schedule.models import EventSession
from app.site.choice import Choice, Offer
from app.site.items import Item, items

MOST_FOUND = 200
"""A search that finds more shows so many and asks for another word."""

Row = sa.Row[*tuple[Any, ...]]

_sessions = EventSession.__table__.c
_columns = sa.select(
    _sessions.id, _sessions.sequence, _sessions.theme_id, _sessions.room_id, _sessions.starts_at, _sessions.ends_at,
    _sessions.changed_at, _sessions.standing,
).order_by(_sessions.starts_at, _sessions.id)  # fmt: skip


class Shown(NamedTuple):
    """A session in its place."""

    classes: str
    state: str
    """`now`, `next` or nothing."""
    html: Markup


class Slot(NamedTuple):
    """What begins at one moment."""

    starts_at: datetime
    hour: str
    elsewhere: str
    """The reader's time, with the date where it differs; empty when they chose no zone."""
    row: int
    sessions: list[Shown]


class Day(NamedTuple):
    day: date
    slots: list[Slot]


class Programme(NamedTuple):
    days: list[Day]
    grid: grid.Grid
    heads: list[tuple[str, int]]
    """Name and first column of each room of the grid."""
    found: int
    moments: set[datetime]
    """When this page changes by itself: what runs now, what is next."""


def day_bounds(event: Event, day: date) -> sa.ColumnElement[bool]:
    begin, end = event.day_bounds(day)
    return sa.and_(EventSession.event_id == event.id, EventSession.starts_at >= begin, EventSession.starts_at < end)


def lay_out_day(event: Event, day: date) -> grid.Grid:
    """The same places as the page's, for its stylesheet."""
    rows = db.session.execute(
        sa.select(EventSession.id, EventSession.room_id, EventSession.starts_at, EventSession.ends_at)
        .where(day_bounds(event, day)).order_by(EventSession.starts_at, EventSession.id)
    )  # fmt: skip
    rooms = db.session.scalars(sa.select(Room.id).where(Room.event_id == event.id).order_by(Room.position, Room.id))
    return grid.lay_out([grid.Timed(row.id, row.room_id, row.starts_at, row.ends_at) for row in rows], rooms)


def programme(event: Event, choice: Choice, offered: Offer) -> Programme:
    """What the choice shows: one day, or what a search finds on all."""
    within = day_bounds(event, choice.day) if choice.day else sa.and_(
        _sessions.event_id == event.id, _sessions.starts_at.is_not(None)
    )  # fmt: skip
    matching = search.matching(choice.search)
    rows = db.session.execute(_columns.where(within, *(() if choice.day else matching))).all()
    chosen = _chosen(event, choice, offered, rows, matching)
    shown = chosen[:MOST_FOUND] if choice.search else chosen
    places = grid.lay_out([grid.Timed(r.id, r.room_id, r.starts_at, r.ends_at) for r in rows], offered.rooms)
    said = items(event, choice.zone, offered, shown, _tracks(within))
    moments = {moment for row in rows for moment in (row.starts_at, row.ends_at)}
    if choice.day:
        moments.update(event.day_bounds(choice.day))
    return Programme(
        _by_day(_Times(event, choice.zone, rows), shown, places, said), places, _heads(places, offered), len(chosen),
        moments,
    )  # fmt: skip


def _heads(places: grid.Grid, offered: Offer) -> list[tuple[str, int]]:
    names = {room: present.chosen(name) for room, name in offered.rooms.items()}
    return [(names.get(room, "") if room else _("Elsewhere"), first) for room, first, _width in places.heads]


def _chosen(
    event: Event, choice: Choice, offered: Offer, rows: Sequence[Row], matching: list[sa.ColumnElement[bool]]
) -> list[Row]:
    shown = list(rows)
    if choice.theme:
        theme = offered.themes[choice.theme].id
        shown = [row for row in shown if row.theme_id == theme]
    if choice.language:
        followable = set(db.session.scalars(languages.sessions_followable_in(event, choice.language)))
        shown = [row for row in shown if row.id in followable]
    if choice.search and choice.day:
        found = set(db.session.scalars(sa.select(EventSession.id).where(day_bounds(event, choice.day), *matching)))
        shown = [row for row in shown if row.id in found]
    return shown


def _tracks(within: sa.ColumnElement[bool]) -> dict[int, list[str]]:
    """The languages that sessions can be followed in beside those of the floor."""
    tracks: dict[int, list[str]] = {}
    found = sa.union(
        sa.select(LanguageTrack.session_id, LanguageTrack.language)
        .join(EventSession).where(within, languages.is_offered),
        sa.select(SubtitleFile.session_id, SubtitleFile.language).join(EventSession).where(within),
    )  # fmt: skip
    for session, language in db.session.execute(found.order_by("language")):
        tracks.setdefault(session, []).append(language)
    return tracks


def _by_day(times: "_Times", rows: Iterable[Row], places: grid.Grid, said: dict[int, Item]) -> list[Day]:
    days: list[Day] = []
    slots: list[Slot] = []
    for row in rows:
        place, item = places.places[row.id], said[row.id]
        if not slots or slots[-1].starts_at != row.starts_at:
            day = times.event.day_of(row.starts_at)
            if not days or days[-1].day != day:
                slots = []
                days.append(Day(day, slots))
            slots.append(times.slot(row.starts_at, place.row))
        state = times.state(row)
        classes = f"{place.classes}{item.classes}{' now' if state == 'now' else ''}"
        slots[-1].sessions.append(Shown(classes, state, item.html))
    return days


class _Times:
    """The times of a programme, in its zone and the reader's."""

    def __init__(self, event: Event, zone: str, rows: Sequence[Row]) -> None:
        self.event = event
        self.zone = zone if zone != event.zone else ""
        self.now = clock.now()
        self.next_start = self._next_start(rows)

    def slot(self, starts_at: datetime, row: int) -> Slot:
        hour = present.hour(starts_at, self.event.zone)
        elsewhere = ""
        if self.zone:
            elsewhere = present.hour(starts_at, self.zone)
            local = clock.local(starts_at, self.zone).date()
            if local != clock.local(starts_at, self.event.zone).date():
                elsewhere = _("%(date)s, %(hour)s", date=present.short_day(local), hour=elsewhere)
        return Slot(starts_at, hour, elsewhere, row, [])

    def state(self, row: Row) -> str:
        if row.standing is not Standing.CONFIRMED:
            return ""
        if row.starts_at <= self.now < row.ends_at:
            return "now"
        return "next" if row.starts_at == self.next_start else ""

    def _next_start(self, rows: Sequence[Row]) -> datetime | None:
        """The next start of the programme day that runs; on other days nothing is next."""
        begin, end = self.event.day_bounds(self.event.day_of(self.now))
        starts = (row.starts_at for row in rows if row.standing is Standing.CONFIRMED)
        return min((start for start in starts if self.now < start and begin <= start < end), default=None)
