"""What was answered before is answered at the door, and only while it is still right."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, request, request_started
from flask.testing import FlaskClient

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.lib import clock
from tests.conftest import NOON
from tests.factories import make_event, make_session

PAGES = ["/en/", "/en/events/open-doors/", "/en/events/open-doors/schedule/", "/events/open-doors/calendar.ics",
         "/events/open-doors/schedule.json", "/en/events/open-doors/speakers/"]  # fmt: skip


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="open-doors")
    make_session(event, starts_at=NOON + timedelta(hours=1))
    db.session.commit()
    return event


@pytest.fixture
def inside(app: Flask) -> list[str]:
    """The addresses that were asked for inside."""
    asked: list[str] = []

    def note(_app: Flask, **_: object) -> None:
        asked.append(request.path)

    request_started.connect(note, app, weak=False)
    return asked


@pytest.mark.parametrize("page", PAGES)
def test_the_second_answer_is_the_same_and_comes_from_the_door(
    client: FlaskClient, event: Event, inside: list[str], page: str
) -> None:
    first = client.get(page, headers={"Accept-Encoding": "gzip"})
    again = client.get(page, headers={"Accept-Encoding": "gzip"})
    assert inside == [page]
    assert again.data == first.data
    assert sorted(again.headers) == sorted(first.headers)
    assert "frame-ancestors 'none'" in again.headers["Content-Security-Policy"]


def test_a_condition_is_answered_at_the_door(client: FlaskClient, event: Event, inside: list[str]) -> None:
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        first = client.get(PAGES[2])
    for condition in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        answer = client.get(PAGES[2], headers=condition)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
    assert client.head(PAGES[2]).headers["Content-Length"] == first.headers["Content-Length"]
    assert len(inside) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_change_is_seen_with_the_next_request(client: FlaskClient, event: Event, page: str) -> None:
    before = client.get(page)
    client.get(page)
    event.title = {"en": "Another title"}
    event.standing = Standing.POSTPONED
    db.session.commit()
    after = client.get(page, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data


def test_a_change_by_another_process_is_seen_with_the_next_request(
    app: Flask, client: FlaskClient, event: Event, inside: list[str]
) -> None:
    client.get(PAGES[2])
    other = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with other.begin() as connection:
        connection.execute(sa.text("UPDATE event SET revision = revision + 1"))
    client.get(PAGES[2])
    assert len(inside) == 2


def test_an_event_that_is_a_draft_again_is_not_there(client: FlaskClient, event: Event) -> None:
    assert client.get(PAGES[2]).status_code == 200
    event.state = EventState.DRAFT
    db.session.commit()
    assert client.get(PAGES[2]).status_code == 404


def test_a_page_whose_moment_has_come_is_made_anew(client: FlaskClient, event: Event, inside: list[str]) -> None:
    assert b"<b>Now</b>" not in client.get(PAGES[2]).data
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert b"<b>Now</b>" in client.get(PAGES[2]).data
    assert len(inside) == 2


def test_another_query_is_another_address(client: FlaskClient, event: Event) -> None:
    plain = client.get(PAGES[2]).data
    assert client.get(f"{PAGES[2]}?zone=Asia/Tokyo").data != plain
    assert client.get(PAGES[2]).data == plain


def test_a_post_goes_inside(client: FlaskClient, event: Event, inside: list[str]) -> None:
    client.get(PAGES[2])
    assert client.post(PAGES[2]).status_code == 405
    assert len(inside) == 2


def test_a_database_that_fails_is_answered_for_inside(app: Flask, client: FlaskClient, event: Event) -> None:
    client.get(PAGES[2])
    db.session.execute(sa.text("ALTER TABLE event RENAME COLUMN revision TO gone"))
    db.session.commit()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get(PAGES[2])
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.data
