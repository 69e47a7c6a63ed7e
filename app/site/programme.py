"""The sessions of a programme, prepared for the page: few statements of needed columns, each text made once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from app.events.models import Event, Room, Standing
from app.extensions import db
from app.languages import service as languages
from app.languages.models import LanguageTrack, SubtitleFile
from app.lib import clock, present, text
from app.schedule.models import Appearance, EventSession, SessionKind
from app.site import grid
from app.site.choice import Choice, Offer
from app.speakers.models import Speaker

MOST_FOUND = 200
"""A search that finds more shows so many and asks for another word."""

Row = sa.Row[*tuple[Any, ...]]

_columns = sa.select(
    EventSession.id, EventSession.slug, EventSession.title, EventSession.kind, EventSession.languages,
    EventSession.theme_id, EventSession.room_id, EventSession.starts_at, EventSession.ends_at, EventSession.standing,
    sa.case((EventSession.standing != Standing.CONFIRMED, EventSession.standing_reason)).label("standing_reason"),
).order_by(EventSession.starts_at, EventSession.id)  # fmt: skip


class Item(NamedTuple):
    """One session as the programme shows it; text is ready, `language` is empty when it is the page's."""

    href: str
    title: str
    language: str
    direction: str
    classes: str
    people: str
    facts: str
    room: str
    notice: str
    reason: str
    state: str


class Slot(NamedTuple):
    """What begins at one moment."""

    starts_at: datetime
    hour: str
    elsewhere: str
    """The reader's time, with the date where it differs; empty when they chose no zone."""
    row: int
    items: list[Item]


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
        EventSession.event_id == event.id, EventSession.starts_at.is_not(None)
    )  # fmt: skip
    matching = [EventSession.search.contains(word, autoescape=True) for word in choice.search.split()]
    rows = db.session.execute(_columns.where(within, *(() if choice.day else matching))).all()
    shown = _chosen(event, choice, offered, rows, matching)
    writer = _Writer(event, choice, offered, within, rows)
    places = grid.lay_out([grid.Timed(r.id, r.room_id, r.starts_at, r.ends_at) for r in rows], writer.rooms)
    heads = [(writer.rooms.get(room, "") if room else _("Elsewhere"), first) for room, first, _width in places.heads]
    moments = {moment for row in rows for moment in (row.starts_at, row.ends_at)}
    if choice.day:
        moments.update(event.day_bounds(choice.day))
    return Programme(
        _by_day(event, shown[:MOST_FOUND] if choice.search else shown, writer, places), places, heads, len(shown),
        moments,
    )  # fmt: skip


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


def _by_day(event: Event, rows: Iterable[Row], writer: "_Writer", places: grid.Grid) -> list[Day]:
    days: list[Day] = []
    slots: list[Slot] = []
    for row in rows:
        if not slots or slots[-1].starts_at != row.starts_at:
            day = event.day_of(row.starts_at)
            if not days or days[-1].day != day:
                slots = []
                days.append(Day(day, slots))
            slots.append(writer.slot(row.starts_at, places.places[row.id].row))
        slots[-1].items.append(writer.item(row, places.places[row.id]))
    return days


