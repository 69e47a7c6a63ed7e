"""What a registered person means to attend: the whole of a webinar, the chosen sessions of a conference."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import EventKind
from app.extensions import db
from app.lib import clock
from app.registration.models import AgendaItem, Registration
from app.registration.signals import taken_off_agenda
from app.schedule.models import EventSession


def agenda_sessions(registration: Registration) -> list[EventSession]:
    """Scheduled sessions in the order of time, the cancelled among them."""
    query = (
        sa.select(EventSession)
        .where(EventSession.event_id == registration.event_id, EventSession.starts_at.is_not(None))
        .order_by(EventSession.starts_at, EventSession.id)
        .options(orm.joinedload(EventSession.room))
    )
    if chooses_sessions(registration):
        query = query.join(AgendaItem).where(AgendaItem.registration_id == registration.id)
    return list(db.session.scalars(query))


def chooses_sessions(registration: Registration) -> bool:
    return registration.event.kind is EventKind.CONFERENCE


def add(registration: Registration, session: EventSession) -> None:
    """Doing it again changes nothing."""
    if session.id not in {item.session_id for item in registration.agenda}:
        registration.agenda.append(AgendaItem(session=session))
        touch(registration)
        db.session.flush()


def remove(registration: Registration, session: EventSession) -> None:
    for item in [item for item in registration.agenda if item.session_id == session.id]:
        registration.agenda.remove(item)
        touch(registration)
        db.session.flush()
        taken_off_agenda.send(registration, session=session)


def touch(registration: Registration) -> None:
    """Tells the personal feed that it says something else now, and differently for each change within a second."""
    before: datetime | None = registration.agenda_changed_at
    registration.agenda_changed_at = max(clock.now(), before + timedelta(seconds=1)) if before else clock.now()
