"""Who is told that recordings, and subtitles of them, are there: what has come within a day is one letter."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, EventState, Standing
from app.extensions import db, insert_into
from app.languages.models import SubtitleFile
from app.lib import clock
from app.lib.tags import base_language
from app.mail.service import enqueue_all, letter_row
from app.reminders import audiences, quiet
from app.reminders.audiences import Audience, Person
from app.reminders.models import Publication, Rule, RuleKind
from app.schedule.models import EventSession

RECORDING = "reminders.recording"
LOOKED_AFTER = timedelta(days=180)
"""How long after an event its recordings are news."""


def write() -> None:
    """Takes in what has come, and tells of what has been gathered for long enough. Flushes."""
    _note()
    _tell()


def _note() -> None:
    moment = clock.now()
    known = sa.exists().where(Publication.session_id == EventSession.id)
    sessions = (
        sa.select(EventSession.id.label("session_id"))
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.state == EventState.PUBLISHED,
            sa.or_(Event.ends_on >= (moment - LOOKED_AFTER).date(), EventSession.ends_at >= moment - LOOKED_AFTER),
            EventSession.standing == Standing.CONFIRMED, EventSession.ends_at <= moment,
            # Recordings of what was over before the site knew of it are an archive, and no news.
            Event.created_at < EventSession.ends_at,
            sa.exists().where(Rule.event_id == Event.id, Rule.kind == RuleKind.RECORDING, Rule.is_on),
        )
    )  # fmt: skip
    recorded = sessions.where(EventSession.recording_url != "", ~known.where(Publication.language == ""))
    subtitled = (
        sessions.add_columns(SubtitleFile.language)
        .join(SubtitleFile, SubtitleFile.session_id == EventSession.id)
        .where(~known.where(Publication.language == SubtitleFile.language))
    )
    found = [{"session_id": row.session_id, "language": ""} for row in db.session.execute(recorded)]
    found += [{"session_id": row.session_id, "language": row.language} for row in db.session.execute(subtitled)]
    if found:
        rows = [{**row, "found_at": moment} for row in found]
        db.session.execute(insert_into(Publication).on_conflict_do_nothing(), rows)


def _tell() -> None:
    moment = clock.now()
    waiting = db.session.scalars(
        sa.select(Publication)
        .where(Publication.told_at.is_(None))
        .order_by(Publication.found_at, Publication.id)
        .options(orm.joinedload(Publication.session).joinedload(EventSession.event))
        .with_for_update(skip_locked=True, of=Publication)
    ).all()
    by_event: dict[Event, list[Publication]] = defaultdict(list)
    for each in waiting:
        by_event[each.session.event].append(each)
    for event, found in by_event.items():
        rule = _rule_of(event)
        if rule is None or found[0].found_at + timedelta(minutes=rule.minutes) > moment:
            continue
        for each in found:
            each.told_at = moment
        if event.state is EventState.PUBLISHED and event.takes_place:
            _write_letters(event, rule, found)
    db.session.flush()


def _rule_of(event: Event) -> Rule | None:
    """The one that waits least, where there are several."""
    wanted = sa.select(Rule).where(Rule.event_id == event.id, Rule.kind == RuleKind.RECORDING, Rule.is_on)
    return db.session.scalars(wanted.order_by(Rule.minutes, Rule.id).limit(1)).first()


def _write_letters(event: Event, rule: Rule, found: Sequence[Publication]) -> None:
    newest, hours, moment = max(each.id for each in found), quiet.of(event), clock.now()
    rows = []
    for person, theirs in _readers(event, rule, found):
        night = hours.around(moment, person.zone)
        rows.append(letter_row(
            RECORDING, f"{person.key}:{newest}", person.email, recipient_name=person.name, language=person.language,
            about=f"event:{event.id}", not_before=night.ends_at if night else moment,
            publications=theirs, **rule.payload, **person.payload,
        ))  # fmt: skip
    enqueue_all(rows)


def _readers(event: Event, rule: Rule, found: Sequence[Publication]) -> list[tuple[Person, list[int]]]:
    """Everyone whom a session concerned is told of its recording, and of subtitles in their own language."""
    of_session: dict[int, list[Publication]] = defaultdict(list)
    for each in found:
        of_session[each.session_id].append(each)
    rows = audiences.with_sessions(event, Audience(rule.audience, rule.audience_value))
    people: dict[str, tuple[Person, list[int]]] = {}
    for row in db.session.execute(rows.where(EventSession.id.in_(of_session))):
        person = audiences.person_of(event, row)
        news = [each.id for each in of_session[row.session_id] if _concerns(each, person)]
        if news and person.email:
            people.setdefault(person.email.lower(), (person, []))[1].extend(news)
    return list(people.values())


def _concerns(publication: Publication, person: Person) -> bool:
    return not publication.language or base_language(publication.language) == base_language(person.language)
