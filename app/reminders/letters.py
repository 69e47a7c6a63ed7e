"""What the letters say, from the facts of the moment at which they are sent."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, EventKind
from app.extensions import db
from app.languages.service import tracks_by_session
from app.lib import clock
from app.lib.present import chosen, page_language
from app.lib.urls import absolute
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration import replies
from app.registration.models import AgendaItem, Purpose, Registration, RegistrationState
from app.reminders import entries
from app.reminders.sweep import AGENDA, EVENT, beginning, is_reminded_of
from app.reminders.wording import Item, span, times
from app.schedule.models import EventSession

WELCOME, CANCELLED = "reminders.welcome", "reminders.cancelled"


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
    if not event.is_public or not event.takes_place or event.over_at <= clock.now():
        raise Stale("the event does not take place any more")
    sessions = [session for session in attended(registration) if session.takes_place]
    return compose(
        "reminders/mail/welcome", _("You are registered: %(event)s", event=chosen(event.title)),
        reply_to=reply_to(event), attachments=entries.asking(registration, sessions),
        event=event, registration=registration, items=items(sessions, registration.zone, registration),
        dates=_dates(event), page=page(letter, registration),
    )  # fmt: skip


@renders(CANCELLED, Priority.AWAITED)
def _cancelled(letter: Letter) -> Content:
    registration = _of(letter)
    if registration.state is not RegistrationState.CANCELLED or registration.attempt != letter.payload["attempt"]:
        raise Stale("they registered again")
    event = registration.event
    return compose(
        "reminders/mail/cancelled", _("Your registration is cancelled: %(event)s", event=chosen(event.title)),
        reply_to=reply_to(event), attachments=entries.calling_off(registration, in_calendar(registration)),
        event=event, name=registration.name, again=absolute("site.event", lang=letter.language, event=event.slug),
    )  # fmt: skip


@renders(EVENT)
def _event_reminder(letter: Letter) -> Content:
    registration = reminded(letter)
    event = registration.event
    begins = beginning(event)
    if int(begins.starts_at.timestamp()) != letter.payload["start"]:
        raise Stale("the event begins at another time now")
    if clock.now() >= begins.starts_at - timedelta(minutes=letter.payload["minutes"]) / 2:
        raise Stale("it is too late for this reminder")
    sessions = [session for session in attended(registration) if session.takes_place]
    if event.kind is EventKind.CONFERENCE:
        first_day = event.day_of(begins.starts_at)
        sessions = [one for one in sessions if one.starts_at and event.day_of(one.starts_at) == first_day]
    moment = span(begins.starts_at, None, registration.zone)
    return compose(
        "reminders/mail/reminder", _("Reminder: %(title)s, %(moment)s", title=chosen(event.title), moment=moment),
        reply_to=reply_to(event), unsubscribe_url=unsubscribing(registration),
        event=event, registration=registration, items=items(sessions, registration.zone, registration),
        begins=times(begins.starts_at, None, registration.zone, event), page=page(letter, registration),
    )  # fmt: skip


@renders(AGENDA)
def _agenda_reminder(letter: Letter) -> Content:
    registration = reminded(letter)
    event = registration.event
    expected: dict[str, int] = letter.payload["sessions"]
    sessions = [
        session for session in attended(registration)
        if session.takes_place and session.starts_at and session.starts_at > clock.now()
        and expected.get(str(session.id)) == int(session.starts_at.timestamp())
    ]  # fmt: skip
    if not sessions:
        raise Stale("nothing of what it tells begins at that time any more")
    title = chosen(sessions[0].title) if len(sessions) == 1 else chosen(event.title)
    moment = span(sessions[0].starts_at, None, registration.zone)  # type: ignore[arg-type]
    return compose(
        "reminders/mail/reminder", _("Reminder: %(title)s, %(moment)s", title=title, moment=moment),
        reply_to=reply_to(event), unsubscribe_url=unsubscribing(registration),
        event=event, registration=registration, items=items(sessions, registration.zone, registration), begins=[],
        page=page(letter, registration),
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
        raise Stale(f"the registration is {registration.state}")
    return registration


def reminded(letter: Letter) -> Registration:
    registration = confirmed(letter)
    if registration.unsubscribed_at is not None:
        raise Stale("no reminders are wanted")
    if not is_reminded_of(registration.event):
        raise Stale("the event does not take place any more")
    return registration


def attended(registration: Registration) -> list[EventSession]:
    """Scheduled sessions that concern a person: all of a webinar, those on their agenda of a conference."""
    wanted = sa.select(EventSession).where(
        EventSession.event_id == registration.event_id, EventSession.starts_at.is_not(None)
    )
    if registration.event.kind is EventKind.CONFERENCE:
        wanted = wanted.join(AgendaItem).where(AgendaItem.registration_id == registration.id)
    return list(db.session.scalars(wanted.order_by(EventSession.starts_at, EventSession.id)))


def in_calendar(registration: Registration) -> Sequence[EventSession]:
    """What a letter brought into a person's calendar; what they attend, for who had their letters long ago."""
    return replies.standing(registration) or attended(registration)


def items(sessions: Sequence[EventSession], zone: str, registration: Registration | None = None) -> list[Item]:
    tracks = tracks_by_session([session.id for session in sessions])
    token = registration.token(Purpose.JOIN) if registration else ""
    return [
        Item(
            session,
            times(session.starts_at, session.ends_at, zone, session.event) if session.starts_at else [],
            [track for track in tracks.get(session.id, ()) if track.kind.has_channel],
            absolute("personal.join", lang=page_language(), token=token, session=session.slug) if token else "",
        )
        for session in sessions
    ]


def reply_to(event: Event) -> str:
    return event.reply_to or event.contact_email


def page(letter: Letter, registration: Registration) -> str:
    return absolute("personal.page", lang=letter.language, token=registration.token(Purpose.PAGE))


def unsubscribing(registration: Registration) -> str:
    return absolute("registration.unsubscribe", token=registration.token(Purpose.UNSUBSCRIBE))


def _dates(event: Event) -> tuple[object, object]:
    return event.starts_on, event.ends_on
