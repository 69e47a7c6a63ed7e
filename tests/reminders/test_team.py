"""Reminders to the language team."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.languages.models import LanguageTrack, Linguist, LinkPurpose, Rota, TrackKind, TrackState, Turn
from app.lib import clock
from app.reminders import sweep
from tests.conftest import NOON
from tests.factories import make_event, make_linguist, make_session, make_track, save
from tests.reminders.reading import html, recipients, text

Run = Callable[[datetime], list[EmailMessage]]
START = datetime(2027, 3, 10, 8, tzinfo=UTC)  # Ten in Bucharest.
DAY, HOUR, HALF = timedelta(days=1), timedelta(hours=1), timedelta(minutes=30)


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(title={"en": "Open libraries", "ro": "Biblioteci deschise"})


@pytest.fixture
def ana(event: Event) -> Linguist:
    return make_linguist(event, name="Ana", email="ana@example.org", language="ro", zone="America/New_York")


@pytest.fixture
def track(event: Event, ana: Linguist) -> LanguageTrack:
    """Ana speaks for half an hour, Maria for the other."""
    maria = make_linguist(event, name="Maria", email="maria@example.org", zone="Europe/Bucharest")
    made = make_track(make_session(event, title={"en": "The talk"}, starts_at=START))
    for number, (speaks, beside) in enumerate([(ana, maria), (maria, ana)]):
        save(Turn(track=made, linguist=speaks, partner=beside, starts_at=START + number * HALF,
                  ends_at=START + (number + 1) * HALF))  # fmt: skip
    save(Rota(event=event, told_at=NOON))
    return made


def test_each_is_reminded_a_day_and_an_hour_before_their_day_and_once(track: LanguageTrack, letters_at: Run) -> None:
    both = ["ana@example.org", "maria@example.org"]
    evening = datetime(2027, 3, 9, 2, 45, tzinfo=UTC)  # In New York, where it is night a day before.
    assert letters_at(evening - timedelta(seconds=1)) == []
    assert recipients(letters_at(evening)) == both[:1]
    assert letters_at(START - DAY - timedelta(seconds=1)) == []
    assert recipients(letters_at(START - DAY)) == both[1:]
    assert letters_at(START - DAY + HALF) == []
    assert recipients(letters_at(START - HOUR)) == both
    assert letters_at(START - HALF) == []
    assert letters_at(START) == []


def test_the_letter_has_all_of_the_day_in_the_zone_of_its_reader(
    event: Event, ana: Linguist, track: LanguageTrack, letters_at: Run
) -> None:
    captions = {"kind": TrackKind.CAPTIONS, "language": "ro", "linguist": ana}
    make_track(make_session(event, title={"en": "The debate"}, starts_at=START + 3 * HOUR), **captions)
    make_track(make_session(event, title={"en": "Tomorrow"}, starts_at=START + DAY), **captions)
    to_ana, to_maria = letters_at(START - HOUR)
    assert to_ana["Subject"].startswith("Echipa lingvistică: Biblioteci deschise")
    for body in (text(to_ana), html(to_ana)):
        for said in ("The talk", "The debate", "03:00–04:00", "10:00–11:00", "03:00–03:30", "03:30–04:00", "Maria"):
            assert said in body, said
        assert "Tomorrow" not in body
        assert f"http://polyforum.test/ro/language-team/{ana.token(LinkPurpose.PAGE)}/" in body
    assert "10:30–11:00: you" in text(to_maria)
    assert "The debate" not in text(to_maria)


def test_a_day_that_begins_at_another_time_is_reminded_of_anew_and_the_stale_letter_dropped(
    track: LanguageTrack, letters_at: Run
) -> None:
    with clock.stopped_at(START - HOUR):
        sweep.sweep()
        for turn in db.session.query(Turn):
            turn.starts_at, turn.ends_at = turn.starts_at + 2 * HOUR, turn.ends_at + 2 * HOUR
        db.session.commit()
    assert len(letters_at(START - HALF)) == 2, "a day before, as it says, and still of use"
    assert len(letters_at(START + HOUR)) == 2


def test_nobody_is_reminded_of_what_does_not_stand(
    event: Event, ana: Linguist, track: LanguageTrack, letters_at: Run
) -> None:
    rota = db.session.get(Rota, event.id)
    changes = (
        (rota, "told_at", None), (rota, "told_at", START - HOUR + timedelta(minutes=1)),
        (event, "state", EventState.DRAFT), (event, "standing", Standing.CANCELLED),
        (track.session, "standing", Standing.POSTPONED), (track, "state", TrackState.FAILED),
    )  # fmt: skip
    for row, name, value in changes:
        before = getattr(row, name)
        setattr(row, name, value)
        db.session.commit()
        assert letters_at(START - HOUR + timedelta(minutes=2)) == [], (name, value)
        setattr(row, name, before)
        db.session.commit()
    assert len(letters_at(START - HOUR + timedelta(minutes=2))) == 2


def test_who_left_or_has_no_address_gets_nothing(ana: Linguist, track: LanguageTrack, letters_at: Run) -> None:
    ana.email = ""
    db.session.commit()
    assert recipients(letters_at(START - DAY)) == ["maria@example.org"]
