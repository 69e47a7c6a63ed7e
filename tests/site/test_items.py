"""An item of the programme is written once, and anew whenever anything that it shows has changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.events.models import Event, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind
from app.schedule.models import EventSession
from app.site import items
from tests.factories import make_event, make_room, make_session, make_speaker, make_theme

PAGE = "/en/events/commons/schedule/"


@pytest.fixture
def opening(app: Flask) -> EventSession:
    event = make_event(slug="commons")
    opening = make_session(event, title={"en": "Opening"}, room=make_room(event), theme=make_theme(event))
    make_speaker(event, opening, name={"en": "Ana"})
    make_session(event, title={"en": "Closing"}, starts_at=opening.ends_at + timedelta(hours=1))
    db.session.commit()
    return opening


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the items that were written, in order."""
    titles: list[str] = []
    write = items._Writer.item

    def note(self: items._Writer, row: items.Row, stamp: tuple[object, ...]) -> items.Item:
        titles.append(row.title["en"])
        return write(self, row, stamp)

    monkeypatch.setattr(items._Writer, "item", note)
    return titles


def _rename_speaker(session: EventSession) -> None:
    session.appearances[0].speaker.name = {"en": "Ioana"}


CHANGES: list[tuple[Callable[[EventSession], object], str]] = [
    (lambda session: setattr(session, "title", {"en": "Beginning"}), "Beginning</a>"),
    (lambda session: setattr(session, "slug", "beginning"), "/sessions/beginning/"),
    (lambda session: setattr(session, "standing", Standing.CANCELLED), "<b>Cancelled</b>"),
    (lambda session: setattr(session, "ends_at", session.starts_at + timedelta(minutes=7)), "7 min"),
    (lambda session: setattr(session.room, "name", {"en": "Hall of mirrors"}), "Hall of mirrors · "),
    (lambda session: setattr(session.theme, "name", {"en": "Memory"}), "· Memory ·"),
    (_rename_speaker, "<p>Ioana</p>"),
    (lambda session: db.session.add(
        LanguageTrack(session=session, language="ro", kind=TrackKind.INTERPRETATION)), "(+ Romanian)"),
    (lambda session: db.session.add(SubtitleFile(session=session, language="fa", webvtt="WEBVTT\n")), "(+ Persian)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "shown"), CHANGES)
def test_a_change_is_shown_and_costs_the_writing_of_one_item(
    client: FlaskClient, opening: EventSession, written: list[str],
    change: Callable[[EventSession], object], shown: str,
) -> None:  # fmt: skip
    assert shown not in client.get(PAGE).text
    assert sorted(written) == ["Closing", "Opening"]
    written.clear()
    change(opening)
    db.session.commit()
    assert shown in client.get(PAGE).text
    assert written == [opening.title["en"]]


def test_each_language_and_zone_has_its_own_items(client: FlaskClient, opening: EventSession) -> None:
    event: Event = opening.event
    client.get(PAGE)
    assert f"/ro/events/{event.slug}/sessions/" in client.get(PAGE.replace("/en/", "/ro/")).text
    assert f'sessions/{opening.slug}/?zone=Asia/Tokyo"' in client.get(f"{PAGE}?zone=Asia/Tokyo").text
    assert f'sessions/{opening.slug}/"' in client.get(PAGE).text
