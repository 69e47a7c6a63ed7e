from datetime import timedelta

import pytest

from app.events.models import Standing
from app.extensions import db
from app.lib import clock
from app.schedule.models import Appearance, EventSession, Part, SessionKind, SessionLink
from tests.conftest import NOON
from tests.factories import make_event, make_room, make_session, make_speaker, make_theme, save


def rises(session: EventSession, change) -> int:
    """By how much the session's SEQUENCE goes up with a change."""
    before = session.sequence
    change()
    db.session.commit()
    return session.sequence - before


@pytest.fixture
def event(app):
    return make_event()


def test_a_new_session_begins_at_nought(event):
    assert make_session(event).sequence == 0


@pytest.mark.parametrize(("name", "value"), [
    ("title", {"en": "Other"}), ("abstract", {"en": "What it says"}), ("languages", ["ro"]),
    ("starts_at", NOON), ("join_url", "https://meet.example.org/1"), ("slug", "other"), ("capacity", 20),
])  # fmt: skip
def test_what_the_calendar_entry_shows_raises_it_by_one(event, name, value):
    session = make_session(event)
    assert rises(session, lambda: setattr(session, name, value)) == 1


@pytest.mark.parametrize(("name", "value"), [
    ("recording_url", "https://example.org/v"), ("recorded", False), ("description", {"en": "More"}),
    ("source", {"id": 1}), ("kind", SessionKind.PANEL), ("standing_reason", {"en": "Why it was once called off"}),
])  # fmt: skip
def test_what_it_does_not_show_leaves_it(event, name, value):
    session = make_session(event)
    assert rises(session, lambda: setattr(session, name, value)) == 0


def test_the_reason_counts_while_it_is_told(event):
    session = make_session(event, standing=Standing.CANCELLED)
    assert rises(session, lambda: setattr(session, "standing_reason", {"en": "Illness"})) == 1
    assert rises(session, lambda: setattr(event, "standing", Standing.POSTPONED)) == 0
    assert rises(session, lambda: setattr(event, "standing", Standing.CANCELLED)) == 0
    assert rises(session, lambda: setattr(event, "standing_reason", {"en": "War"})) == 0
    assert rises(session, lambda: setattr(session, "standing", Standing.POSTPONED)) == 1, "now the event's reason holds"


def test_how_few_the_places_are_stands_in_no_entry(event):
    session = make_session(event, capacity=20)
    assert rises(session, lambda: setattr(session, "capacity", 21)) == 0
    assert rises(session, lambda: setattr(session, "capacity", None)) == 1


def test_another_way_in_stands_in_no_entry(event):
    session = make_session(event, join_url="https://meet.example.org/1")
    assert rises(session, lambda: setattr(session, "join_url", "https://meet.example.org/2")) == 0
    assert rises(session, lambda: setattr(session, "join_url", "")) == 1


def test_the_moment_of_the_change_is_kept_with_it(event):
    session = make_session(event)
    later = NOON + timedelta(hours=1)
    with clock.stopped_at(later):
        assert rises(session, lambda: setattr(session, "title", {"en": "Other"})) == 1
    assert session.changed_at == later


def test_theme_and_room_by_relationship_or_by_number(event):
    theme, room, session = make_theme(event), make_room(event), make_session(event)
    assert rises(session, lambda: setattr(session, "theme", theme)) == 1
    assert rises(session, lambda: setattr(session, "theme", theme)) == 0
    assert rises(session, lambda: setattr(session, "room_id", room.id)) == 1


def test_a_room_or_theme_of_the_same_name_reads_the_same(event):
    rooms, themes = ([make(event, name={"en": "Green"}) for _ in range(2)] for make in (make_room, make_theme))
    session = make_session(event, room=rooms[0], theme=themes[0])
    blue = make_theme(event, name={"en": "Blue"})
    assert rises(session, lambda: setattr(session, "room", rooms[1])) == 0
    assert rises(session, lambda: setattr(session, "theme", themes[1])) == 0
    assert rises(session, lambda: setattr(session, "room", None)) == 1
    assert rises(session, lambda: setattr(session, "theme", blue)) == 1


