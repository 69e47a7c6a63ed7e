"""Which revision a feed is made from: one indexed look-up of a few columns, no entity."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.events import versions
from app.events.models import Event, EventState, Series
from app.extensions import first_row
from app.lib.conditional import Version
from app.registration.models import Purpose, Registration, RegistrationLink, RegistrationState
from app.schedule.models import EventSession, FormerSession
from app.speakers.models import Speaker

# The tables and not their entities, since the session would prepare each statement anew.
_all_series, _events, _sessions, _formers, _speakers, _links, _registrations = (
    model.__table__ for model in (Series, Event, EventSession, FormerSession, Speaker, RegistrationLink, Registration)
)
_event = _events.c.id, _events.c.revision, _events.c.changed_at, _events.c.languages
_is_asked = _events.c.slug == sa.bindparam("event"), _events.c.state != EventState.DRAFT


def _of_part(part: sa.FromClause) -> sa.Select[*tuple[Any, ...]]:
    """An event together with one of its parts."""
    return (
        sa.select(*_event, part.c.id.label("part"))
        .join_from(_events, part, part.c.event_id == _events.c.id)
        .where(*_is_asked, part.c.slug == sa.bindparam("part"))
    )


_of_series = sa.select(_all_series.c.id, _all_series.c.revision, _all_series.c.changed_at).where(
    _all_series.c.slug == sa.bindparam("series")
)
_of_event = sa.select(*_event).where(*_is_asked)
_of_session, _of_former, _of_speaker = map(_of_part, (_sessions, _formers, _speakers))
_of_link = (
    sa.select(
        _links.c.revoked_at, _registrations.c.id, _registrations.c.state, _registrations.c.language,
        _registrations.c.zone, _registrations.c.agenda_changed_at, _events.c.revision, _events.c.changed_at,
    )
    .join_from(_links, _registrations, _registrations.c.id == _links.c.registration_id)
    .join(_events, _events.c.id == _registrations.c.event_id)
    .where(_links.c.token == sa.bindparam("token"), _links.c.purpose == Purpose.CALENDAR)
)  # fmt: skip


class EventRow(NamedTuple):
    """What of an event must be known before a feed of it, or of a part of it, is looked up."""

    id: int
    revision: int
    changed_at: datetime
    languages: list[str]
    part: int | None = None
    """The session, former session or speaker."""

    @property
    def version(self) -> Version:
        return versions.of_event(self.id, self.revision, self.changed_at)


class LinkRow(NamedTuple):
    """What a personal feed depends on."""

    revoked_at: datetime | None
    registration_id: int
    state: RegistrationState
    language: str
    zone: str
    agenda_changed_at: datetime
    revision: int
    changed_at: datetime

    @property
    def version(self) -> Version:
        return Version(
            f"registration:{self.registration_id}", self.revision, max(self.changed_at, self.agenda_changed_at)
        )


def site() -> Version:
    return versions.of_site()


def series(slug: str) -> Version | None:
    row = first_row(_of_series, series=slug)
    return versions.of_series(row.id, row.revision, row.changed_at) if row else None


def event(slug: str) -> EventRow | None:
    """A public event; a draft is none."""
    return _row(_of_event, event=slug)


def session(event: str, slug: str) -> EventRow | None:
    return _row(_of_session, event=event, part=slug)


def former_session(event: str, slug: str) -> EventRow | None:
    """The last one that stood at the address."""
    return _row(_of_former.order_by(_formers.c.id.desc()).limit(1), event=event, part=slug)


def speaker(event: str, slug: str) -> EventRow | None:
    return _row(_of_speaker, event=event, part=slug)


def link(token: str) -> LinkRow | None:
    row = first_row(_of_link, token=token)
    return LinkRow(*row) if row else None


def _row(query: sa.Select[*tuple[Any, ...]], **named: str) -> EventRow | None:
    row = first_row(query, **named)
    return EventRow(*row) if row else None
