"""The letter that takes a session out of a person's calendar again, when it is on their agenda no more.

Only what was mailed there needs one: a calendar that is subscribed to follows by itself.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.mail.models import Letter, LetterState
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration import replies
from app.registration.models import AgendaItem, Registration
from app.reminders import entries
from app.reminders.letters import confirmed, items, page, reply_to
from app.schedule.models import EventSession

OFF_AGENDA = "reminders.off-agenda"
PAUSE = timedelta(minutes=5)
"""For second thoughts, and so that a person who clears their agenda gets one letter."""


def note_taken_off(registration: Registration, session: EventSession) -> None:
    """A registration that is cancelled as a whole has its own letter."""
    if not registration.is_confirmed or not replies.call_off(registration, session):
        return
    waiting = _waiting(registration)
    moment = clock.now()
    enqueue(
        OFF_AGENDA, f"{registration.id}:{registration.agenda_changed_at.timestamp():.0f}", registration.email,
        recipient_name=registration.name, language=registration.language, not_before=moment + PAUSE,
        about=f"event:{registration.event_id}", topic=str(registration.id), registration_id=registration.id,
        sessions=sorted({session.id, *waiting}),
    )  # fmt: skip


def _waiting(registration: Registration) -> set[int]:
    """What a letter that still waits would say; the new one takes its place."""
    of_person = Letter.payload["registration_id"].as_integer() == registration.id
    letters = db.session.scalars(
        sa.select(Letter).where(
            Letter.kind == OFF_AGENDA, Letter.recipient == registration.email, of_person,
            Letter.state == LetterState.QUEUED,
        )
    )  # fmt: skip
    return {number for letter in letters for number in letter.payload["sessions"]}


@renders(OFF_AGENDA)
def _off_agenda(letter: Letter) -> Content:
    registration = confirmed(letter)
    event = registration.event
    on_agenda = sa.select(AgendaItem.session_id).where(AgendaItem.registration_id == registration.id)
    sessions = db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.id.in_(letter.payload["sessions"]), EventSession.id.not_in(on_agenda))
        .where(EventSession.ends_at > clock.now())
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    if not sessions:
        raise Stale("the sessions are on the agenda again, or over")
    title = chosen(sessions[0].title if len(sessions) == 1 else event.title)
    enclosed = entries.calling_off(registration, sessions)
    return compose(
        "reminders/mail/off_agenda", _("Off your agenda: %(title)s", title=title),
        reply_to=reply_to(event), attachments=enclosed.files, left=enclosed,
        event=event, name=registration.name, items=items(sessions, registration.zone), page=page(letter, registration),
    )  # fmt: skip
