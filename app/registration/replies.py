"""What people's calendars answered to invitations, and whose calendars have which session by letter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db, insert_into
from app.lib import clock
from app.lib.text import one_line
from app.registration.models import AgendaItem, Answering, MailedEntry, Registration, RegistrationState, Reply
from app.schedule.models import EventSession

LONGEST_COMMENT = 500


def note(
    registration: Registration, session: EventSession, partstat: Answering, *, sequence: int, stamped_at: datetime,
    starts_at: datetime | None = None, comment: str = "",
) -> bool:  # fmt: skip
    """Keeps an answer; False when one as new is there already, since letters overtake each other (RFC 5546 §2.1.5)."""
    stamped_at = min(stamped_at, clock.now())
    known = db.session.scalar(
        sa.select(Reply).where(Reply.registration_id == registration.id, Reply.session_id == session.id)
    )
    if known is not None and (known.sequence, known.stamped_at) >= (sequence, stamped_at):
        return False
    reply = known or Reply(registration=registration, session=session)
    reply.partstat, reply.sequence, reply.stamped_at, reply.starts_at = partstat, sequence, stamped_at, starts_at
    reply.comment = one_line(comment)[:LONGEST_COMMENT]
    db.session.add(reply)
    db.session.flush()
    return True


def of(registration: Registration) -> Sequence[Reply]:
    """By the time of the sessions."""
    return db.session.scalars(
        sa.select(Reply)
        .join(Reply.session)
        .where(Reply.registration_id == registration.id)
        .order_by(EventSession.starts_at, EventSession.id)
        .options(orm.contains_eager(Reply.session))
    ).all()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the confirmed people who were invited to a session answered."""

    session: EventSession
    invited: int
    current: Mapping[Answering, int]
    outdated: int
    """Answered an earlier time."""
    comments: Sequence[Reply] = field(default_factory=list)

    @property
    def silent(self) -> int:
        return max(0, self.invited - sum(self.current.values()) - self.outdated)


def by_session(event: Event) -> list[Answers]:
    """Sessions to which anybody was invited or answered, by time."""
    confirmed = (Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
    invited: dict[int, int] = dict(db.session.execute(
        sa.select(MailedEntry.session_id, sa.func.count())
        .join(Registration, Registration.id == MailedEntry.registration_id)
        .where(*confirmed, MailedEntry.called_off_at.is_(None)).group_by(MailedEntry.session_id)
    ).all())  # fmt: skip
    replies: dict[int, list[Reply]] = defaultdict(list)
    for reply in db.session.scalars(
        sa.select(Reply).join(Reply.registration).where(*confirmed).order_by(Reply.stamped_at, Reply.id)
        .options(orm.contains_eager(Reply.registration), orm.joinedload(Reply.session))
    ):  # fmt: skip
        replies[reply.session_id].append(reply)
    sessions = db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.id.in_({*invited, *replies}))
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return [_answers(session, invited.get(session.id, 0), replies[session.id]) for session in sessions]


def _answers(session: EventSession, invited: int, replies: Sequence[Reply]) -> Answers:
    current = [reply.partstat for reply in replies if not reply.is_outdated]
    return Answers(
        session, max(invited, len(replies)), {each: current.count(each) for each in Answering},
        len(replies) - len(current), [reply for reply in replies if reply.comment],
    )  # fmt: skip


def note_mailed(registration: Registration, sessions: Iterable[EventSession]) -> None:
    """These sessions are in the person's calendar from now on; again changes nothing but the moment."""
    rows = [{"registration_id": registration.id, "session_id": each.id, "mailed_at": clock.now()} for each in sessions]
    if rows:
        statement = insert_into(MailedEntry)
        db.session.execute(statement.on_conflict_do_update(
            index_elements=["registration_id", "session_id"],
            set_={"mailed_at": statement.excluded.mailed_at, "called_off_at": None},
        ), rows)  # fmt: skip


def call_off(registration: Registration, session: EventSession) -> bool:
    """Whether there is anything to call off in the person's calendar: the session came there by letter."""
    entry = db.session.get(MailedEntry, (registration.id, session.id), populate_existing=True)
    if entry is None:
        return False
    entry.called_off_at = clock.now()
    db.session.flush()
    return True


def standing(registration: Registration) -> Sequence[EventSession]:
    """Sessions that are in the person's calendar by letter, by time; also what went and came back, unheard."""
    came_back = sa.exists().where(
        AgendaItem.registration_id == registration.id, AgendaItem.session_id == MailedEntry.session_id
    )
    return db.session.scalars(
        sa.select(EventSession)
        .join(MailedEntry, MailedEntry.session_id == EventSession.id)
        .where(MailedEntry.registration_id == registration.id)
        .where(sa.or_(MailedEntry.called_off_at.is_(None), came_back))
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
