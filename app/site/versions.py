"""Which revision a public page is made from: one indexed look-up of a few columns.

It is all that a repeated page costs, so it goes past the session: a connection of the pool, a statement without
entities. The page is rendered later, from data as new as the revision or newer, never older.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.events import versions
from app.events.models import Event, EventState, Series
from app.extensions import first_row
from app.lib.conditional import Version

_of_series, _of_event = (model.__table__.c for model in (Series, Event))
_series = sa.select(_of_series.id, _of_series.revision, _of_series.changed_at).where(
    _of_series.slug == sa.bindparam("slug")
)
_event = sa.select(
    _of_event.id, _of_event.slug, _of_event.revision, _of_event.changed_at, _of_event.zone, _of_event.day_change
).where(_of_event.slug == sa.bindparam("slug"), _of_event.state != EventState.DRAFT)


class EventRow(NamedTuple):
    """What of an event must be known before its page is looked up."""

    id: int
    slug: str
    revision: int
    changed_at: datetime
    zone: str
    day_change: int

    @property
    def version(self) -> Version:
        return versions.of_event(self.id, self.revision, self.changed_at)

    def day_of(self, moment: datetime) -> date:
        """The programme day that a moment belongs to (as `Event.day_of`)."""
        return (moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - timedelta(minutes=self.day_change)).date()

    def end_of(self, day: date) -> datetime:
        """The first moment of the next programme day."""
        start = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(self.zone))
        return start + timedelta(minutes=self.day_change)


def site() -> Version:
    return versions.of_site()


def series(slug: str) -> Version | None:
    row = first_row(_series, slug=slug)
    return versions.of_series(row.id, row.revision, row.changed_at) if row else None


def event(slug: str) -> EventRow | None:
    """A public event; a draft is none."""
    row = first_row(_event, slug=slug)
    return EventRow(*row) if row else None
