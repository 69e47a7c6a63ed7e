"""What a reader chose to see of a programme, read from the address.

Whatever stands in the address becomes one of few valid choices before anything is looked up or kept, so that
made-up parameters neither fail nor fill the memory; what was not understood is said on the page.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.calendar.filters import Asked
from app.events.models import Room, Theme
from app.extensions import db
from app.languages.models import LanguageTrack, SubtitleFile
from app.languages.service import is_offered
from app.lib import clock
from app.lib.memory import Memory
from app.lib.tags import base_language
from app.lib.text import Translated
from app.schedule import search
from app.schedule.models import EventSession
from app.site.versions import EventRow


class OfferedTheme(NamedTuple):
    id: int
    slug: str
    name: Translated


class Offer(NamedTuple):
    """What there is to choose from in one revision of an event."""

    days: tuple[date, ...]
    themes: dict[str, OfferedTheme]
    rooms: dict[int, Translated]
    languages: tuple[str, ...]


class Choice(NamedTuple):
    day: date | None
    """None when the event has no scheduled session at all, or a search goes through all days."""
    theme: str
    language: str
    zone: str
    view: str
    search: str
    faults: tuple[str, ...]
    """The parameters that were not understood."""

    @property
    def filters(self) -> bool:
        return bool(self.theme or self.language or self.search)

    def in_calendar(self) -> dict[str, str]:
        """The parameters of the feed that has just the sessions shown here, on whatever day."""
        return Asked(self.theme, self.language, self.search).parameters()

    def query(self, **changes: object) -> dict[str, str]:
        """The parameters of a link that keeps this choice but for the changes."""
        said = {"day": self.day, "theme": self.theme, "language": self.language, "q": self.search,
                "view": self.view, "zone": self.zone} | changes  # fmt: skip
        return {name: str(value) for name, value in said.items() if value}


_sessions, _themes, _rooms = EventSession.__table__.c, Theme.__table__.c, Room.__table__.c
_offers: Memory[tuple[int, int], Offer] = Memory("offers", 256)


def read_choice(event: EventRow, given: Mapping[str, str]) -> Choice:
    offered = offer(event)
    faults = []

    def known(name: str, is_known: bool) -> str:
        value = given.get(name, "").strip()
        if value and not is_known:
            faults.append(name)
            return ""
        return value

    theme = known("theme", given.get("theme") in offered.themes)
    language = _followable_in(given, offered)
    known("language", bool(language))
    zone = read_zone(given)
    if zone is None:
        faults.append("zone")
    view = known("view", given.get("view") in ("grid", "list"))
    words = search.asked_for(given.get("q", ""))
    day = _read_day(given.get("day", ""))
    if given.get("day") and day not in offered.days:
        faults.append("day")
        day = None
    if day is None and not words:
        day = _day_to_show(event, offered.days)
    return Choice(day, theme, language, zone or "", view, words, tuple(faults))


def _followable_in(given: Mapping[str, str], offered: Offer) -> str:
    """The language that is offered: the one that is asked for, or another form of it, which a feed's address names."""
    asked = given.get("language", "").strip()
    if asked in offered.languages:
        return asked
    base = base_language(asked)
    return next((tag for tag in offered.languages if asked and base_language(tag) == base), "")


def read_zone(given: Mapping[str, str]) -> str | None:
    """The reader's zone, empty when none is given, None when it is unknown."""
    zone = given.get("zone", "").strip()
    return zone if not zone or clock.is_zone(zone) else None


def offer(event: EventRow) -> Offer:
    key = event.id, event.revision
    return _offers.get(key) or _offers.keep(key, _look_up_offer(event))


def _look_up_offer(event: EventRow) -> Offer:
    look_up = db.session.execute
    scheduled = sa.and_(_sessions.event_id == event.id, _sessions.starts_at.is_not(None))
    starts = look_up(sa.select(_sessions.starts_at).where(scheduled).distinct().order_by(_sessions.starts_at)).scalars()
    themes = look_up(
        sa.select(_themes.id, _themes.slug, _themes.name).where(_themes.event_id == event.id)
        .order_by(_themes.position, _themes.id)
    )  # fmt: skip
    rooms = look_up(
        sa.select(_rooms.id, _rooms.name).where(_rooms.event_id == event.id).order_by(_rooms.position, _rooms.id)
    )
    # As text, since PostgreSQL does not compare json; a thousand sessions have few different values.
    floors = look_up(sa.select(sa.cast(_sessions.languages, sa.Text)).where(scheduled).distinct()).scalars()
    added = look_up(sa.union(
        sa.select(LanguageTrack.language).join(EventSession).where(scheduled, is_offered),
        sa.select(SubtitleFile.language).join(EventSession).where(scheduled),
    )).scalars()  # fmt: skip
    return Offer(
        _days(event, starts),
        {row.slug: OfferedTheme(*row) for row in themes},
        {row.id: row.name for row in rooms},
        tuple(sorted({*added, *(tag for floor in floors for tag in json.loads(floor or "[]"))})),
    )


def _days(event: EventRow, starts: Iterable[datetime | None]) -> tuple[date, ...]:
    """The programme days of ascending starts; only the first of each day is looked at closely."""
    days, over = [], clock.LONG_AGO
    for start in starts:
        if start and start >= over:
            day = event.day_of(start)
            days.append(day)
            over = event.end_of(day)
    return tuple(days)


def _read_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def _day_to_show(event: EventRow, days: tuple[date, ...]) -> date | None:
    """Today while the event runs (or its next day with a programme), else the first."""
    today = event.day_of(clock.now())
    if days and days[0] <= today <= days[-1]:
        return next(day for day in days if day >= today)
    return days[0] if days else None
