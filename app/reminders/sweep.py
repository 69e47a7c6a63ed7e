"""Finds the reminders that are due and writes them into the outbox, each once, however often and wherever it runs.

Reminders are rows that a sweep finds and never tasks with a distant moment: a broker may lose or repeat such a task,
and it would know nothing of a session that has moved since.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.events.models import Event, EventKind, EventState, Standing
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.mail.service import enqueue_all, letter_row
from app.registration.models import AgendaItem, Registration, RegistrationState
from app.reminders import languages, news, team
from app.reminders.models import AgendaReminder
from app.schedule.models import EventSession

EVENT, AGENDA = "reminders.event", "reminders.agenda"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEFORE_SESSION = timedelta(minutes=30)
TOGETHER = timedelta(hours=1)
"""Sessions that start within this time of one another are one letter."""

_WANTS_REMINDERS = sa.and_(
    Registration.state == RegistrationState.CONFIRMED, Registration.unsubscribed_at.is_(None)
)  # fmt: skip


def sweep() -> None:
    """Flushes; the caller commits."""
    news.tell()
    languages.tell()
    _remind_of_events()
    _remind_of_agendas()
    team.remind()


class Beginning(NamedTuple):
    event: Event
    starts_at: datetime
    session_id: int | None
    """The session that it begins with; None while none has a time."""


def beginning(event: Event) -> Beginning:
    """When an event begins: with its first session that takes place, else with its first day."""
    first = db.session.execute(
        sa.select(EventSession.starts_at, EventSession.id)
        .where(EventSession.event_id == event.id, EventSession.starts_at.is_not(None))
        .where(EventSession.standing == Standing.CONFIRMED)
        .order_by(EventSession.starts_at, EventSession.id)
        .limit(1)
    ).first()
    if first is None or first.starts_at is None:
        return Beginning(event, event.begins_at, None)
    return Beginning(event, first.starts_at, first.id)


def is_reminded_of(event: Event) -> bool:
    return event.state is EventState.PUBLISHED and event.takes_place and event.over_at > clock.now()


def _remind_of_events() -> None:
    moment = clock.now()
    soon = db.session.scalars(sa.select(Event).where(
        Event.state == EventState.PUBLISHED, Event.standing == Standing.CONFIRMED,
        Event.starts_on.between(moment.date() - timedelta(days=1), moment.date() + timedelta(days=3)),
    ))  # fmt: skip
    for begins in map(beginning, soon):
        for ahead in (DAY, HOUR) if begins.session_id else (DAY,):
            due_at = begins.starts_at - ahead
            if due_at <= moment < due_at + ahead / 2 and not _changed_since(begins, due_at):
                _remind_of_event(begins, ahead, due_at)


def _changed_since(begins: Beginning, due_at: datetime) -> bool:
    """Whether the letter about a change stands in for the reminder whose moment had passed when it was made."""
    changes = news.last_changes([begins.session_id] if begins.session_id else [], [begins.event.id])
    return any(changed_at > due_at for changed_at in changes.values())


def _remind_of_event(begins: Beginning, ahead: timedelta, due_at: datetime) -> None:
    minutes, start = int(ahead.total_seconds()) // 60, int(begins.starts_at.timestamp())
    version = f":{minutes}:{start}"
    written = sa.exists().where(Letter.key == sa.literal(f"{EVENT}:") + sa.cast(Registration.id, sa.String) + version)
    people = db.session.execute(
        sa.select(Registration.id, Registration.email, Registration.name, Registration.language).where(
            Registration.event_id == begins.event.id, _WANTS_REMINDERS, ~written,
            Registration.confirmed_at <= due_at,  # Who came later has just had a letter that says the same.
        )
    )  # fmt: skip
    enqueue_all([
        letter_row(
            EVENT, f"{id_}{version}", email, recipient_name=name, language=language,
            about=f"event:{begins.event.id}", registration_id=id_, start=start, minutes=minutes,
        )
        for id_, email, name, language in people
    ])  # fmt: skip


def _remind_of_agendas() -> None:
    """A letter is due half an hour before a session, and takes those with it that start soon after."""
    moment = clock.now()
    reminded = sa.exists().where(
        AgendaReminder.registration_id == AgendaItem.registration_id,
        AgendaReminder.session_id == AgendaItem.session_id,
        AgendaReminder.starts_at == EventSession.starts_at,
    )
    rows = db.session.execute(
        sa.select(
            Registration.id, Registration.email, Registration.name, Registration.language, Event.id.label("event_id"),
            Event.kind, EventSession.id.label("session_id"), EventSession.starts_at, AgendaItem.added_at,
        )
        .select_from(AgendaItem).join(Registration).join(EventSession, EventSession.id == AgendaItem.session_id)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            EventSession.starts_at > moment, EventSession.starts_at < moment + BEFORE_SESSION + TOGETHER,
            EventSession.standing == Standing.CONFIRMED, Event.standing == Standing.CONFIRMED,
            Event.state == EventState.PUBLISHED, _WANTS_REMINDERS, ~reminded,
        )
        .order_by(Registration.id, EventSession.starts_at, EventSession.id)
    ).all()  # fmt: skip
    changes = news.last_changes({row.session_id for row in rows})
    webinars = {row.event_id for row in rows if row.kind is EventKind.WEBINAR}
    begin = {id_: beginning(db.session.get_one(Event, id_)).starts_at for id_ in webinars}

    agendas: dict[int, list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    for row in rows:
        known_since = max(row.added_at, changes.get(row.session_id, row.added_at))
        # A webinar's first hour was in the reminder of the event.
        told_before = row.event_id in begin and row.starts_at < begin[row.event_id] + TOGETHER
        if known_since <= row.starts_at - BEFORE_SESSION and not told_before:
            agendas[row.id].append(row)  # type: ignore[arg-type]
    due = []
    for agenda in agendas.values():
        first = agenda[0].starts_at
        if first <= moment + BEFORE_SESSION:
            due += [row for row in agenda if row.starts_at < first + TOGETHER]
    _write_agenda_letters(due)


def _write_agenda_letters(due: list[sa.Row[tuple[object, ...]]]) -> None:
    """The ledger decides: what another sweep wrote down at this moment is in its letter, not in ours."""
    if not due:
        return
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    entries = [
        {"registration_id": row.id, "session_id": row.session_id, "starts_at": row.starts_at} for row in due
    ]  # fmt: skip
    gained = {tuple(row) for row in db.session.execute(
        insert(AgendaReminder).on_conflict_do_nothing().returning(
            AgendaReminder.registration_id, AgendaReminder.session_id
        ),
        entries,
    )}  # fmt: skip
    letters: dict[int, list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    for row in due:
        if (row.id, row.session_id) in gained:
            letters[row.id].append(row)
    enqueue_all([
        letter_row(
            AGENDA, f"{id_}:{rows[0].session_id}:{int(rows[0].starts_at.timestamp())}", rows[0].email,
            recipient_name=rows[0].name, language=rows[0].language, about=f"event:{rows[0].event_id}",
            registration_id=id_,
            sessions={str(row.session_id): int(row.starts_at.timestamp()) for row in rows},
        )
        for id_, rows in letters.items()
    ])  # fmt: skip
