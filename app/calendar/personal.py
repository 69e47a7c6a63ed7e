"""A registered person's own calendar, with the ways to join what they may join."""

import enum

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar.entries import slots
from app.calendar.filters import Asked, filter_of
from app.calendar.former import gone
from app.calendar.service import given, rendered
from app.calendar.writing import Feed
from app.events.models import EventKind
from app.extensions import db
from app.lib.conditional import Rendered
from app.lib.text import Picked, pick
from app.lib.urls import absolute, interface_language
from app.registration import bookings
from app.registration.models import AgendaItem, Booking, Claim, FormerAgendaItem, Purpose, Registration
from app.schedule.models import EventSession, FormerSession


class Show(enum.StrEnum):
    """What of the programme; by itself what they mean to attend: the whole of a webinar, the agenda of a conference."""

    BOOKED = "booked"  # Where places are few, and they have one.
    STARRED = "starred"  # What they chose for their agenda.
    ALL = "all"


def feed(registration_id: int, token: str, show: Show | None, asked: Asked, alarm: int | None) -> Rendered:
    """Empty once they have no place. Raises UnknownTheme."""
    registration = db.session.get_one(Registration, registration_id)
    event, language = registration.event, registration.language
    chosen = filter_of(event, asked)
    spoken = interface_language(language)
    title = pick(event.title, (language,))
    with force_locale(spoken.replace("-", "_")):
        name = " – ".join([_name(show, title.text), *chosen.names(language)])
    about = Feed(
        Picked(name, title.language), Picked("", ""), absolute("site.event", lang=spoken, event=event.slug),
        absolute("calendar.personal", token=token, **given(show=show), **asked.parameters(), **given(alarm=alarm)),
        language, registration.zone, alarm, with_access=True,
    )  # fmt: skip
    if not registration.is_confirmed:
        return rendered(about, [], [], token=registration.token(Purpose.JOIN))
    sessions, formers = chosen.conditions(), [FormerSession.event_id == event.id]
    if show is None and event.kind is EventKind.CONFERENCE:
        show = Show.STARRED
    if show in (Show.BOOKED, Show.STARRED):
        sessions.append(EventSession.id.in_(_attended(registration, show)))
        formers.append(FormerSession.id.in_(_once_attended(registration, show)))
    return rendered(
        about, slots(*sessions), [row for row in gone(*formers) if chosen.shows(row.former)],
        token=registration.token(Purpose.JOIN), barred=bookings.closed_to(registration),
    )  # fmt: skip


def _name(show: Show | None, event: str) -> str:
    if show is Show.ALL:
        return event
    if show is Show.BOOKED:
        return str(_("%(event)s: my bookings", event=event))
    return str(_("%(event)s: my sessions", event=event))


def _attended(registration: Registration, show: Show) -> sa.Select[int]:
    if show is Show.BOOKED:
        return sa.select(Booking.session_id).where(
            Booking.registration_id == registration.id, Booking.claim == Claim.BOOKED
        )
    return sa.select(AgendaItem.session_id).where(AgendaItem.registration_id == registration.id)


def _once_attended(registration: Registration, show: Show) -> sa.Select[int]:
    had = sa.select(FormerAgendaItem.former_id).where(FormerAgendaItem.registration_id == registration.id)
    return had.where(FormerAgendaItem.was_booked) if show is Show.BOOKED else had
