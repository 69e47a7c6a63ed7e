"""Which revision a public page is made from: one indexed look-up of a few columns, no entity."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.events.models import Event, EventState, Series, Site
from app.extensions import db
from app.lib.conditional import Version

_site = sa.select(Site.revision, Site.changed_at).limit(1)
_series = sa.select(Series.id, Series.revision, Series.changed_at).where(Series.slug == sa.bindparam("slug"))
_event = sa.select(
    Event.id, Event.slug, Event.revision, Event.changed_at, Event.zone, Event.day_change,
).where(Event.slug == sa.bindparam("slug"), Event.state != EventState.DRAFT)  # fmt: skip


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
        return Version(f"event:{self.id}", self.revision, self.changed_at)

    def day_of(self, moment: datetime) -> date:
        """The programme day that a moment belongs to (as `Event.day_of`)."""
        return (moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - timedelta(minutes=self.day_change)).date()


def site() -> Version:
    row = db.session.execute(_site).first()
    return Version("site", *row) if row else Version("site", 0, datetime(2020, 1, 1, tzinfo=UTC))


def series(slug: str) -> Version | None:
    row = db.session.execute(_series, {"slug": slug}).first()
    return Version(f"series:{row.id}", row.revision, row.changed_at) if row else None


def event(slug: str) -> EventRow | None:
    """A public event; a draft is none."""
    row = db.session.execute(_event, {"slug": slug}).first()
    return EventRow(*row) if row else None
