"""What reminders say, from the facts of the moment at which they are sent."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.lib.present import chosen, page_language
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, renders
from app.registration.models import Purpose
from app.reminders import alike
from app.reminders.event_rules import EVENT
from app.reminders.letters import attended
from app.reminders.models import AudienceKind
from app.reminders.occasions import Beginning, beginning, is_reminded_of
from app.reminders.recipients import Recipient
from app.reminders.rule_letters import Frame, addressed
from app.reminders.session_rules import AGENDA, SPEAKER
from app.reminders.wording import span, times
from app.schedule.models import Appearance, EventSession


@renders(EVENT)
def _of_event(letter: Letter) -> Content:
    rule, to = addressed(letter)
    begins = beginning(_taking_place(to.event))
    if int(begins.starts_at.timestamp()) != letter.payload["start"]:
        raise Stale("the event begins at another time now")
    if clock.now().timestamp() >= letter.payload["until"]:
        raise Stale("it is too late for this reminder")
    return alike.written(Frame(rule, to), before_event, begins, tuple(_of_first_day(to, begins)))


@renders(AGENDA)
def _of_agenda(letter: Letter) -> Content:
    return _of_sessions(letter)


@renders(SPEAKER)
def _of_speaker(letter: Letter) -> Content:
    return _of_sessions(letter)


def _of_sessions(letter: Letter) -> Content:
    rule, to = addressed(letter)
    _taking_place(to.event)
    starts, untils = letter.payload["sessions"], letter.payload["untils"]
    sessions = [
        session for session in _own_sessions(to)
        if session.takes_place and session.starts_at and clock.now().timestamp() < untils.get(str(session.id), 0)
        and starts[str(session.id)] == int(session.starts_at.timestamp())
    ]  # fmt: skip
    if not sessions:
        raise Stale("nothing of what it tells begins at that time any more")
    return alike.written(Frame(rule, to), before_sessions, tuple(sessions))


def before_event(frame: Frame, begins: Beginning, sessions: Sequence[EventSession]) -> Content:
    to, event = frame.to, frame.to.event
    title, moment = chosen(event.title), span(begins.starts_at, None, to.person.zone)
    is_nudge = frame.rule.audience is AudienceKind.UNCONFIRMED
    subject = (
        _("Please confirm your place: %(title)s", title=title) if is_nudge
        else _("Reminder: %(title)s, %(moment)s", title=title, moment=moment)
    )  # fmt: skip
    is_part = to.is_registered and frame.rule.audience not in (AudienceKind.UNCONFIRMED, AudienceKind.WAITING)
    return frame.compose(
        "reminder", subject, sessions if is_part else (),
        begins=times(begins.starts_at, None, to.person.zone, event), action=_action(frame),
        held_until=to.shown.held_until if is_nudge and to.shown else None, zone=to.person.zone,
    )  # fmt: skip


def before_sessions(frame: Frame, sessions: Sequence[EventSession]) -> Content:
    to, event = frame.to, frame.to.event
    title = chosen(sessions[0].title if len(sessions) == 1 else event.title)
    starts_at: datetime = sessions[0].starts_at  # type: ignore[assignment]
    moment = span(starts_at, None, to.person.zone)
    subject = (
        _("Reminder: %(title)s, %(moment)s", title=title, moment=moment) if to.is_registered
        else _("You speak: %(title)s, %(moment)s", title=title, moment=moment)
    )  # fmt: skip
    return frame.compose(
        "reminder", subject, sessions, begins=[], action=_action(frame), held_until=None, zone=to.person.zone
    )


def _action(frame: Frame) -> tuple[str, str]:
    """The one thing to do: its address and its name."""
    to = frame.to
    if frame.rule.audience is AudienceKind.UNCONFIRMED:
        token = to.shown.token(Purpose.PAGE) if to.shown else "example"
        return absolute("registration.confirm", lang=page_language(), token=token), _("Confirm my registration")
    if to.is_registered:
        return to.page, _("Your registration")
    return to.page, _("To the event") if to.person.role == "speaker" else _("Open my page")


def _taking_place(event: Event) -> Event:
    if not is_reminded_of(event):
        raise Stale("the event does not take place any more")
    return event


def _of_first_day(to: Recipient, begins: Beginning) -> list[EventSession]:
    sessions = [session for session in _own_sessions(to) if session.takes_place]
    if to.event.kind is not EventKind.CONFERENCE:
        return sessions
    first_day = to.event.day_of(begins.starts_at)
    return [one for one in sessions if one.starts_at and to.event.day_of(one.starts_at) == first_day]


def _own_sessions(to: Recipient) -> list[EventSession]:
    """Scheduled sessions that concern a person: what a registered one chose, what a speaker speaks in."""
    if to.registration is not None:
        return attended(to.registration)
    if to.person.role != "speaker":
        return []
    spoken = sa.select(Appearance.session_id).where(Appearance.speaker_id == to.person.number)
    wanted = sa.select(EventSession).where(EventSession.id.in_(spoken), EventSession.starts_at.is_not(None))
    return list(db.session.scalars(wanted.order_by(EventSession.starts_at, EventSession.id)))
