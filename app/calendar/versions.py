"""Which revision a feed is made from: one indexed look-up of a few columns, no entity."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.events.models import Event, EventState, Series, Site, Theme
from app.extensions import db
from app.lib.conditional import Version
from app.registration.models import Purpose, Registration, RegistrationLink, RegistrationState
from app.schedule.models import EventSession
from app.speakers.models import Speaker

_event = Event.id, Event.revision, Event.changed_at, Event.languages
_is_asked = Event.slug == sa.bindparam("event"), Event.state != EventState.DRAFT

_of_site = sa.select(Site.revision, Site.changed_at).limit(1)
_of_series = sa.select(Series.id, Series.revision, Series.changed_at).where(Series.slug == sa.bindparam("series"))
_of_event = sa.select(*_event).where(*_is_asked)
_of_theme = sa.select(*_event, Theme.id.label("part")).join(Theme).where(*_is_asked, Theme.slug == sa.bindparam("part"))
_of_session = (
    sa.select(*_event, EventSession.id.label("part"))
    .join(EventSession, EventSession.event_id == Event.id)
    .where(*_is_asked, EventSession.slug == sa.bindparam("part"))
)
_of_speaker = (
    sa.select(*_event, Speaker.id.label("part"))
    .join(Speaker, Speaker.event_id == Event.id)
    .where(*_is_asked, Speaker.slug == sa.bindparam("part"))
)
_of_link = (
    sa.select(
        RegistrationLink.revoked_at, Registration.id, Registration.state, Registration.language, Registration.zone,
        Registration.agenda_changed_at, Event.revision, Event.changed_at,
    )
    .join(Registration, Registration.id == RegistrationLink.registration_id)
    .join(Event, Event.id == Registration.event_id)
    .where(RegistrationLink.token == sa.bindparam("token"), RegistrationLink.purpose == Purpose.CALENDAR)
)  # fmt: skip


class EventRow(NamedTuple):
    """What of an event must be known before a feed of it, or of a part of it, is looked up."""

    id: int
    revision: int
    changed_at: datetime
    languages: list[str]
    part: int | None = None
    """The theme, session or speaker."""

    @property
    def version(self) -> Version:
        return Version(f"event:{self.id}", self.revision, self.changed_at)


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
    row = db.session.execute(_of_site).first()
    return Version("site", *(row or (0, datetime(2020, 1, 1, tzinfo=UTC))))


def series(slug: str) -> Version | None:
    row = db.session.execute(_of_series, {"series": slug}).first()
    return Version(f"series:{row.id}", row.revision, row.changed_at) if row else None


def event(slug: str, theme: str = "") -> EventRow | None:
    """A public event (a draft is none), together with the theme if one is named."""
    return _row(_of_theme, slug, theme) if theme else _row(_of_event, slug)


def session(event: str, slug: str) -> EventRow | None:
    return _row(_of_session, event, slug)


def speaker(event: str, slug: str) -> EventRow | None:
    return _row(_of_speaker, event, slug)


def link(token: str) -> LinkRow | None:
    row = db.session.execute(_of_link, {"token": token}).first()
    return LinkRow(*row) if row else None


def _row(query: sa.Select[*tuple[Any, ...]], event: str, part: str = "") -> EventRow | None:
    row = db.session.execute(query, {"event": event} | ({"part": part} if part else {})).first()
    return EventRow(*row) if row else None
