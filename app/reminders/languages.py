"""Who is told that a language fell through in a session, or is there after all: one letter to each person."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from app.events.models import Event, EventKind
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.languages.service import is_in
from app.lib import clock
from app.lib.tags import base_language
from app.mail.service import enqueue_all, letter_row, revive
from app.registration.models import AgendaItem, Need, NeedKind, Registration, RegistrationState
from app.reminders.models import TrackNews
from app.reminders.news import QUIET

LANGUAGES, LANGUAGES_TOLD = "reminders.languages", "reminders.languages-told"
"""To registered people, and to the organisers' contact."""


def note(track: LanguageTrack) -> None:
    """Taken in now, told when nothing more has happened to the track for a while."""
    if not concerns_anybody(track):
        return
    # What a sweep is just telling it has told when we get it: then this is news again.
    open_one = sa.select(TrackNews).where(TrackNews.track == track, TrackNews.told_at.is_(None))
    news = db.session.scalar(
        open_one.with_for_update(of=TrackNews), execution_options={"populate_existing": True}
    )  # fmt: skip
    if news is None:
        news = TrackNews(track=track, was_offered=not track.is_offered)
        db.session.add(news)
    news.changed_at = clock.now()
    db.session.flush()


def concerns_anybody(track: LanguageTrack) -> bool:
    """Whether its session is still to come, or going on, for all to see."""
    session = track.session
    is_over = session.ends_at is not None and session.ends_at <= clock.now()
    return session.event.is_public and session.takes_place and not is_over


def tell() -> None:
    """Writes the letters about everything that has been quiet for long enough."""
    moment = clock.now()
    due = db.session.scalars(
        sa.select(TrackNews)
        .where(TrackNews.told_at.is_(None), TrackNews.changed_at <= moment - QUIET)
        .order_by(TrackNews.id)
        .with_for_update(skip_locked=True)
    ).all()
    by_event: dict[Event, list[TrackNews]] = defaultdict(list)
    for news in due:
        news.told_at = moment
        if not concerns_anybody(news.track):
            continue
        event = news.track.session.event
        if news.track.is_offered is not news.was_offered:
            by_event[event].append(news)
        else:
            revive(f"event:{event.id}", (LANGUAGES, LANGUAGES_TOLD), news.first_at)  # What was untrue is true again.
    for event, told in by_event.items():
        _tell_of(event, told)
    db.session.flush()


def _tell_of(event: Event, told: list[TrackNews]) -> None:
    newest = max(news.id for news in told)
    readers: dict[tuple[int, str, str, str], dict[str, bool]] = defaultdict(dict)
    for news in told:
        for reader in _concerned(event, news.track, news.first_at):
            readers[reader][str(news.track_id)] = news.track.is_offered
    enqueue_all([
        letter_row(
            LANGUAGES, f"{number}:{newest}", email, recipient_name=name, language=language,
            about=f"event:{event.id}", registration_id=number, tracks=tracks,
        )
        for (number, email, name, language), tracks in readers.items()
    ])  # fmt: skip
    enqueue_all([letter_row(
        LANGUAGES_TOLD, f"{event.id}:{newest}", event.contact_email, language=event.language, about=f"event:{event.id}",
        tracks={str(news.track_id): news.track.is_offered for news in told}, told=len(readers),
    )])  # fmt: skip


def _concerned(event: Event, track: LanguageTrack, first_at: datetime) -> list[tuple[int, str, str, str]]:
    """Who asked for the language or has it as their own, and comes to the session.

    A webinar's sessions concern all who registered, a conference's those who chose them. Who came later was told the
    new facts to begin with.
    """
    people = sa.select(Registration.id, Registration.email, Registration.name, Registration.language).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED,
        Registration.confirmed_at <= first_at, _needs(track),
    )  # fmt: skip
    if event.kind is EventKind.CONFERENCE:
        people = people.join(AgendaItem).where(
            AgendaItem.session_id == track.session_id, AgendaItem.added_at <= first_at
        )
    return [tuple(row) for row in db.session.execute(people)]  # type: ignore[misc]


def _needs(track: LanguageTrack) -> sa.ColumnElement[bool]:
    asked = sa.exists().where(Need.registration_id == Registration.id)
    if track.kind is TrackKind.SIGN:
        return asked.where(Need.kind == NeedKind.SIGN)
    base = base_language(track.language)
    by_need = asked.where(Need.kind.not_in((NeedKind.SIGN, NeedKind.OTHER)), is_in(Need.language, base))
    is_spoken = any(base_language(tag) == base for tag in track.session.languages)
    # Who hears their own language from the stage misses nothing, unless they asked for captions of it.
    return by_need if is_spoken else sa.or_(by_need, is_in(Registration.language, base))
