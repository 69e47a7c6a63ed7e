from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.languages import plan
from app.languages.models import Availability, LanguageTrack, Linguist, Rota, TrackState, Turn
from app.languages.rota import booths, conflicts, material, telling, turns
from app.languages.rota.conflicts import Kind
from app.lib import clock
from app.mail.models import Letter
from app.mail.outbox import sweep
from app.schedule import service as schedule
from tests.factories import (
    make_account,
    make_event,
    make_linguist,
    make_session,
    make_speaker,
    make_track,
    save,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def make_turn(
    track: LanguageTrack, linguist: Linguist, partner: Linguist | None, start: int, end: int, **values: Any
) -> Turn:
    """`start` and `end`: minutes after the session's beginning."""
    begins = track.session.starts_at
    assert begins is not None
    return save(Turn(
        track=track, linguist=linguist, partner=partner, starts_at=begins + minutes(start),
        ends_at=begins + minutes(end), **values,
    ))  # fmt: skip


def found(event: Event) -> Counter[str]:
    return Counter(conflict.kind.value for conflict in conflicts.of(material.of(event)))


@pytest.fixture
def good(event: Event) -> tuple[LanguageTrack, Linguist, Linguist, Turn, Turn]:
    """An hour into Romanian in two turns, with nothing wrong."""
    track = make_track(make_session(event))
    ana, ion = make_linguist(event), make_linguist(event)
    first, second = make_turn(track, ana, ion, 0, 30), make_turn(track, ion, ana, 30, 60)
    assert not found(event)
    return track, ana, ion, first, second


def test_a_booth_serves_what_is_in_its_languages_and_one_session_at_a_time(event: Event) -> None:
    one, other = booths.add(event, "One", ["en", "ro"]), booths.add(event, "Two", ["ro", "en-GB"])
    into_ro = make_track(make_session(event))
    into_en = make_track(make_session(event, languages=["ro"]), language="en")
    into_ru = make_track(into_ro.session, language="ru")
    assert material.of(event).booth_of == {into_ro: one, into_en: other, into_ru: None}
    into_ro.booth = other
    assert material.of(event).booth_of == {into_ro: other, into_en: one, into_ru: None}


def test_a_relay_needs_a_booth_for_the_language_it_hears(event: Event) -> None:
    session = make_session(event, languages=["ka"])
    make_track(session, language="en")
    relay = make_track(session, language="ru", via="en")
    made = booths.add_missing(event, material.of(event).tracks)
    assert [booth.languages for booth in made] == [["en", "ka"], ["en", "ru"]]
    assert material.of(event).booth_of[relay] is made[1]
    assert booths.add_missing(event, material.of(event).tracks) == []


def test_booths_of_sessions_at_the_same_time_get_different_names(event: Event) -> None:
    for _room in range(2):
        make_track(make_session(event))
    names = [booth.name for booth in booths.add_missing(event, material.of(event).tracks)]
    assert len(set(names)) == 2
    with pytest.raises(booths.NameTaken):
        booths.add(event, names[0].upper(), ["en", "ro"])


def test_without_a_booth_its_tracks_are_served_by_another(event: Event) -> None:
    one, two = booths.add(event, "One", ["en", "ro"]), booths.add(event, "Two", ["en", "ro"])
    track = make_track(make_session(event), booth=one)
    booths.remove(one)
    db.session.expire_all()
    assert material.of(event).booth_of == {track: two}


def test_a_stretch_with_nobody_is_found(event: Event, good: Any) -> None:
    db.session.delete(good[3])
    assert found(event) == {Kind.NOBODY: 1}


def test_what_is_wrong_with_one_turn_is_found(event: Event, good: Any) -> None:
    track, ana, _ion, first, _second = good
    first.partner = None
    assert found(event) == {Kind.ALONE: 1}
    first.partner = make_linguist(event, "en:A ro:C")
    assert found(event) == {Kind.INTO: 1}
    first.partner = make_linguist(event, "ro:A ru:C")
    assert found(event) == {Kind.FROM: 1}
    start = track.session.starts_at
    away = make_linguist(event, availability=[Availability(starts_at=start, ends_at=start + minutes(20))])
    first.partner = away
    assert found(event) == {Kind.AWAY: 1}
    away.availability = [
        Availability(starts_at=start + minutes(a), ends_at=start + minutes(b)) for a, b in ((0, 10), (10, 30))
    ]
    assert not found(event)
    make_speaker(event, make_session(event), email=ana.email.upper())
    assert found(event) == {Kind.SPEAKS_THEMSELVES: 2}


def test_too_much_of_a_day_or_of_an_hour_is_found(event: Event, good: Any) -> None:
    _track, ana, ion, first, second = good
    second.linguist, second.partner = ana, ion
    assert found(event) == {Kind.TOO_LONG: 1}
    second.linguist, second.partner = ion, ana
    turns.rota_of(event).most_minutes = 45
    assert found(event) == {Kind.LONG_DAY: 2}
    assert first.linguist is ana


def test_two_booths_at_once_and_one_soon_after_another_are_found(event: Event, good: Any) -> None:
    track, ana, _ion, _first, _second = good
    session = make_session(event, languages=["ro"], starts_at=track.session.ends_at + minutes(5))
    other = make_track(session, language="ru")
    maria = make_linguist(event, "ro:A ru:A")
    ana.skills.append(type(ana.skills[0])(language="ru", grade="B"))
    make_turn(other, maria, ana, 0, 30)
    make_turn(other, maria, make_linguist(event, "ro:A ru:A"), 30, 60)
    kinds = found(event)
    assert kinds[Kind.NO_BREAK] == 1
    assert kinds[Kind.TOO_LONG] == 1
    schedule.move_session(session, track.session.starts_at, track.session.ends_at)
    assert found(event)[Kind.TWO_PLACES] == 1


def test_a_relay_without_its_pivot_is_found(event: Event) -> None:
    session = make_session(event, languages=["ka"])
    relay = make_track(session, language="ru", via="en")
    one, two = make_linguist(event, "ru:A en:B ka:C"), make_linguist(event, "ru:A en:B ka:C")
    make_turn(relay, one, two, 0, 30)
    make_turn(relay, two, one, 30, 60)
    assert found(event) == {Kind.NO_PIVOT: 2}
    pivot = make_track(session, language="en")
    three, four = make_linguist(event, "en:A ka:C"), make_linguist(event, "en:A ka:C")
    make_turn(pivot, three, four, 0, 30)
    assert found(event) == {Kind.NO_PIVOT: 1, Kind.NOBODY: 1}


def test_a_chosen_booth_that_serves_two_sessions_at_once_is_found(event: Event) -> None:
    booth = booths.add(event, "One", ["en", "ro"])
    for _room in range(2):
        make_track(make_session(event), booth=booth)
    assert found(event)[Kind.BOOTH_TWICE] == 1


def test_a_handover_that_is_moved_has_one_moment(good: Any) -> None:
    track, ana, ion, first, second = good
    turns.change(first, ana, ion, first.starts_at, first.ends_at - minutes(10))
    assert second.starts_at == track.session.starts_at + minutes(20)
    assert (first.is_pinned, second.is_pinned) == (True, False)
    with pytest.raises(turns.Overlapping):
        turns.add(track, ana, ion, first.starts_at, first.ends_at)


def test_a_turn_is_split_and_joined_again(event: Event, good: Any) -> None:
    track, ana, ion, first, _second = good
    half = turns.split(first)
    assert half is not None
    assert (half.linguist, half.partner) == (ion, ana)
    assert len(turns.of_track(track)) == 3
    assert turns.join(first)
    assert [turn.ends_at - turn.starts_at for turn in turns.of_track(track)] == [minutes(30), minutes(30)]
    assert turns.of(ana) == turns.of_event(event)


def test_turns_move_with_their_session_also_before_anybody_knows_of_it(event: Event, good: Any) -> None:
    track, ana, _ion, first, second = good
    begins = track.session.starts_at
    schedule.move_session(track.session, begins + minutes(90), begins + minutes(90 + 45))
    assert (first.starts_at, second.ends_at) == (begins + minutes(90), begins + minutes(90 + 45))
    schedule.move_session(track.session, begins, begins + minutes(30))
    assert turns.of(ana) == [first]
    event.state = EventState.DRAFT
    schedule.move_session(track.session, None, None)
    assert turns.of(ana) == []


def test_turns_of_what_falls_through_or_is_removed_go(event: Event, good: Any) -> None:
    track, ana, ion, _first, _second = good
    plan.move(track, TrackState.FAILED)
    assert turns.of(ana) == []
    other = make_track(track.session, language="ru")
    make_turn(other, ana, ion, 0, 30)
    db.session.delete(other)
    db.session.flush()
    assert turns.of(ana) == []


def test_turns_of_a_cancelled_session_are_nobodys_work(good: Any) -> None:
    track, ana, _ion, first, second = good
    schedule.set_standing(track.session, Standing.CANCELLED, {"en": "Ill"})
    assert turns.of(ana) == []
    schedule.set_standing(track.session, Standing.CONFIRMED)
    assert turns.of(ana) == [first, second]


def test_people_are_told_once_and_then_only_what_has_changed_for_them(event: Event, good: Any) -> None:
    _track, ana, ion, first, second = good
    by = make_account()
    eva = make_linguist(event, email="")
    assert telling.to_tell(event) == [ana, ion]
    telling.tell(event, by)
    assert telling.to_tell(event) == []
    assert {letter.recipient for letter in db.session.query(Letter)} == {ana.email, ion.email}
    second.partner = eva
    db.session.flush()
    assert telling.to_tell(event) == [ana, ion, eva]
    second.partner = ana
    db.session.flush()
    assert telling.to_tell(event) == []
    first.partner = None
    turns.remove(second)
    assert telling.tell(event, by) == [ana, ion]
    assert db.session.query(Letter).count() == 4


def test_the_letter_says_when_somebody_speaks_and_when_they_sit_beside(app: Flask, event: Event, good: Any) -> None:
    _track, ana, ion, _first, _second = good
    booths.add(event, "Blue booth", ["en", "ro"])
    ana.zone = "Asia/Tbilisi"
    telling.tell(event, make_account())
    db.session.commit()
    sweep()
    written = [path.read_text() for path in (app.config["HOME"] / "mail" / "new").iterdir()]
    letter = next(text for text in written if ana.email in text)
    assert "Blue booth" in letter
    assert "12:00" in letter
    assert "10:00" in letter  # By the event's clocks.
    assert f"{ion.name} speaks, you sit beside" in letter
    rota = db.session.get(Rota, event.id)
    assert rota is not None
    assert rota.told_at == clock.now()
