"""What one person is asked: the event as a whole, and each session that they chose or attended, once it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.events.models import Event
from app.feedback import questionnaire
from app.feedback.models import About, FeedbackQuestion
from app.lib import clock
from app.mail.facts import shared
from app.registration import agenda, attendance
from app.registration.models import Registration
from app.schedule.models import EventSession


@dataclass(frozen=True, eq=False)
class Section:
    """Answered on its own, and for itself."""

    session: EventSession | None
    """None: the event as a whole."""
    questions: Sequence[FeedbackQuestion]
    opens_at: datetime

    @property
    def name(self) -> str:
        """In receipts, and before the names of its fields."""
        return f"session:{self.session.id}" if self.session else "event"

    @property
    def is_open(self) -> bool:
        return self.opens_at <= clock.now()


def of(registration: Registration) -> list[Section]:
    """All that this person is asked sooner or later; nothing of what does not take place."""
    event = registration.event
    if not registration.is_confirmed or not is_asked(event):
        return []
    sessions, questions = attendance.counted_sessions(event), questionnaire.questions_of(event)
    about_event = [question for question in questions if question.about is About.EVENT]
    about_session = [question for question in questions if question.about is About.SESSION]
    found = [Section(None, about_event, _over_at(event, sessions))] if about_event else []
    if about_session and asks_sessions(event, sessions):
        theirs = _theirs(registration, sessions)
        found += [Section(session, about_session, session.ends_at) for session in theirs if session.ends_at]
    return found


def is_asked(event: Event) -> bool:
    return event.is_public and event.takes_place and questionnaire.form_of(event).is_on


def asks_sessions(event: Event, sessions: Sequence[EventSession]) -> bool:
    """An event of one session is asked about as a whole."""
    return questionnaire.form_of(event).asks_sessions and len(sessions) > 1


@shared
def closes_at(event: Event) -> datetime:
    last = _over_at(event, attendance.counted_sessions(event))
    return max(event.over_at, last) + timedelta(days=questionnaire.form_of(event).days)


def is_closed(event: Event) -> bool:
    return closes_at(event) <= clock.now()


def _over_at(event: Event, sessions: Sequence[EventSession]) -> datetime:
    """When the last session is over, though the day is not."""
    return max((session.ends_at for session in sessions if session.ends_at), default=event.over_at)


def _theirs(registration: Registration, sessions: Sequence[EventSession]) -> list[EventSession]:
    if not agenda.chooses_sessions(registration):
        return list(sessions)
    there = attendance.attended(registration.event, [registration.id]).get(registration.id, [])
    theirs = {item.session_id for item in registration.agenda} | {session.id for session in there}
    return [session for session in sessions if session.id in theirs]
