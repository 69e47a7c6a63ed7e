"""Who is told that a session or an event was moved, called off or brought back: one letter to each person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventKind, Standing
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.mail.service import enqueue_all, letter_row, revive
from app.people.models import Account
from app.registration.models import AgendaItem, Booking, Registration, RegistrationState
from app.reminders.models import News
from app.schedule import zones
from app.schedule.models import Appearance, EventSession
from app.schedule.service import is_over
from app.speakers.models import Speaker

CHANGE = "reminders.change"
TELL_A_TIME = (CHANGE, "reminders.welcome", "reminders.event", "reminders.agenda", "reminders.speaker")
"""Letters that are dropped where what they tell of does not take place, or not then."""
MOVES = (Change.MOVED, Change.CLOCKS)
QUIET = timedelta(minutes=1)
"""How long nothing more must happen to a session before it is told; an organiser's corrections become one letter."""


def note_session(session: EventSession, change: Change, previous_start: datetime | None = None) -> None:
    known = session.standing is Standing.CONFIRMED and previous_start is not None
    before = previous_start if change in MOVES else session.starts_at
    _note(session.event, session, change, took_place=known, previous_start=before)


def note_event(event: Event, change: Change) -> None:
    _note(event, None, change, took_place=True, previous_start=None)


def _note(event: Event, session: EventSession | None, change: Change, *, took_place: bool,
          previous_start: datetime | None) -> None:  # fmt: skip
    if not event.is_public or is_over(event):
        return
    if change not in MOVES:
        took_place = change is not Change.RESTORED
    subject = News.session == session if session else News.session_id.is_(None)
    # What a sweep is just telling it has told when we get it: then this is news again.
    open_one = sa.select(News).where(News.event == event, subject, News.told_at.is_(None)).with_for_update(of=News)
    news = db.session.scalar(open_one, execution_options={"populate_existing": True})
    if news is None:
        news = News(event=event, session=session, took_place=took_place, previous_start=previous_start,
                    by_clocks=change is Change.CLOCKS)  # fmt: skip
        db.session.add(news)
    news.by_clocks = news.by_clocks and change is Change.CLOCKS
    news.changed_at = clock.now()
    db.session.flush()


def last_changes(session_ids: Iterable[int], event_ids: Iterable[int] = ()) -> dict[int | None, datetime]:
    """When each of these sessions was changed last, as far as people were or will be told; None: their events."""
    rows = db.session.execute(
        sa.select(News.session_id, sa.func.max(News.changed_at, type_=clock.UtcDateTime()))
        .where(sa.or_(News.session_id.in_(session_ids), News.session_id.is_(None) & News.event_id.in_(event_ids)))
        .where(News.by_clocks.is_(False))
        .group_by(News.session_id)
    )
    return {row[0]: row[1] for row in rows}


def tell() -> None:
    """Writes the letters about everything that has been quiet for long enough."""
    moment = clock.now()
    due = db.session.scalars(
        sa.select(News)
        .where(News.told_at.is_(None), News.changed_at <= moment - QUIET)
        .order_by(News.id)
        .with_for_update(skip_locked=True)
    ).all()
    by_event: dict[Event, list[News]] = defaultdict(list)
    for news in due:
        news.told_at = moment
        by_event[news.event].append(news)
    for event, told in by_event.items():
        if event.is_public and not is_over(event):
            _tell_of(event, told)
    db.session.flush()


def _tell_of(event: Event, told: list[News]) -> None:
    if came_to_nothing := [news for news in told if net_change(news) is None]:
        _forget(event, came_to_nothing)
    whole = [news for news in told if news.session_id is None and net_change(news)]
    if whole or not event.takes_place:
        told = whole  # What becomes of single sessions is nobody's question now.
    facts = {news: fact for news in told if (fact := _fact(news))}
    if not facts:
        return
    newest = max(facts, key=lambda news: news.id)
    # With its moment, since a number may be given out again when its session is deleted.
    version = f"{newest.id}:{int(newest.first_at.timestamp())}"
    readers: dict[Reader, list[dict[str, Any]]] = defaultdict(list)
    for news, fact in facts.items():
        for reader in concerned(event, news):
            readers[reader].append(fact)
    enqueue_all([
        letter_row(
            CHANGE, f"{reader.key}:{version}", reader.email, recipient_name=reader.name, language=reader.language,
            about=f"event:{event.id}", event_id=event.id, changes=changes, **reader.payload,
        )
        for reader, changes in readers.items()
    ])  # fmt: skip


