"""Tracks of a session, and which session can be followed in which language."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.languages import plan, service
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind, TrackState
from tests.factories import make_event, make_linguist, make_session, save


def followable(event, language: str) -> set[str]:
    ids = set(db.session.scalars(service.sessions_followable_in(event, language)))
    return {row.slug for row in db.session.scalars(sa.select(service.EventSession)) if row.id in ids}


def programme():
    event = make_event()
    make_session(event, slug="floor", languages=["en", "pt-BR"])
    tracked = make_session(event, slug="tracked", languages=["ru"])
    subtitled = make_session(event, slug="subtitled", languages=["en-GB"])
    service.add_track(tracked, "pt", TrackKind.INTERPRETATION)
    save(SubtitleFile(session=subtitled, language="pt-PT", webvtt="WEBVTT\n"))
    elsewhere = make_session(make_event(), slug="elsewhere", languages=["pt"])
    assert elsewhere.id
    return event


@pytest.mark.both_databases
def test_sessions_are_found_by_floor_track_and_subtitles_whatever_the_region(app: Flask) -> None:
    event = programme()
    assert followable(event, "pt") == {"floor", "tracked", "subtitled"}
    assert followable(event, "pt-BR") == {"floor", "tracked", "subtitled"}
    assert followable(event, "EN") == {"floor", "subtitled"}
    assert followable(event, "ru") == {"tracked"}
    assert followable(event, "p") == set()
    assert followable(event, '%"_') == set()


def test_a_session_without_tracks_has_an_empty_list(app: Flask) -> None:
    one, other = make_session(make_event()), make_session(make_event())
    track = service.add_track(one, "ro", TrackKind.CAPTIONS)
    assert service.tracks_by_session([one.id, other.id]) == {one.id: [track], other.id: []}
    assert service.tracks_by_session([]) == {}


def test_the_same_kind_in_the_same_language_is_refused(app: Flask) -> None:
    session = make_session(make_event())
    captions = service.add_track(session, "ro", TrackKind.CAPTIONS)
    service.add_track(session, "ro", TrackKind.INTERPRETATION)
    with pytest.raises(service.TrackExistsError):
        service.add_track(session, "ro", TrackKind.CAPTIONS)
    with pytest.raises(service.TrackExistsError):
        service.change_track(captions, "ro", TrackKind.INTERPRETATION)
    service.change_track(captions, "ro", TrackKind.CAPTIONS)


def test_a_track_moves_revision_and_sequence_and_subtitles_only_the_revision(app: Flask) -> None:
    event = make_event()
    session = make_session(event)

    def numbers() -> tuple[int, int]:
        db.session.commit()
        db.session.refresh(event)
        db.session.refresh(session)
        return event.revision, session.sequence

    before = numbers()
    track = service.add_track(session, "ro", TrackKind.INTERPRETATION)
    added = numbers()
    assert added == (before[0] + 1, before[1] + 1)
    service.change_track(track, "ro", TrackKind.INTERPRETATION, "https://voice.example.org/ro")
    changed = numbers()
    assert changed == (added[0] + 1, added[1] + 1)
    service.remove_track(track)
    removed = numbers()
    assert removed == (changed[0] + 1, changed[1] + 1)
    save(SubtitleFile(session=session, language="ro", webvtt="WEBVTT\n"))
    assert numbers() == (removed[0] + 1, removed[1])


def test_subtitles_are_listed_without_their_text(app: Flask) -> None:
    session = make_session(make_event())
    for language in ("ru", "en"):
        save(SubtitleFile(session=session, language=language, webvtt="WEBVTT\n"))
    db.session.expunge_all()
    listed = service.subtitles_of(session)
    assert [row.language for row in listed] == ["en", "ru"]
    assert "webvtt" in sa.inspect(listed[0]).unloaded
    assert service.subtitle_languages([session.id]) == {session.id: ["en", "ru"]}


def test_tracks_and_subtitles_go_with_their_session(app: Flask) -> None:
    session = make_session(make_event())
    service.add_track(session, "ro", TrackKind.CAPTIONS)
    save(SubtitleFile(session=session, language="ru", webvtt="WEBVTT\n"))
    db.session.delete(session)
    db.session.commit()
    assert db.session.scalars(sa.select(LanguageTrack)).all() == []
    assert db.session.scalars(sa.select(SubtitleFile)).all() == []


def test_languages_to_follow_in_start_with_the_floor(app: Flask) -> None:
    session = make_session(make_event(), languages=["ru"])
    for language in ("ro", "ru", "en"):
        service.add_track(session, language, TrackKind.CAPTIONS)
    assert service.followable_languages(session, service.tracks_of(session)) == ["ru", "en", "ro"]


def test_only_what_people_can_count_on_and_where_it_is_moves_the_calendar_entry(app: Flask) -> None:
    session = make_session(make_event())
    track = service.add_track(session, "ro", TrackKind.INTERPRETATION)
    db.session.commit()

    def rises(change: Callable[[], object]) -> int:
        before = session.sequence
        change()
        db.session.commit()
        return session.sequence - before

    for state in (TrackState.CONFIRMED, TrackState.LIVE):
        assert rises(lambda state=state: plan.move(track, state)) == 0
    assert rises(lambda: plan.assign(track, make_linguist(session.event))) == 0
    assert rises(lambda: service.change_track(track, "ro", TrackKind.INTERPRETATION, via="en")) == 0
    assert rises(lambda: plan.move(track, TrackState.FAILED)) == 1
    assert rises(lambda: service.change_track(track, "ro", TrackKind.INTERPRETATION, "https://meet.example.org/")) == 0
    assert rises(lambda: plan.move(track, TrackState.LIVE)) == 1
    assert rises(lambda: plan.move(track, TrackState.FAILED)) == 1
    assert rises(lambda: service.remove_track(track)) == 0, "it was not in the entry any more"
