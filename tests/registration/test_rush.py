"""The rush at a few places, by real processes: never too many people, nobody lost, nobody skipped, each told once."""

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.events import service as events
from app.events.models import Event, EventKind
from app.extensions import db, reading_only
from app.lib import clock
from app.mail.models import Letter
from app.people.models import Account
from app.registration import service
from app.registration.models import (
    Admission,
    Booking,
    Claim,
    Purpose,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from app.schedule import service as schedule
from app.schedule.models import EventSession
from tests.conftest import settings
from tests.factories import make_account, make_event, make_session, save
from tests.registration import chronicle
from tests.registration.crowd import Crowd, Site, running

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

SOAK = bool(os.environ.get("SOAK"))
OPERATIONS = 2000 if SOAK else 200
PERSON = {"country": "MD", "language": "ro", "zone": "Europe/Chisinau", "consent": "y"}


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """For many threads at once, in the true time, as the site's own processes are: no context is open around them."""
    pool = {"pool_size": 40} if database.startswith("postgresql") else {}
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database, SQLALCHEMY_ENGINE_OPTIONS=pool))
    with app.app_context():
        chronicle.begin()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def site(app: Flask, database: str, tmp_path: Path) -> Iterator[Site]:
    with running(tmp_path, database) as site:
        yield site


def next_month() -> dict[str, object]:
    day = clock.now().date() + timedelta(days=30)
    return {"starts_on": day, "ends_on": day}


def test_of_400_attempts_by_32_people_at_once_50_get_a_place_and_350_wait_in_one_order(app, site):
    with app.app_context():
        form = f"/en/events/{make_event(capacity=50, **next_month()).slug}/register/"
    crowd = Crowd(site, form)
    addresses = [f"person{number}@example.org" for number in range(400)]

    answers = crowd.does(lambda email: crowd.browser.post(form, name="Ana", email=email, **PERSON), addresses)

    assert Counter(answers) == {302: 400}
    with app.app_context():
        found = db.session.execute(sa.select(Registration.email, Registration.state, Registration.queue_number)).all()
        assert sorted(row.email for row in found) == sorted(addresses)
        assert Counter(row.state for row in found) == {RegistrationState.PENDING: 50, RegistrationState.WAITING: 350}
        assert sorted(row.queue_number for row in found if row.queue_number) == list(range(1, 351))
        letters = db.session.execute(sa.select(Letter.recipient, Letter.kind)).all()
        assert {letter.recipient: letter.kind for letter in letters} == {
            row.email: "registration.waiting" if row.queue_number else "registration.confirm" for row in found
        }
        assert len(letters) == 400
        chronicle.check()


