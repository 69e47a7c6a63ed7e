"""Several workers that look at the same moment."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.events.models import EventKind
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.registration.models import AgendaItem
from app.reminders import news, record, sweep
from app.schedule.models import EventSession
from app.schedule.signals import session_changed
from tests.conftest import NOON, settings
from tests.factories import make_event, make_registration, make_session, make_speaker, save

START = datetime(2027, 3, 10, 8, tzinfo=UTC)


@pytest.mark.both_databases
def test_sweeps_at_once_write_each_letter_once(tmp_path: Path, database: str) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))

    def run() -> None:
        with app.app_context():
            sweep.sweep()
            db.session.commit()

    def sweep_at(moment: datetime) -> None:
        with clock.stopped_at(moment):
            workers = [threading.Thread(target=run) for _ in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

    with app.app_context(), clock.stopped_at(NOON):
        event = make_event(kind=EventKind.CONFERENCE)
        session = make_session(event, starts_at=START)
        make_speaker(event, session, email="speaker@example.org")
        for _ in range(20):
            save(AgendaItem(registration=make_registration(event), session=session))
        session.starts_at, session.ends_at = START + timedelta(hours=1), START + timedelta(hours=2)
        session_changed.send(session, change=Change.MOVED, previous_start=START)
        db.session.commit()

        sweep_at(NOON + timedelta(minutes=1))
        sweep_at(START)
        sweep_at(START + timedelta(minutes=30))

        counted = sa.select(Letter.kind, sa.func.count()).group_by(Letter.kind)
        found = {kind: number for kind, number in db.session.execute(counted)}  # noqa: C416
        letters = sum(record.counts_of(event).values())
        db.session.remove()
        db.engine.dispose()
    assert found == {
        "reminders.change": 21, "reminders.event": 20, "reminders.agenda": 20, "reminders.speaker": 1,
    }  # fmt: skip
    assert letters == 62


@pytest.mark.both_databases
def test_what_changes_while_a_sweep_tells_of_the_change_before_is_told_by_the_next(
    tmp_path: Path, database: str
) -> None:
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))

    def move(number: int, to: datetime) -> None:
        with app.app_context():
            session = db.session.get_one(EventSession, number)
            previous, session.starts_at, session.ends_at = session.starts_at, to, to + timedelta(hours=1)
            session_changed.send(session, change=Change.MOVED, previous_start=previous)
            db.session.commit()

    with app.app_context(), clock.stopped_at(NOON):
        event = make_event()
        number = make_session(event, starts_at=START).id
        make_registration(event)
        move(number, START + timedelta(hours=1))
        with clock.stopped_at(NOON + timedelta(minutes=1)):
            news.tell()
            other = threading.Thread(target=move, args=(number, START + timedelta(hours=2)))
            other.start()
            db.session.commit()
            other.join()
        with clock.stopped_at(NOON + timedelta(minutes=2)):
            sweep.sweep()
            db.session.commit()
        told = db.session.scalars(sa.select(Letter.payload).where(Letter.kind == "reminders.change")).all()
        db.session.remove()
        db.engine.dispose()
    starts = [payload["changes"][0]["start"] for payload in told]
    assert sorted(starts) == [int((START + timedelta(hours=hours)).timestamp()) for hours in (1, 2)]
