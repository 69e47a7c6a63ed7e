"""Entries of sessions that left the programme. They are called off while the event lasts, since a UID that vanishes
stays in some calendars for ever; then they go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.calendar.lines import line, text_line, utc
from app.calendar.wording import Wording
from app.calendar.zones import moment
from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.schedule.models import FormerSession


@dataclass(frozen=True, slots=True)
class Gone:
    """A former session in a calendar."""

    former: FormerSession

    @property
    def event(self) -> Event:
        return self.former.event

    @property
    def starts_at(self) -> datetime:
        return self.former.starts_at.astimezone(self.event.tzinfo)

    @property
    def ends_at(self) -> datetime:
        return self.former.ends_at.astimezone(self.event.tzinfo)

    @property
    def is_gone(self) -> bool:
        return clock.now() >= self.kept_until

    @property
    def kept_until(self) -> datetime:
        return max(self.event.over_at, self.ends_at)


def gone(*conditions: sa.ColumnElement[bool]) -> list[Gone]:
    """In the order of time. The conditions are on FormerSession and Event."""
    rows = db.session.scalars(
        sa.select(FormerSession)
        .join(FormerSession.event)
        .where(Event.state != EventState.DRAFT, *conditions)
        .options(orm.contains_eager(FormerSession.event), orm.joinedload(FormerSession.became))
        .order_by(FormerSession.starts_at, FormerSession.id)
    )
    return [Gone(row) for row in rows]


def entry(row: Gone, wording: Wording) -> Iterator[bytes]:
    """All that it says is in the row, or raises the row's SEQUENCE (`schedule.sequence`)."""
    yield line("BEGIN", "VEVENT")
    yield line("DTSTAMP", utc(row.former.changed_at))
    yield from properties(row, wording)
    yield line("END", "VEVENT")


def properties(row: Gone, wording: Wording) -> Iterator[bytes]:
    former, event = row.former, row.event
    page = wording.page(event, (former.became or former).slug)
    yield text_line("UID", former.guid)
    yield line("SEQUENCE", str(former.sequence))
    yield line("LAST-MODIFIED", utc(former.changed_at))
    yield moment("DTSTART", row.starts_at, event.zone)
    yield moment("DTEND", row.ends_at, event.zone)
    yield text_line("SUMMARY", *wording.called_off(former.title))
    yield text_line("DESCRIPTION", f"{wording.what_became_of(former)}\n\n{page}", wording.interface)
    yield line("URL", page)
    yield line("STATUS", "CANCELLED")
    yield line("TRANSP", "TRANSPARENT")
