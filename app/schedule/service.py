"""Sessions: the verbs and the queries. Whoever must hear of a change hears it by signal, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.events.models import Event, Standing
from app.events.service import CHANGE_OF, change, subject
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated, free_slug, pick, slug
from app.people import audit
from app.people.models import Account
from app.schedule import former
from app.schedule.models import Appearance, EventSession, FormerSession, Part, SessionLink
from app.schedule.search import refresh_search
from app.schedule.signals import capacity_changed, session_changed, session_moved
from app.speakers.models import Speaker

__all__ = ["refresh_search"]


class Announced(Exception):  # noqa: N818 - a rule of the house
    """People count on this session: it is cancelled or postponed with a reason, and never just disappears."""


def sessions_of(event: Event) -> Sequence[EventSession]:
    """The programme in its order, the sessions without a time last, with all that a page shows of them."""
    found = (
        sa.select(EventSession)
        .where(EventSession.event == event)
        .options(
            joinedload(EventSession.theme), joinedload(EventSession.room), selectinload(EventSession.links),
            selectinload(EventSession.appearances).joinedload(Appearance.speaker),
        )
        .order_by(EventSession.starts_at.is_(None), EventSession.starts_at, EventSession.id)
    )  # fmt: skip
    return db.session.scalars(found).all()


def session_by_slug(event: Event, slug: str) -> EventSession | None:
    return db.session.scalar(sa.select(EventSession).where(EventSession.event == event, EventSession.slug == slug))


def is_over(event: Event) -> bool:
    """Whether nothing of an event is to come: its last day is past, and so is what lies after that all the same."""
    if event.over_at > clock.now():
        return False
    comes = sa.exists().where(EventSession.event_id == event.id, EventSession.ends_at > clock.now())
    return not db.session.scalar(sa.select(comes))


def create_session(event: Event, by: Account | None, title: Translated, **facts: Any) -> EventSession:
    session = EventSession(event=event, slug=_free_slug(event, title), title=title, **facts)
    db.session.add(session)
    db.session.flush()
    audit.record(by, "session.created", subject(event, f"session:{session.id}"), title=dict(title))
    return session


def _free_slug(event: Event, title: Translated) -> str:
    """A part of an address that no session has, and none had whose address still leads on."""
    wanted = slug(pick(title, ("en",)).text, "session")
    taken = [
        sa.select(kind.slug).where(kind.event_id == event.id, kind.slug.startswith(wanted, autoescape=True))
        for kind in (EventSession, FormerSession)
    ]
    return free_slug(wanted, set(db.session.scalars(sa.union(*taken))))


def update_session(session: EventSession, by: Account | None, *, told_as: Change = Change.MOVED, **facts: Any) -> bool:
    """Writes the facts that differ; another time is a move. Answers whether people get word. Raises Announced.

    Time cannot be taken from a session that people count on. They get word of a move, unless all of it is past;
    `told_as` says what has moved it.
    """
    previous_start, previous_end = session.starts_at, session.ends_at
    announced = _is_announced(session)
    if announced and facts.get("starts_at", previous_start) is None:
        raise Announced
    if session.is_scheduled and facts.get("starts_at", previous_start) is None:
        former.remember(session)
    changed = change(session, facts)
    moved = (session.starts_at, session.ends_at) != (previous_start, previous_end)
    if changed:
        audit.record(
            by, f"session.{told_as}" if moved else "session.edited", subject(session.event, f"session:{session.id}"),
            title=dict(session.title), changed=changed,
            **{"before": _written(previous_start), "after": _written(session.starts_at)} if moved else {},
        )  # fmt: skip
    db.session.flush()
    if "capacity" in changed:
        capacity_changed.send(session)
    if moved:
        session_moved.send(session, previous=(previous_start, previous_end))
    is_news = moved and announced and max(end for end in (previous_end, session.ends_at) if end) > clock.now()
    if is_news:
        session_changed.send(session, change=told_as, previous_start=previous_start)
    return is_news


def move_session(session: EventSession, starts_at: datetime | None, ends_at: datetime | None,
                 by: Account | None = None) -> None:  # fmt: skip
    """Gives a session its time, another one, or none. Raises Announced."""
    update_session(session, by, starts_at=starts_at, ends_at=ends_at)


def set_standing(session: EventSession, standing: Standing, reason: Translated | None = None,
                 by: Account | None = None) -> bool:  # fmt: skip
    """Cancels or postpones a session, or says that it takes place after all. Answers whether people get word."""
    if session.standing is standing:
        if standing is not Standing.CONFIRMED:
            session.standing_reason = reason or session.standing_reason
        db.session.flush()
        return False
    session.standing = standing
    session.standing_reason = {} if standing is Standing.CONFIRMED else dict(reason or {})
    news = CHANGE_OF[standing]
    audit.record(
        by,
        f"session.{news}",
        subject(session.event, f"session:{session.id}"),
        title=dict(session.title),
        reason=dict(session.standing_reason),
    )
    db.session.flush()
    is_over = session.ends_at is not None and session.ends_at <= clock.now()
    is_news = session.event.is_public and session.event.takes_place and not is_over
    if is_news:
        session_changed.send(session, change=news, previous_start=None)
    return is_news


def delete_session(session: EventSession, by: Account) -> None:
    """Takes a session out of the programme. Raises Announced for one that people count on."""
    if _is_announced(session) and session.ends_at and session.ends_at > clock.now():
        raise Announced
    former.remember(session)
    former.hand_on(session, None)
    audit.record(by, "session.deleted", subject(session.event, f"session:{session.id}"), title=dict(session.title))
    db.session.delete(session)
    db.session.flush()


def set_people(session: EventSession, people: Sequence[tuple[Speaker, Part]]) -> None:
    """Who speaks in a session and who moderates it, in this order; what stays the same is not written.

    Not flushed, as the links below: written with the other facts, all of it is one change.
    """
    there = {(row.speaker, row.part): row for row in session.appearances}
    wanted = dict.fromkeys(people)
    for key, row in there.items():
        if key not in wanted:
            session.appearances.remove(row)
    for position, (speaker, part) in enumerate(wanted):
        if (speaker, part) not in there:
            session.appearances.append(Appearance(speaker=speaker, part=part, position=position))
        elif there[speaker, part].position != position:
            there[speaker, part].position = position


def set_links(session: EventSession, links: Sequence[tuple[str, Translated, str]]) -> None:
    """The links of a session as kind, title and address, in this order."""
    if [(row.kind, dict(row.title), row.url) for row in session.links] == [(k, dict(t), u) for k, t, u in links]:
        return
    session.links = [
        SessionLink(kind=kind, title=title, url=url, position=n) for n, (kind, title, url) in enumerate(links)
    ]


def _is_announced(session: EventSession) -> bool:
    """Whether people may count on the session's time: it is public, and takes place."""
    return session.event.is_public and session.is_scheduled and session.takes_place


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