def test_a_renamed_theme_or_room_raises_its_own_sessions_alone(event):
    theme, room = make_theme(event), make_room(event)
    inside, outside = make_session(event, theme=theme, room=room), make_session(event)
    assert rises(inside, lambda: setattr(theme, "name", {"en": "Reading"})) == 1
    assert rises(inside, lambda: setattr(theme, "colour", "#123456")) == 0
    assert rises(inside, lambda: setattr(room, "name", {"en": "Blue stage"})) == 1
    assert rises(inside, lambda: setattr(room, "position", 77)) == 0
    assert outside.sequence == 0


def test_a_deleted_theme_or_room_raises_its_sessions_and_leaves_them(event):
    theme, room = make_theme(event), make_room(event)
    session = make_session(event, theme=theme, room=room)
    assert rises(session, lambda: db.session.delete(theme)) == 1
    assert rises(session, lambda: event.rooms.remove(room)) == 1
    db.session.refresh(session)
    assert session.theme is None
    assert session.room is None


def test_the_event_s_title_and_zone_are_in_every_entry(event):
    session = make_session(event)
    assert rises(session, lambda: setattr(event, "title", {"en": "Renamed"})) == 1
    assert rises(session, lambda: setattr(event, "zone", "Europe/Kyiv")) == 1
    assert rises(session, lambda: setattr(event, "contact_email", "other@example.org")) == 0


def test_speakers_who_come_go_and_change_their_name(event):
    session = make_session(event)
    speaker = make_speaker(event)
    assert rises(session, lambda: save(Appearance(session=session, speaker=speaker, part=Part.MODERATOR))) == 1
    assert rises(session, lambda: setattr(speaker, "biography", {"en": "Reads."})) == 0
    assert rises(session, lambda: setattr(speaker, "name", {"en": "Ana"})) == 1
    assert "ana" in session.search
    assert rises(session, lambda: session.appearances.clear()) == 1
    assert "ana" not in session.search


def test_a_deleted_speaker_leaves_the_sessions(event):
    session = make_session(event)
    speaker = make_speaker(event, session, name={"en": "Ana"})
    assert rises(session, lambda: db.session.delete(speaker)) == 1
    assert session.appearances == []
    assert "ana" not in session.search


def test_links_are_not_in_the_entry(event):
    session = make_session(event)
    assert rises(session, lambda: save(SessionLink(session=session, url="https://example.org/slides.pdf"))) == 0


def test_several_changes_in_one_flush_count_once(event):
    theme = make_theme(event)
    session = make_session(event, theme=theme)

    def change():
        theme.name = {"en": "Reading"}
        session.title = {"en": "Other"}
        event.title = {"en": "Renamed"}

    assert rises(session, change) == 1


def test_two_transactions_never_give_one_number(event):
    session = make_session(event)
    with db.engine.connect() as other:
        other.exec_driver_sql("UPDATE event_session SET sequence = 7")
        other.commit()
    session.title = {"en": "Other"}
    db.session.commit()
    assert session.sequence == 8


def test_a_session_is_found_by_title_abstract_theme_and_speakers_in_all_languages(event):
    theme = make_theme(event, name={"en": "Reading", "ro": "Lectură"})
    session = make_session(event, theme=theme, title={"en": "Books", "ru": "Книги"}, abstract={"en": "**Bold** words"})
    make_speaker(event, session, name={"ro": "Ștefan Țepeș"})
    assert all(word in session.search for word in ("books", "книги", "lectura", "bold words", "stefan tepes"))
    theme.name = {"en": "Writing"}
    db.session.commit()
    assert "writing" in session.search
    assert "lectura" not in session.search