class Disorder:
    """People and organisers who do one thing or another, at random, with two events and a workshop."""

    WEIGHTS = {
        "register": 26, "confirm": 20, "cancel": 12, "again": 5, "hold_runs_out": 7, "offer_runs_out": 3,
        "other_capacity": 4, "other_room": 3, "approve": 4, "decline": 1, "book": 9, "take": 4, "give_up": 2,
    }  # fmt: skip

    def __init__(self, app: Flask, site: Site, chance: random.Random) -> None:
        self._app, self._chance = app, chance
        with app.app_context():
            by = make_account(is_admin=True)
            popular = make_event(kind=EventKind.CONFERENCE, capacity=25, **next_month())
            asked = make_event(capacity=5, **next_month())
            save(Admission(event=asked, by_approval=True))
            workshop = make_session(popular, capacity=5)
            self._by, self._popular, self._asked, self._workshop = by.id, popular.id, asked.id, workshop.id
            self._slugs, self._workshop_slug = (popular.slug, asked.slug), workshop.slug
        self.crowd = Crowd(site, f"/en/events/{self._slugs[0]}/register/")
        self._lock, self._number = threading.Lock(), 0
        self.answered: list[str] = []
        """Addresses that were told that their form has come."""

    def acts(self, number: int) -> list[str]:
        """First some come; then everything happens."""
        rest = self._chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()), k=number - number // 5)
        return ["register"] * (number // 5) + rest

    def act(self, name: str) -> object:
        return getattr(self, name)()

    # People, by the web.

    def register(self) -> int | None:
        with self._lock:
            self._number += 1
            email = f"person{self._number}@example.org"
            slug = self._chance.choices(self._slugs, (5, 1))[0]
            wanted = {"sessions": self._workshop_slug} if slug == self._slugs[0] and self._number % 3 == 0 else {}
        answer = self.crowd.browser.post(f"/en/events/{slug}/register/", name="Ana", email=email, **PERSON, **wanted)
        if answer is not None:
            self.answered.append(email)
        return answer

    def confirm(self) -> int | None:
        return self._press("confirm/", Registration.state == RegistrationState.PENDING)

    def cancel(self) -> int | None:
        return self._press("cancel/", Registration.state.in_(["pending", "confirmed", "waiting"]))

    def again(self) -> int | None:
        return self._press("again/", Registration.state.in_(["lapsed", "cancelled"]))

    def book(self) -> int | None:
        is_free = (Registration.event_id == self._popular) & ~Registration.bookings.any()
        return self._press_booking("book", is_free & (Registration.state == RegistrationState.CONFIRMED))

    def take(self) -> int | None:
        return self._press_booking("take", Registration.bookings.any(Booking.claim == Claim.OFFERED))

    def give_up(self) -> int | None:
        return self._press_booking("give-up", Registration.bookings.any())

    def _press_booking(self, act: str, whose: sa.ColumnElement[bool]) -> int | None:
        return self._press(f"bookings/{self._workshop_slug}/", whose, act=act)

    def _press(self, path: str, whose: sa.ColumnElement[bool], **data: str) -> int | None:
        """A button on somebody's private page; 302 when it is nobody's."""
        with self._app.app_context():
            reading_only()
            token = db.session.scalar(
                sa.select(RegistrationLink.token)
                .join(Registration)
                .where(RegistrationLink.purpose == Purpose.PAGE, whose)
                .order_by(sa.func.random())
                .limit(1)
            )
        return self.crowd.browser.post(f"/en/registrations/{token}/{path}", **data) if token else 302

    # Organisers, and time.

    def approve(self) -> None:
        self._for_one_who_asked(service.approve)

    def decline(self) -> None:
        self._for_one_who_asked(service.decline)

    def _for_one_who_asked(self, answer) -> None:
        with self._app.app_context():
            asks = sa.select(Registration).where(Registration.state == RegistrationState.REQUESTED)
            if found := db.session.scalar(asks.order_by(sa.func.random()).limit(1)):
                answer(found)
                db.session.commit()

    def other_capacity(self) -> None:
        capacity = self._number_or_none(15, 60)
        with self._app.app_context():
            by = db.session.get_one(Account, self._by)
            events.update(db.session.get_one(Event, self._popular), by, capacity=capacity)
            db.session.commit()

    def other_room(self) -> None:
        # A session whose places are unlimited is booked no more, so it always has a number here.
        capacity = self._number_or_none(0, 12) or 5
        with self._app.app_context():
            by = db.session.get_one(Account, self._by)
            schedule.update_session(db.session.get_one(EventSession, self._workshop), by, capacity=capacity)
            db.session.commit()

    def _number_or_none(self, least: int, most: int) -> int | None:
        with self._lock:
            return None if self._chance.random() < 0.05 else self._chance.randint(least, most)

    def hold_runs_out(self) -> None:
        self._run_out(Registration, Registration.state == RegistrationState.PENDING)

    def offer_runs_out(self) -> None:
        self._run_out(Booking, Booking.claim == Claim.OFFERED)

    def _run_out(self, rows, condition: sa.ColumnElement[bool]) -> None:
        with self._app.app_context():
            one = sa.select(rows.id).where(condition).order_by(sa.func.random()).limit(1)
            if (number := db.session.scalar(one)) is not None:
                past = sa.update(rows).where(rows.id == number, condition).values(held_until=chronicle.LONG_PAST)
                db.session.execute(past.execution_options(synchronize_session=False))
            db.session.commit()


def test_whatever_people_and_organisers_do_at_once_the_lists_stay_true(app, site):
    disorder = Disorder(app, site, random.Random(1564))  # noqa: S311 - the same disorder each time
    site.sweep()
    answers = disorder.crowd.does(disorder.act, disorder.acts(OPERATIONS))
    site.kill_sweeper()

    assert set(answers) <= {302, None}
    with app.app_context():
        chronicle.settle()
        chronicle.check()
        emails = db.session.scalars(sa.select(Registration.email)).all()
        assert sorted(emails) == sorted(disorder.answered)


def test_processes_that_are_killed_leave_no_half_done_thing_and_lose_nobody(app, site):
    disorder = Disorder(app, site, random.Random(1596))  # noqa: S311 - the same disorder each time
    site.sweep()
    over = threading.Event()

    def kill() -> None:
        killer = random.Random(1620)  # noqa: S311
        while not over.wait(killer.uniform(0.2, 1.5)):
            site.kill_a_worker(killer)
            site.kill_sweeper()
            site.sweep()

    killing = threading.Thread(target=kill)
    killing.start()
    answers = disorder.crowd.does(disorder.act, disorder.acts(OPERATIONS // 2))
    over.set()
    killing.join()
    site.kill_sweeper()

    assert set(answers) <= {302, None}
    with app.app_context():
        chronicle.settle()
        chronicle.check()
        emails = set(db.session.scalars(sa.select(Registration.email)))
        assert set(disorder.answered) <= emails
