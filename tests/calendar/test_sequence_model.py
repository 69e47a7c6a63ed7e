"""Random edits of all that an entry shows, and of much that it does not.

Whatever is done, clients are told a higher SEQUENCE exactly when what they show has changed, higher by one, and
LAST-MODIFIED moves with it.
"""

import os
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.events.models import EventKind, Standing
from app.events.service import set_standing as set_event_standing
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import clock
from app.registration import agenda
from app.registration.models import Booking, Claim, Purpose
from app.schedule.models import EventSession, Part, SessionKind
from app.schedule.service import set_links, set_people, set_standing, update_session
from tests.calendar.reading import parse
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_room, make_session, make_speaker, make_theme

SOAK = bool(os.environ.get("SOAK"))
EXAMPLES, STEPS = (100, 60) if SOAK else (5, 40)
MINUTE = timedelta(minutes=1)

SESSIONS = st.integers(0, 2)
WORDS = st.sampled_from([{"en": "Open"}, {"en": "Open", "ro": "Deschis"}, {"en": "Closed, or not"}, {"ro": "Închis"}])
FEW = st.integers(0, 1)


class Programme(RuleBasedStateMachine):
    app: Flask
    client: FlaskClient
    tracks = Bundle("tracks")

    @initialize()
    def begin(self) -> None:
        self.moment = NOON
        self.event = make_event(kind=EventKind.CONFERENCE, title={"en": "Open"})
        self.themes = [make_theme(self.event, name={"en": "Open"}) for _ in range(2)]
        self.rooms = [make_room(self.event, name={"en": "Open"}) for _ in range(2)]
        self.speakers = [make_speaker(self.event, name={"en": name}) for name in ("Ana", "Ion")]
        self.sessions = [make_session(self.event, title={"en": "Open"}) for _ in range(3)]
        people = [make_registration(self.event, language=language) for language in ("en", "ro")]
        for person, session in product(people, self.sessions):
            agenda.add(person, session)
        # Where places are few, one of them has a place, and is told how to join; the other is not.
        db.session.add_all([
            Booking(registration=people[0], session=session, claim=Claim.BOOKED) for session in self.sessions
        ])  # fmt: skip
        db.session.commit()
        self.feeds = [
            f"/events/{self.event.slug}/calendar.ics?lang=en",
            *(f"/calendars/{person.token(Purpose.CALENDAR)}.ics" for person in people),
        ]
        self.shown = self._look()

    # What an entry shows.

    @rule(which=SESSIONS, name=st.sampled_from(["title", "subtitle", "abstract"]), words=WORDS)
    def say(self, which: int, name: str, words: dict[str, str]) -> None:
        self._update(which, **{name: words})

    @rule(which=SESSIONS, hours=st.integers(0, 3), length=st.integers(1, 2))
    def move(self, which: int, hours: int, length: int) -> None:
        starts_at = self.event.begins_at + timedelta(hours=10 + hours)
        self._update(which, starts_at=starts_at, ends_at=starts_at + timedelta(hours=length))

    @rule(which=SESSIONS, theme=st.none() | FEW, room=st.none() | FEW)
    def place(self, which: int, theme: int | None, room: int | None) -> None:
        self._update(
            which, theme=None if theme is None else self.themes[theme], room=None if room is None else self.rooms[room]
        )

    @rule(which=SESSIONS, languages=st.sampled_from([["en"], ["en", "ro"], ["ro"]]), kind=st.sampled_from(SessionKind))
    def be_of_a_kind(self, which: int, languages: list[str], kind: SessionKind) -> None:
        self._update(which, languages=languages, kind=kind)

    @rule(
        which=SESSIONS, url=st.sampled_from(["", "https://a.example", "https://b.example"]),
        phone=st.sampled_from(["", "+40 21 000", "ask"]), passcode=st.sampled_from(["", "1", "2"]),
    )  # fmt: skip
    def join(self, which: int, url: str, phone: str, passcode: str) -> None:
        self._update(which, join_url=url, join_phone=phone, join_passcode=passcode)

    @rule(which=SESSIONS, standing=st.sampled_from(Standing), reason=WORDS)
    def stand(self, which: int, standing: Standing, reason: dict[str, str]) -> None:
        self._do(lambda: set_standing(self.sessions[which], standing, reason))

    @rule(which=SESSIONS, people=st.lists(FEW, max_size=2, unique=True))
    def speak(self, which: int, people: list[int]) -> None:
        parts = (Part.SPEAKER, Part.MODERATOR)
        self._do(lambda: set_people(self.sessions[which], [(self.speakers[each], parts[each]) for each in people]))

    @rule(whose=st.sampled_from(["themes", "rooms", "speakers"]), which=FEW, words=WORDS)
    def rename(self, whose: str, which: int, words: dict[str, str]) -> None:
        self._set(getattr(self, whose)[which], name={tag: f"{said} {which}" for tag, said in words.items()})

    @rule(words=WORDS)
    def rename_event(self, words: dict[str, str]) -> None:
        self._set(self.event, title=words)

    @rule(standing=st.sampled_from(Standing), reason=WORDS)
    def stand_as_a_whole(self, standing: Standing, reason: dict[str, str]) -> None:
        self._do(lambda: set_event_standing(self.event, standing, reason, None))

    @rule(zone=st.sampled_from(["Europe/Bucharest", "Asia/Kathmandu"]))
    def be_elsewhere(self, zone: str) -> None:
        self._set(self.event, zone=zone)

    @rule(which=SESSIONS, kind=st.sampled_from(TrackKind), language=st.sampled_from(["ro", "uk"]))
    def promise(self, which: int, kind: TrackKind, language: str) -> None:
        session = self.sessions[which]
        if not [
            each for each in self._tracks() if (each.session, each.kind, each.language) == (session, kind, language)
        ]:
            self._do(lambda: db.session.add(LanguageTrack(session=session, language=language, kind=kind)))

    @rule(
        which=st.integers(0, 50),
        state=st.sampled_from(TrackState),
        url=st.sampled_from(["", "https://c.example", "https://d.example"]),
    )
    def change_track(self, which: int, state: TrackState, url: str) -> None:
        if tracks := self._tracks():
            self._set(tracks[which % len(tracks)], state=state, url=url)

    @rule(which=st.integers(0, 50))
    def remove_track(self, which: int) -> None:
        if tracks := self._tracks():
            self._do(lambda: db.session.delete(tracks[which % len(tracks)]))

    @rule(which=SESSIONS, seats=st.none() | st.integers(1, 9))
    def have_few_places(self, which: int, seats: int | None) -> None:
        self._update(which, capacity=seats)

    # What it does not.

    @rule(which=SESSIONS, words=WORDS, recorded=st.booleans())
    def note(self, which: int, words: dict[str, str], recorded: bool) -> None:
        self._update(which, description=words, recorded=recorded, recording_licence=words.get("en", ""))

    @rule(which=SESSIONS, title=WORDS)
    def link(self, which: int, title: dict[str, str]) -> None:
        self._do(lambda: set_links(self.sessions[which], [("slides", title, "https://e.example")]))

    @rule(which=FEW, words=WORDS, number=st.integers(1, 9))
    def decorate(self, which: int, words: dict[str, str], number: int) -> None:
        self._set(self.speakers[which], biography=words, affiliation=words, country="RO")
        self._set(self.rooms[which], position=number)
        self._set(self.themes[which], position=number)
        self._set(self.event, summary=words, contact_name=words.get("en", ""))

    # How it is done, and what must hold.

    def _update(self, which: int, **facts: Any) -> None:
        self._do(lambda: update_session(self.sessions[which], None, **facts))

    def _set(self, row: Any, **facts: Any) -> None:
        self._do(lambda: [setattr(row, name, value) for name, value in facts.items() if getattr(row, name) != value])

    def _tracks(self) -> list[LanguageTrack]:
        return list(db.session.scalars(
            sa.select(LanguageTrack).join(LanguageTrack.session)
            .where(EventSession.event == self.event).order_by(LanguageTrack.id)
        ))  # fmt: skip

    def _do(self, edit: Any) -> None:
        """One transaction, a minute after the one before."""
        self.moment += MINUTE
        with clock.stopped_at(self.moment):
            edit()
            db.session.commit()
            db.session.expire_all()
            self._compare()

    def _compare(self) -> None:
        before, self.shown = self.shown, self._look()
        for uid, (sequence, changed_at, content) in self.shown.items():
            was_sequence, was_changed_at, was_content = before[uid]
            if content == was_content:
                assert (sequence, changed_at) == (was_sequence, was_changed_at), "clients are told of a change"
            else:
                assert (sequence, changed_at) == (was_sequence + 1, self.moment), "clients are told of none"

    def _look(self) -> dict[str, tuple[int, datetime, list[bytes]]]:
        """SEQUENCE, LAST-MODIFIED and everything else, from all feeds."""
        found: dict[str, tuple[int, datetime, list[bytes]]] = {}
        for feed in self.feeds:
            for entry in parse(self.client.get(feed).data).walk("VEVENT"):
                sequence, changed_at = entry.pop("SEQUENCE"), entry.pop("LAST-MODIFIED").dt
                assert entry.pop("DTSTAMP").dt == changed_at
                known = found.setdefault(str(entry["UID"]), (sequence, changed_at, []))
                assert known[:2] == (sequence, changed_at)
                known[2].append(entry.to_ical())
        return found

    @invariant()
    def every_session_is_in_every_feed(self) -> None:
        if hasattr(self, "shown"):
            assert {len(content) for _sequence, _changed_at, content in self.shown.values()} == {len(self.feeds)}


def test_clients_are_told_of_every_change_and_of_nothing_else(app: Flask, client: FlaskClient) -> None:
    Programme.app, Programme.client = app, client
    run_state_machine_as_test(Programme, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=not SOAK, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    ))  # fmt: skip
