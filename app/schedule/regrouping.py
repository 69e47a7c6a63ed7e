"""Two sessions become one, or one becomes two; whoever meant to come to what was goes along to what is."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Standing
from app.events.service import subject
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated
from app.people import audit
from app.people.models import Account
from app.schedule import former, service
from app.schedule.models import EventSession, FormerSession, SessionLink
from app.schedule.signals import session_merged, session_split

GOES_ON = (
    "kind", "subtitle", "abstract", "description", "languages", "theme", "room", "capacity", "standing",
    "standing_reason", "join_url", "join_phone", "join_passcode", "recorded",
)  # fmt: skip
"""What the second part of a session has from the first."""


class Refused(ValueError):  # noqa: N818 - a message for whoever wants it
    """The text says why."""


def may_be_merged(session: EventSession) -> bool:
    """What has begun has been seen by people, and has recordings and certificates: it stays what it is."""
    return session.starts_at is None or session.starts_at > clock.now()


def may_be_split(session: EventSession) -> bool:
    return session.starts_at is not None and session.starts_at > clock.now()


def targets(session: EventSession) -> Sequence[EventSession]:
    """What a session can be merged into: others of the event that take place and have not begun."""
    return db.session.scalars(
        sa.select(EventSession)
        .where(
            EventSession.event_id == session.event_id, EventSession.id != session.id,
            EventSession.standing == Standing.CONFIRMED, EventSession.starts_at > clock.now(),
        )
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()  # fmt: skip


def merge(session: EventSession, into: EventSession, by: Account | None) -> None:
    """Makes a session a part of another, which keeps its own time, room, texts and languages. Raises Refused.

    Its people and links join those of the other, its UID is called off, and its address leads to the other.
    """
    if not may_be_merged(session):
        raise Refused(_("This session has begun. It stays what it is."))
    if into not in targets(session):
        raise Refused(_("Choose a session that takes place and has not begun."))
    stays = former.remember(session, became=into) or _unscheduled(session, into)
    former.hand_on(session, into)
    there = [(row.speaker, row.part) for row in into.appearances]
    service.set_people(into, [*there, *((row.speaker, row.part) for row in session.appearances)])
    _bring_links(session, into)
    audit.record(
        by, "session.merged", subject(into.event, f"session:{into.id}"),
        title=dict(session.title), into=dict(into.title),
    )  # fmt: skip
    db.session.flush()
    session_merged.send(session, into=into, former=stays)
    db.session.delete(session)
    db.session.flush()


def _unscheduled(session: EventSession, into: EventSession) -> FormerSession | None:
    """What stays of a session that had lost its time before."""
    found = db.session.scalar(
        sa.select(FormerSession).where(
            FormerSession.event_id == session.event_id, FormerSession.guid == session.guid
        )
    )  # fmt: skip
    if found is not None:
        found.became = into
    return found


def _bring_links(session: EventSession, into: EventSession) -> None:
    known = {link.url for link in into.links}
    position = len(into.links)
    for link in session.links:
        if link.url not in known:
            into.links.append(SessionLink(kind=link.kind, title=dict(link.title), url=link.url, position=position))
            position += 1


def split(session: EventSession, at: datetime, title: Translated, by: Account | None) -> EventSession:
    """Ends a session at a moment within it; a new one of this title goes on from there. Raises Refused.

    The new one has the same people, theme, room and languages, and a UID of its own.
    """
    ends_at = session.ends_at
    if not may_be_split(session) or session.starts_at is None or ends_at is None:
        raise Refused(_("Only a session that has a time and has not begun can be split."))
    if not session.starts_at < at < ends_at:
        raise Refused(_("Choose a time between the beginning and the end of the session."))
    service.update_session(session, by, ends_at=at)
    facts = {name: getattr(session, name) for name in GOES_ON}
    second = service.create_session(session.event, by, title, starts_at=at, ends_at=ends_at, **facts)
    service.set_people(second, [(row.speaker, row.part) for row in session.appearances])
    audit.record(
        by, "session.split", subject(session.event, f"session:{session.id}"),
        title=dict(session.title), second=dict(title),
    )  # fmt: skip
    db.session.flush()
    session_split.send(session, second=second)
    return second
