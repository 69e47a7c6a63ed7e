"""How often an event's page and form were opened: nobody waits for the counting, and nobody is known by it."""

import sqlite3
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.registration import visits
from app.registration.models import Step, Visit
from tests.conftest import NOON
from tests.factories import make_event

READER = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile)"}


@pytest.fixture
def event(app):
    return make_event()


def counted():
    # The session that the test shares with the requests may hold SQLite's lock.
    db.session.rollback()
    visits.tally.write()
    rows = db.session.execute(sa.select(Visit.day, Visit.step, Visit.number).order_by(Visit.day, Visit.step.desc()))
    found = [tuple(row) for row in rows]
    db.session.rollback()
    return found


@pytest.mark.both_databases
def test_page_and_form_are_counted_by_day_also_where_the_page_is_answered_at_the_door(client, event):
    page = f"/en/events/{event.slug}/"
    tag = client.get(page, headers=READER).headers["ETag"]
    client.get(page, headers=READER)
    assert client.get(page, headers={**READER, "If-None-Match": tag}).status_code == 304
    client.get(f"{page}register/", headers=READER)
    assert counted() == [(date(2027, 3, 3), Step.PAGE, 3), (date(2027, 3, 3), Step.FORM, 1)]
    with clock.stopped_at(NOON + timedelta(days=1)):
        client.get(f"/ro/events/{event.slug}/", headers=READER)
        client.get(page, headers=READER)
    assert [row for row in counted() if row[0] == date(2027, 3, 4)] == [(date(2027, 3, 4), Step.PAGE, 2)]


@pytest.mark.parametrize("headers", [
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, {"User-Agent": "some-Crawler"}, {"User-Agent": "SPIDER"},
    {"User-Agent": ""}, {**READER, "Sec-Purpose": "prefetch"},
])  # fmt: skip
def test_robots_and_pages_fetched_ahead_are_not_counted(client, event, headers):
    for _ in range(2):
        assert client.get(f"/en/events/{event.slug}/", headers=headers).status_code == 200
    client.head(f"/en/events/{event.slug}/", headers=READER)
    assert counted() == []


def test_other_pages_drafts_and_a_closed_form_are_not_counted(client, event):
    for path in (f"/en/events/{event.slug}/schedule/", "/en/", "/en/events/unknown/"):
        client.get(path, headers=READER)
    with clock.stopped_at(NOON + timedelta(days=30)):
        client.get(f"/en/events/{event.slug}/register/", headers=READER)
    assert counted() == []


def test_while_the_database_is_busy_the_figures_wait_and_no_page_fails(app, client, event, monkeypatch):
    monkeypatch.setattr(visits, "PATIENCE", 1)
    client.get(f"/en/events/{event.slug}/", headers=READER)
    writer = sqlite3.connect(db.engine.url.database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    visits.tally.write()
    assert client.get(f"/en/events/{event.slug}/", headers=READER).status_code == 200
    writer.rollback()
    writer.close()
    assert counted() == [(date(2027, 3, 3), Step.PAGE, 2)]
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10000


@pytest.mark.both_databases
def test_an_event_that_is_deleted_meanwhile_takes_nothing_of_the_others_with_it(client, event):
    gone = make_event()
    for slug in (event.slug, gone.slug):
        client.get(f"/en/events/{slug}/", headers=READER)
    db.session.delete(gone)
    db.session.commit()
    assert counted() == [(date(2027, 3, 3), Step.PAGE, 1)]