def _forget(event: Event, news: list[News]) -> None:
    """All is as people know it: what was not true for a minute, and so was not sent, is true again."""
    revive(f"event:{event.id}", TELL_A_TIME, min(each.first_at for each in news))
    for each in news:
        db.session.delete(each)


def net_change(news: News) -> Change | None:
    """What all changes since the news was opened come to; None when things are again as people know them."""
    subject: Event | EventSession = news.session or news.event
    if subject.standing is Standing.CONFIRMED and (news.session is None or news.session.starts_at):
        if not news.took_place:
            return Change.RESTORED
        moved = news.session is not None and news.session.starts_at != news.previous_start
        return (Change.CLOCKS if news.by_clocks else Change.MOVED) if moved else None
    if not news.took_place:
        return None
    return Change.CANCELLED if subject.standing is Standing.CANCELLED else Change.POSTPONED


def _fact(news: News) -> dict[str, Any] | None:
    change = net_change(news)
    starts_at = news.session.starts_at if news.session else None
    times = [moment for moment in (starts_at, news.previous_start) if moment]
    if change is None or (times and max(times) <= clock.now()):
        return None
    return {
        "session_id": news.session_id,
        "change": change.value,
        "start": starts_at and int(starts_at.timestamp()),
        "previous": news.previous_start and int(news.previous_start.timestamp()),
        "since": int(news.first_at.timestamp()),
    }


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who is told, as a registered person or as a speaker."""

    email: str
    name: str
    language: str
    zone: str
    registration_id: int | None = None
    speaker_id: int | None = None

    @property
    def key(self) -> str:
        return f"r{self.registration_id}" if self.registration_id else f"s{self.speaker_id}"

    @property
    def payload(self) -> dict[str, Any]:
        ids = {"registration_id": self.registration_id, "speaker_id": self.speaker_id}
        return {name: number for name, number in ids.items() if number is not None}


def concerned(event: Event, news: News) -> list[Reader]:
    """A webinar's sessions concern all who registered, a conference's those who chose them or wait for a place; and
    who speaks there."""
    registered = sa.select(
        Registration.email, Registration.name, Registration.language, Registration.zone, Registration.id
    ).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED,
        # Who came later was told the new facts to begin with.
        Registration.confirmed_at <= news.first_at,
    )  # fmt: skip
    speaking = sa.select(
        sa.func.coalesce(sa.func.nullif(Speaker.email, ""), Account.email), Speaker.name, Account.language,
        Speaker.zone, Speaker.id,
    ).outerjoin(Account, Account.id == Speaker.account_id).where(Speaker.event_id == event.id)  # fmt: skip
    if news.session_id is not None:
        if event.kind is EventKind.CONFERENCE:
            registered = registered.where(
                sa.or_(
                    _has(AgendaItem, news).where(AgendaItem.added_at <= news.first_at),
                    _has(Booking, news).where(Booking.created_at <= news.first_at),
                )
            )
        speaking = speaking.where(
            Speaker.id.in_(sa.select(Appearance.speaker_id).where(Appearance.session_id == news.session_id))
        )
    readers = [Reader(*row) for row in db.session.execute(registered)]
    known = {reader.email.lower() for reader in readers}
    for email, name, language, zone, number in db.session.execute(speaking):
        if email and email.lower() not in known:
            known.add(email.lower())
            readers.append(Reader(
                email, next(iter(name.values()), ""), language or event.language, zone or event.zone, speaker_id=number
            ))  # fmt: skip
    return [reader for reader in readers if _has_another_hour(news, reader.zone)] if news.by_clocks else readers


def _has(kind: type[AgendaItem | Booking], news: News) -> sa.Exists:
    return sa.exists().where(kind.registration_id == Registration.id, kind.session_id == news.session_id)


def _has_another_hour(news: News, zone: str) -> bool:
    """Whether the new rules of the session's clocks put it at another hour on the reader's."""
    if news.session is None or news.session.starts_at is None or news.previous_start is None:
        return True
    now = clock.local(news.session.starts_at, zone).replace(tzinfo=None)
    return now != zones.shown_before(news.previous_start, zone, news.first_at)