class _Writer:
    """Writes the texts of many sessions; what several of them share is looked up and written once."""

    def __init__(
        self, event: Event, choice: Choice, offered: Offer, within: sa.ColumnElement[bool], rows: Sequence[Row]
    ) -> None:
        self.event = event
        self.zone = choice.zone if choice.zone != event.zone else ""
        self.language = present.page_language()
        self.wanted = (self.language,)
        query = f"?zone={choice.zone}" if choice.zone else ""
        self.prefix = url_for("site.session", event=event.slug, session="0").removesuffix("0/")
        self.suffix = f"/{query}"
        self.rooms = {number: text.pick(name, self.wanted).text for number, name in offered.rooms.items()}
        self.themes = {theme.id: text.pick(theme.name, self.wanted).text for theme in offered.themes.values()}
        self.people = self._people(within)
        self.tracks = self._tracks(within)
        self.now = clock.now()
        self.next_start = self._next_start(rows)
        self.notices = {
            Standing.CONFIRMED: "", Standing.CANCELLED: _("Cancelled"), Standing.POSTPONED: _("Postponed"),
        }  # fmt: skip
        self._lengths: dict[timedelta, str] = {}
        self._spoken: dict[tuple[str, ...], str] = {}

    def slot(self, starts_at: datetime, row: int) -> Slot:
        hour = present.hour(starts_at, self.event.zone)
        elsewhere = ""
        if self.zone:
            elsewhere = present.hour(starts_at, self.zone)
            local = clock.local(starts_at, self.zone).date()
            if local != clock.local(starts_at, self.event.zone).date():
                elsewhere = _("%(date)s, %(hour)s", date=present.short_day(local), hour=elsewhere)
        return Slot(starts_at, hour, elsewhere, row, [])

    def item(self, row: Row, place: grid.Place) -> Item:
        title = text.pick(row.title, self.wanted)
        foreign = title.language != self.language
        notice = self.notices[row.standing]
        reason = text.pick(row.standing_reason, self.wanted).text if notice else ""
        length = self._length(row.ends_at - row.starts_at)
        told = () if row.kind is SessionKind.BREAK else (
            self.themes.get(row.theme_id), self._languages(row.languages, self.tracks.get(row.id, ()))
        )  # fmt: skip
        return Item(
            f"{self.prefix}{row.slug}{self.suffix}",
            title.text,
            title.language if foreign else "",
            text.direction(title.language) if foreign else "",
            f"{place.classes}{f' t{row.theme_id}' if row.theme_id else ''}{_KIND_CLASS.get(row.kind, '')}"
            f"{' off' if notice else ''}",
            ", ".join(self.people.get(row.id, ())),
            " · ".join((length, *filter(None, told))),
            self.rooms.get(row.room_id, ""),
            notice,
            reason,
            "" if notice else self._state(row),
        )

    def _state(self, row: Row) -> str:
        if row.starts_at <= self.now < row.ends_at:
            return "now"
        return "next" if row.starts_at == self.next_start else ""

    def _length(self, length: timedelta) -> str:
        if length not in self._lengths:
            self._lengths[length] = present.length(length)
        return self._lengths[length]

    def _languages(self, floor: list[str], tracks: Iterable[str]) -> str:
        key = (*floor, "+", *tracks)
        if key not in self._spoken:
            names = ", ".join(present.language_name(tag) for tag in floor)
            added = ", ".join(present.language_name(tag) for tag in tracks if tag not in floor)
            self._spoken[key] = f"{names} (+ {added})" if names and added else names or added
        return self._spoken[key]

    def _people(self, within: sa.ColumnElement[bool]) -> dict[int, list[str]]:
        people: dict[int, list[str]] = {}
        names: dict[int, str] = {}
        for session, speaker, name in db.session.execute(
            sa.select(Appearance.session_id, Speaker.id, Speaker.name).join(Speaker).join(EventSession, within)
            .where(Appearance.session_id == EventSession.id).order_by(Appearance.session_id, Appearance.position)
        ):  # fmt: skip
            if speaker not in names:
                names[speaker] = text.pick(name, self.wanted).text
            people.setdefault(session, []).append(names[speaker])
        return people

    def _tracks(self, within: sa.ColumnElement[bool]) -> dict[int, list[str]]:
        tracks: dict[int, list[str]] = {}
        languages = sa.union(*(
            sa.select(table.session_id, table.language).join(EventSession).where(within)
            for table in (LanguageTrack, SubtitleFile)
        ))  # fmt: skip
        for session, language in db.session.execute(languages.order_by("language")):
            tracks.setdefault(session, []).append(language)
        return tracks

    def _next_start(self, rows: Sequence[Row]) -> datetime | None:
        """The next start of the programme day that runs; on other days nothing is next."""
        begin, end = self.event.day_bounds(self.event.day_of(self.now))
        starts = (row.starts_at for row in rows if row.standing is Standing.CONFIRMED)
        return min((start for start in starts if self.now < start and begin <= start < end), default=None)


_KIND_CLASS = {SessionKind.BREAK: " pause", SessionKind.KEYNOTE: " keynote"}
