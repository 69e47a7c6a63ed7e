"""Who was there: by the personal link, at the door, or by an organiser's word; and for how long."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.events.models import Event, EventKind, Standing
from app.extensions import db, insert_into
from app.lib import clock
from app.registration.models import AgendaItem, Attendance, Registration, Source
from app.schedule.models import EventSession, SessionKind

EARLY = timedelta(days=1)
"""How long before an event's first day a door may be open."""


def opens_at(session: EventSession) -> datetime | None:
    """When the way in opens; None where there is no time or nothing takes place."""
    if session.starts_at is None or not session.takes_place:
        return None
    return session.starts_at - timedelta(minutes=session.event.join_opens_minutes)


def is_joinable(session: EventSession) -> bool:
    opens, ends = opens_at(session), session.ends_at
    return opens is not None and ends is not None and opens <= clock.now() < ends


def join(registration: Registration, session: EventSession) -> bool:
    """Came in by the personal link; True the first time. Coming back only moves `last_at`."""
    assert session.starts_at is not None  # noqa: S101 - the caller asked `is_joinable`
    day = session.event.day_of(session.starts_at)
    return _record(registration, session, day, Source.LINK, clock.now())


def check_in(
    registration: Registration, session: EventSession | None, day: date, source: Source, at: datetime | None = None
) -> bool:
    """Was in a session, or at the event on a day; True when nobody had said so before.

    `at` is what another clock says: a moment still to come, or long before the event, becomes now.
    """
    at = at or clock.now()
    if not registration.event.begins_at - EARLY <= at <= clock.now():
        at = clock.now()
    if session is not None and session.starts_at is not None:
        day = session.event.day_of(session.starts_at)
    return _record(registration, session, day, source, at)


def _record(
    registration: Registration, session: EventSession | None, day: date, source: Source, at: datetime
) -> bool:  # fmt: skip
    new = db.session.scalar(
        insert_into(Attendance)
        .values(
            registration_id=registration.id, session_id=session.id if session else None, day=day,
            source=source, first_at=at, last_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Attendance.id)
    )  # fmt: skip
    if new is None:
        first, last = Attendance.first_at, Attendance.last_at
        db.session.execute(
            sa.update(Attendance)
            .where(_is_of(registration, session, day))
            .values(
                first_at=sa.case((first > at, sa.bindparam("at", at, first.type)), else_=first),
                last_at=sa.case((last < at, sa.bindparam("at", at, last.type)), else_=last),
            )
            .execution_options(synchronize_session=False)
        )
    return new is not None


def undo(registration: Registration, session: EventSession | None, day: date) -> bool:
    """Takes it back; False when there was nothing to take."""
    gone = db.session.execute(
        sa.delete(Attendance).where(_is_of(registration, session, day)).returning(Attendance.id)
    ).all()
    return bool(gone)


def _is_of(registration: Registration, session: EventSession | None, day: date) -> sa.ColumnElement[bool]:
    where = (
        Attendance.session_id == session.id if session
        else sa.and_(Attendance.session_id.is_(None), Attendance.day == day)
    )  # fmt: skip
    return sa.and_(Attendance.registration_id == registration.id, where)


# How long.


def attended(event: Event, people: Collection[int] | None = None) -> dict[int, list[EventSession]]:
    """The sessions that each person attended, in the order of time, by the number of the registration.

    Of everyone, or of the registrations with the numbers `people`.

    Who came on a day attended what they chose of it: all of a webinar, their agenda of a conference. At the door the
    hour is known, too, and what was over by then is not theirs.
    """
    rows = _rows(event, people)
    sessions = {session.id: session for session in counted_sessions(event)}
    chosen = _agendas(event, {row.registration_id for row in rows if row.session_id is None})
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.session_id is not None:
            found[row.registration_id] |= {row.session_id} & sessions.keys()
            continue
        theirs = sessions.keys() if chosen is None else chosen[row.registration_id] & sessions.keys()
        found[row.registration_id] |= {each for each in theirs if _was_there(row, sessions[each])}
    return {number: [each for each in sessions.values() if each.id in ids] for number, ids in found.items()}


def _was_there(row: Attendance, session: EventSession) -> bool:
    starts, ends = session.starts_at, session.ends_at
    if starts is None or ends is None or session.event.day_of(starts) != row.day:
        return False
    return row.source is not Source.DOOR or ends > row.first_at


def counted_sessions(event: Event) -> list[EventSession]:
    """What can be attended, in the order of time: nobody is certified for lunch."""
    found = db.session.scalars(
        sa.select(EventSession)
        .where(
            EventSession.event_id == event.id, EventSession.starts_at.is_not(None),
            EventSession.standing == Standing.CONFIRMED, EventSession.kind != SessionKind.BREAK,
        )
        .order_by(EventSession.starts_at, EventSession.id)
    )  # fmt: skip
    return list(found)


def _rows(event: Event, people: Collection[int] | None) -> list[Attendance]:
    query = sa.select(Attendance).join(Registration).where(Registration.event_id == event.id)
    if people is not None:
        query = query.where(Attendance.registration_id.in_(people))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _agendas(event: Event, of_whom: set[int]) -> dict[int, set[int]] | None:
    """The chosen sessions of each; None where there is no choosing."""
    if event.kind is not EventKind.CONFERENCE:
        return None
    chosen: dict[int, set[int]] = defaultdict(set)
    for registration_id, session_id in db.session.execute(
        sa.select(AgendaItem.registration_id, AgendaItem.session_id)
        .join(Registration)
        .where(Registration.event_id == event.id)
    ):
        if registration_id in of_whom:
            chosen[registration_id].add(session_id)
    return chosen


def minutes(sessions: Iterable[EventSession]) -> int:
    """How long they last together; what overlaps counts once."""
    total, reached = timedelta(), clock.LONG_AGO
    for session in sorted(sessions, key=lambda each: each.starts_at or clock.FOREVER):
        if session.starts_at and session.ends_at and session.ends_at > reached:
            total += session.ends_at - max(session.starts_at, reached)
            reached = session.ends_at
    return int(total.total_seconds()) // 60


# How many.


def attended_count(event: Event) -> int:
    """People who came at all."""
    people = sa.func.count(Attendance.registration_id.distinct())
    return db.session.scalar(sa.select(people).join(Registration).where(Registration.event_id == event.id)) or 0


def counts_by_session(event: Event) -> dict[int, int]:
    """How many were said to be in each session, by link, at its door or by hand."""
    rows = db.session.execute(
        sa.select(Attendance.session_id, sa.func.count())
        .join(EventSession)
        .where(EventSession.event_id == event.id)
        .group_by(Attendance.session_id)
    )
    return {session_id: number for session_id, number in rows if session_id is not None}


def counts_by_day(event: Event) -> dict[date, int]:
    """How many were checked in to the event on each day."""
    rows = db.session.execute(
        sa.select(Attendance.day, sa.func.count())
        .join(Registration)
        .where(Registration.event_id == event.id, Attendance.session_id.is_(None))
        .group_by(Attendance.day)
        .order_by(Attendance.day)
    )
    return {row.day: row[1] for row in rows}
