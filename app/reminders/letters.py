"""What the letters say, from the facts of the moment at which they are sent."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, EventKind
from app.extensions import db
from app.languages.models import LanguageTrack
from app.languages.service import tracks_by_session
from app.lib.present import chosen, page_language
from app.lib.urls import absolute
from app.mail.facts import shared
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration import admission, bookings, replies
from app.registration.models import AgendaItem, Claim, Purpose, Registration, RegistrationState
from app.reminders import entries
from app.reminders.wording import Item, times
from app.schedule.models import EventSession
from app.schedule.service import is_over

WELCOME, CANCELLED = "reminders.welcome", "reminders.cancelled"


class Registered(Protocol):
    """What a letter shows of a registration."""

    @property
    def held_until(self) -> datetime | None: ...
    def token(self, purpose: Purpose) -> str: ...


def welcome(registration: Registration) -> None:
    _write(WELCOME, f"{registration.id}:{registration.attempt}", registration)


def welcome_at_new_address(registration: Registration, **_previous: object) -> None:
    """The new address has none of the calendar entries, and the links in its letters are new."""
    key = f"{registration.id}:{registration.attempt}:{registration.token(Purpose.PAGE)}"
    if registration.is_confirmed:
        _write(WELCOME, key, registration)


def goodbye(registration: Registration) -> None:
    _write(CANCELLED, f"{registration.id}:{registration.attempt}", registration)


def _write(kind: str, key: str, registration: Registration) -> None:
    enqueue(
        kind,
        key,
        registration.email,
        recipient_name=registration.name,
        language=registration.language,
        registration_id=registration.id,
        about=f"event:{registration.event_id}",
        attempt=registration.attempt,
    )


@renders(WELCOME, Priority.AWAITED)
def _welcome(letter: Letter) -> Content:
    registration = confirmed(letter)
    event = registration.event
    if not event.is_public or not event.takes_place or is_over(event):
        raise Stale("the event does not take place any more")
    sessions = [session for session in attended(registration) if session.takes_place]
    enclosed = entries.asking(registration, sessions)
    return compose(
        "reminders/mail/welcome", _("You are registered: %(event)s", event=chosen(event.title)),
        reply_to=reply_to(event), attachments=enclosed.files,
        event=event, registration=registration, items=items(sessions, registration.zone, registration),
        dates=_dates(event), page=page(letter, registration), left=enclosed,
    )  # fmt: skip


@renders(CANCELLED, Priority.AWAITED)
def _cancelled(letter: Letter) -> Content:
    registration = _of(letter)
    if registration.state is not RegistrationState.CANCELLED or registration.attempt != letter.payload["attempt"]:
        raise Stale("they registered again")
    event = registration.event
    enclosed = entries.calling_off(registration, in_calendar(registration))
    return compose(
        "reminders/mail/cancelled", _("Your registration is cancelled: %(event)s", event=chosen(event.title)),
        reply_to=reply_to(event), attachments=enclosed.files,
        event=event, name=registration.name, again=absolute("site.event", lang=letter.language, event=event.slug),
        left=enclosed,
    )  # fmt: skip


def _of(letter: Letter) -> Registration:
    registration = db.session.get(Registration, letter.payload["registration_id"])
    if registration is None:
        raise Stale("the registration is gone")
    if registration.email != letter.recipient:
        raise Stale("the registration has another address now")
    return registration


def confirmed(letter: Letter) -> Registration:
    registration = _of(letter)
    if not registration.is_confirmed:
        raise Stale("the registration has another state now")
    return registration


def attended(registration: Registration) -> list[EventSession]:
    """Scheduled sessions that concern a person: all of a webinar, those on their agenda of a conference."""
    if registration.event.kind is EventKind.CONFERENCE:
        chosen = _scheduled(registration.event_id).join(AgendaItem)
        return list(db.session.scalars(chosen.where(AgendaItem.registration_id == registration.id)))
    return list(_all_scheduled(registration.event_id))


def _scheduled(event_id: int) -> sa.Select[EventSession]:
    wanted = sa.select(EventSession).where(EventSession.event_id == event_id, EventSession.starts_at.is_not(None))
    return wanted.order_by(EventSession.starts_at, EventSession.id)


@shared
def _all_scheduled(event_id: int) -> Sequence[EventSession]:
    return db.session.scalars(_scheduled(event_id)).all()


def in_calendar(registration: Registration) -> Sequence[EventSession]:
    """What a letter brought into a person's calendar; what they attend, for who had their letters long ago."""
    return replies.standing(registration) or attended(registration)


def wait_in_words(registration: Registration | None, session: EventSession) -> str:
    """How somebody stands who waits for one of a session's few places; empty for everyone else."""
    if registration is None or not bookings.needs_booking(session):
        return ""
    booking = bookings.of(registration, session)
    match booking and booking.claim:
        case Claim.WAITING:
            return str(_("It has few places, and all are taken. You are on its waiting list."))
        case Claim.OFFERED:
            return str(_("It has few places. One is kept for you for a while: take it on your page."))
        case _:
            return ""


def for_calendar(registration: Registration, sessions: Sequence[EventSession]) -> list[EventSession]:
    """Without those for which somebody only waits."""
    waited = [session for session in sessions if wait_in_words(registration, session)]
    theirs = attended(registration) if waited else []
    return [session for session in sessions if session not in waited or session in theirs]


def closed_to(registration: Registration) -> frozenset[int]:
    """The sessions with few places in which somebody has none: letters do not say how to join those."""
    if not admission.terms(registration.event).books:
        return frozenset()
    return frozenset(bookings.closed_to(registration))


def items(
    sessions: Sequence[EventSession], zone: str, registration: Registered | None = None,
    closed: Container[int] | None = None,
) -> list[Item]:  # fmt: skip
    """`closed`: as `closed_to` has it, where the registration is not that of one person."""
    if closed is None:
        closed = closed_to(registration) if isinstance(registration, Registration) else ()
    tracks = _tracks(tuple(session.id for session in sessions))
    token = registration.token(Purpose.JOIN) if registration else ""
    return [
        Item(
            session,
            times(session.starts_at, session.ends_at, zone, session.event) if session.starts_at else [],
            [track for track in tracks.get(session.id, ()) if track.kind.has_channel],
            absolute("personal.join", lang=page_language(), token=token, session=session.slug) if token else "",
            session.id not in closed,
        )
        for session in sessions
    ]


@shared
def _tracks(session_ids: tuple[int, ...]) -> dict[int, list[LanguageTrack]]:
    return tracks_by_session(session_ids)


def reply_to(event: Event) -> str:
    return event.reply_to or event.contact_email


def page(letter: Letter, registration: Registration) -> str:
    return absolute("personal.page", lang=letter.language, token=registration.token(Purpose.PAGE))


def unsubscribing(registration: Registered) -> str:
    return absolute("registration.unsubscribe", token=registration.token(Purpose.UNSUBSCRIBE))


def _dates(event: Event) -> tuple[object, object]:
    return event.starts_on, event.ends_on
