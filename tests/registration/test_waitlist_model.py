"""The waiting lists against a plain model of them: whatever is done in whatever order, both say the same.

The model counts nothing and locks nothing: it looks at everybody each time.
"""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.events import service as events
from app.events.models import Event, EventKind, Standing
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.registration import address, bookings, erasure, places, service, waitlist
from app.registration.models import (
    Admission,
    AgendaItem,
    Booking,
    Claim,
    Origin,
    Places,
    Registration,
    RegistrationState,
)
from app.registration.service import Entry
from app.schedule import service as schedule
from tests.conftest import NOON
from tests.factories import make_account, make_event, make_session, save

SOAK = bool(os.environ.get("SOAK"))
EXAMPLES, STEPS = (500, 80) if SOAK else (20, 50)

REQUESTED, DECLINED = RegistrationState.REQUESTED, RegistrationState.DECLINED
WAITING, PENDING, CONFIRMED = RegistrationState.WAITING, RegistrationState.PENDING, RegistrationState.CONFIRMED
LAPSED, CANCELLED = RegistrationState.LAPSED, RegistrationState.CANCELLED

_numbers = count(1)


# The model.


@dataclass
class Seat:
    claim: Claim
    number: int | None = None
    until: datetime | None = None


@dataclass
class Workshop:
    capacity: int | None
    starts_at: datetime
    takes_place: bool = True
    last: int = 0


@dataclass
class Person:
    email: str
    state: RegistrationState = PENDING
    number: int | None = None
    until: datetime | None = None
    attempt: int = 1
    seats: dict[int, Seat] = field(default_factory=dict)
    letters: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Kind, address, moment."""

    @property
    def holds_place(self) -> bool:
        return self.state in (PENDING, CONFIRMED)

    @property
    def is_live(self) -> bool:
        return self.holds_place or self.state in (WAITING, REQUESTED)


@dataclass
class World:
    """One event with its workshops and its people, by their numbers in the database."""

    now: datetime
    begins_at: datetime
    over_at: datetime
    capacity: int | None
    by_approval: bool = False
    takes_place: bool = True
    last: int = 0
    workshops: dict[int, Workshop] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)

    # The event.

    @property
    def is_open(self) -> bool:
        return self.takes_place and self.now < self.over_at

    def taken(self) -> int:
        return sum(person.holds_place for person in self.people.values())

    def waiting(self) -> list[Person]:
        return sorted((one for one in self.people.values() if one.state is WAITING), key=lambda one: one.number)

    def has_room(self) -> bool:
        return self.capacity is None or self.taken() < self.capacity

    def tell(self, person: Person, kind: str) -> None:
        if person.email:
            person.letters.append((kind, person.email, self.now))

    def serve(self) -> None:
        lapsed = [one for one in self.people.values() if one.state is PENDING and one.until <= self.now]
        for person in lapsed:
            person.state, person.until = LAPSED, None
            if person.number is not None:
                person.number = None
                self.tell(person, "registration.passed-on")
        while self.is_open and self.has_room() and self.waiting():
            first = self.waiting()[0]
            if not first.email:
                self.settle(first)
                continue
            longest = max((self.begins_at - self.now) / 4, timedelta(minutes=30))
            first.state, first.until = PENDING, self.now + min(timedelta(days=1), longest)
            self.tell(first, "registration.offer")
        self.leave_workshops(lapsed)

    def join(self, person: Person) -> None:
        person.state = LAPSED  # Not in anybody's way until it is known where they stand.
        if not self.has_room() or self.waiting():
            self.serve()
        if self.has_room() and not self.waiting():
            person.state, person.number, person.until = PENDING, None, self.now + timedelta(days=2)
        else:
            self.last += 1
            person.state, person.number, person.until = WAITING, self.last, None

    def standing(self, person: Person) -> str:
        if person.state is PENDING:
            return "registration.confirm" if person.number is None else "registration.offer"
        return f"registration.{person.state.value}"

    def register(self, person: Person) -> None:
        if self.by_approval:
            person.state = REQUESTED
        else:
            self.join(person)
        self.tell(person, self.standing(person))

    def write_again(self, person: Person) -> None:
        kind = "registration.known" if person.state is CONFIRMED else self.standing(person)
        lately = [
            one for one in person.letters if one[:2] == (kind, person.email) and one[2] > self.now - timedelta(hours=1)
        ]
        if len(lately) < 5:
            self.tell(person, kind)

    def settle(self, person: Person) -> None:
        person.state, person.number, person.until = CONFIRMED, None, None
        self.tell(person, "reminders.welcome")

    def renew(self, person: Person) -> None:
        if not person.is_live:
            person.attempt += 1
            if self.by_approval:
                person.state = REQUESTED
            else:
                self.join(person)
            if person.state is not PENDING:
                self.tell(person, self.standing(person))
        if person.state is PENDING:
            self.settle(person)

    def cancel(self, person: Person, by_organiser: bool = False) -> None:
        if not person.is_live:
            return
        was_confirmed, held = person.state is CONFIRMED, person.holds_place
        person.state, person.number, person.until = CANCELLED, None, None
        if held:
            self.serve()
            self.leave_workshops([person])
        if was_confirmed or by_organiser:
            self.tell(person, "reminders.cancelled")

    # Its workshops.

    def seats(self, number: int, *claims: Claim) -> list[tuple[Person, Seat]]:
        found = [(one, one.seats[number]) for one in self.people.values() if number in one.seats]
        return sorted(
            ((one, seat) for one, seat in found if seat.claim in claims), key=lambda pair: pair[1].number or 0
        )

    def workshop_has_room(self, number: int) -> bool:
        workshop = self.workshops[number]
        return workshop.capacity is None or len(self.seats(number, Claim.BOOKED, Claim.OFFERED)) < workshop.capacity

    def workshop_is_open(self, number: int) -> bool:
        workshop = self.workshops[number]
        return workshop.takes_place and self.takes_place and self.now < workshop.starts_at

    def serve_workshop(self, number: int) -> None:
        for person, seat in self.seats(number, Claim.OFFERED):
            if seat.until <= self.now:
                del person.seats[number]
                self.tell(person, "registration.booking-passed-on")
        while (
            self.workshop_is_open(number)
            and self.workshop_has_room(number)
            and (waiting := self.seats(number, Claim.WAITING))
        ):
            person, seat = waiting[0]
            longest = max((self.workshops[number].starts_at - self.now) / 4, timedelta(minutes=15))
            seat.claim, seat.until = Claim.OFFERED, self.now + min(timedelta(days=1), longest)
            self.tell(person, "registration.booking-offer")

    def book(self, person: Person, number: int) -> None:
        if number in person.seats:
            return
        if not self.workshop_has_room(number) or self.seats(number, Claim.WAITING):
            self.serve_workshop(number)
        if self.workshop_has_room(number) and not self.seats(number, Claim.WAITING):
            person.seats[number] = Seat(Claim.BOOKED)
        else:
            self.workshops[number].last += 1
            person.seats[number] = Seat(Claim.WAITING, self.workshops[number].last)

    def take(self, person: Person, number: int) -> None:
        if number in person.seats and person.seats[number].claim is Claim.OFFERED:
            person.seats[number] = Seat(Claim.BOOKED)

    def give_up(self, person: Person, number: int) -> None:
        person.seats.pop(number, None)
        self.serve_workshop(number)

    def leave_workshops(self, people: list[Person]) -> None:
        for number in sorted({number for person in people for number in person.seats}):
            for person in people:
                person.seats.pop(number, None)
            self.serve_workshop(number)


# The machine that does the same to both.

NUMBERS = st.integers(0, 30)
"""Whom or what a step is for: the so manieth of those that it can be for."""
NAMES = st.integers(1, 8)
SELDOM = st.sampled_from([False, False, False, True])
CAPACITIES = st.sampled_from([0, 1, 1, 2, 2, 3, 4, None])


class Lists(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.time = ExitStack()
        self.time.enter_context(clock.stopped_at(NOON))

    @initialize(capacity=CAPACITIES, rooms=st.lists(st.integers(0, 3), min_size=2, max_size=2))
    def begin(self, capacity: int | None, rooms: list[int]) -> None:
        # What an app remembers of an event goes by its number, which is never given twice here.
        self.event = make_event(
            id=next(_numbers), kind=EventKind.CONFERENCE, capacity=capacity,
            starts_on=date(2027, 3, 24), ends_on=date(2027, 3, 25),
        )  # fmt: skip
        self.by = make_account()
        self.terms = save(Admission(event=self.event))
        self.world = World(NOON, self.event.begins_at, self.event.over_at, capacity)
        for room in rooms:
            session = make_session(self.event, capacity=room)
            self.world.workshops[session.id] = Workshop(room, session.starts_at)

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()
        db.session.execute(sa.delete(Letter))
        db.session.execute(sa.delete(Event))  # And all that belongs to it.
        db.session.commit()
        db.session.remove()
        self.time.close()

    def row(self, number: int) -> Registration:
        return db.session.get_one(Registration, number)

    def one(self, which: int, *states: RegistrationState) -> tuple[int, Person] | None:
        """Somebody in one of the states, if anybody is."""
        found = [pair for pair in self.world.people.items() if not states or pair[1].state in states]
        return found[which % len(found)] if found else None

    def of_email(self, email: str) -> tuple[int, Person] | None:
        return next((pair for pair in self.world.people.items() if email and pair[1].email == email), None)

    # What people do.

    @precondition(lambda self: self.world.is_open)
    @rule(name=NAMES)
    def register(self, name: int) -> None:
        email = f"p{name}@example.org"
        held = service.register(self.event, _entry(email)).held
        self._entered(email, held)

    def _entered(self, email: str, held: Registration | None) -> None:
        known = self.of_email(email)
        if known and known[1].is_live:
            assert held is None
            self.world.write_again(known[1])
            return
        assert held is not None
        person = self._person(email, held)
        self.world.register(person)

    def _person(self, email: str, row: Registration) -> Person:
        if known := self.of_email(email):
            assert known[0] == row.id
            known[1].attempt += 1
            return known[1]
        person = self.world.people[row.id] = Person(email, LAPSED)
        return person

    @rule(name=NAMES | st.just(0), tell=st.booleans())
    def enter(self, name: int, tell: bool) -> None:
        email = f"p{name}@example.org" if name else ""
        row = service.enter(self.event, _entry(email), Origin.ORGANISER, tell=tell)
        if (known := self.of_email(email)) and known[1].is_live:
            assert row.id == known[0]
            return
        person = self._person(email, row)
        self.world.join(person)
        letters = len(person.letters)
        if person.state is PENDING:
            self.world.settle(person)
        else:
            self.world.tell(person, self.world.standing(person))
        if not tell:
            del person.letters[letters:]

    @rule(which=NUMBERS)
    def confirm(self, which: int) -> None:
        if chosen := self.one(which):
            number, person = chosen
            assert service.confirm(self.row(number)) is (person.state in (PENDING, CONFIRMED))
            if person.state is PENDING:
                self.world.settle(person)

    @rule(which=NUMBERS, by_organiser=st.booleans())
    def cancel(self, which: int, by_organiser: bool) -> None:
        if chosen := self.one(which, CONFIRMED, PENDING, WAITING, REQUESTED, CANCELLED):
            service.cancel(self.row(chosen[0]), by_organiser=by_organiser)
            self.world.cancel(chosen[1], by_organiser)

    @precondition(lambda self: self.world.is_open)
    @rule(which=NUMBERS)
    def renew(self, which: int) -> None:
        if chosen := self.one(which, CANCELLED, LAPSED, DECLINED, PENDING):
            service.renew(self.row(chosen[0]))
            self.world.renew(chosen[1])

    @precondition(lambda self: self.world.is_open)
    @rule(which=NUMBERS, name=NAMES)
    def mend_address(self, which: int, name: int) -> None:
        if not (chosen := self.one(which)):
            return
        number, person = chosen
        email = f"p{name}@example.org"
        before = self.of_email(email)
        held = address.correct(self.event, address.Hold(number, person.attempt), _entry(email)).held
        if person.state is CONFIRMED or not person.is_live:
            self._entered(email, held)
        elif before:
            self.world.cancel(person)
            self._entered(email, held)
        else:
            person.email = email
            self.world.tell(person, self.world.standing(person))

    @rule(which=NUMBERS)
    def erase(self, which: int) -> None:
        if chosen := self.one(which):
            number, person = chosen
            erasure.erase(self.row(number))
            self.world.cancel(person)
            del self.world.people[number]

    @rule(which=NUMBERS, workshop=st.integers(0, 1))
    def book(self, which: int, workshop: int) -> None:
        number = list(self.world.workshops)[workshop]
        chosen = self.one(which, CONFIRMED)
        if not chosen:
            return
        session = db.session.get_one(schedule.EventSession, number)
        if self.world.workshop_is_open(number):
            bookings.book(self.row(chosen[0]), session)
            self.world.book(chosen[1], number)
        else:
            with pytest.raises(bookings.Over):
                bookings.book(self.row(chosen[0]), session)

    @rule(which=NUMBERS, workshop=st.integers(0, 1))
    def take(self, which: int, workshop: int) -> None:
        number = list(self.world.workshops)[workshop]
        if chosen := self.one(which, CONFIRMED):
            bookings.take(self.row(chosen[0]), db.session.get_one(schedule.EventSession, number))
            self.world.take(chosen[1], number)

    @rule(which=NUMBERS, workshop=st.integers(0, 1))
    def give_up(self, which: int, workshop: int) -> None:
        number = list(self.world.workshops)[workshop]
        if chosen := self.one(which, CONFIRMED):
            bookings.give_up(self.row(chosen[0]), db.session.get_one(schedule.EventSession, number))
            self.world.give_up(chosen[1], number)

    # What organisers do.

    @rule(which=NUMBERS)
    def approve(self, which: int) -> None:
        if chosen := self.one(which, REQUESTED):
            service.approve(self.row(chosen[0]))
            self.world.join(chosen[1])
            self.world.tell(chosen[1], self.world.standing(chosen[1]))

    @rule(which=NUMBERS)
    def decline(self, which: int) -> None:
        if chosen := self.one(which, REQUESTED):
            service.decline(self.row(chosen[0]))
            chosen[1].state = DECLINED
            self.world.tell(chosen[1], "registration.declined")

    @rule(capacity=CAPACITIES)
    def change_capacity(self, capacity: int | None) -> None:
        events.update(self.event, self.by, capacity=capacity)
        is_news, self.world.capacity = capacity != self.world.capacity, capacity
        if is_news:
            self.world.serve()

    @rule(workshop=st.integers(0, 1), capacity=CAPACITIES)
    def change_room(self, workshop: int, capacity: int | None) -> None:
        number = list(self.world.workshops)[workshop]
        schedule.update_session(db.session.get_one(schedule.EventSession, number), self.by, capacity=capacity)
        row = self.world.workshops[number]
        is_news, row.capacity = capacity != row.capacity, capacity
        if is_news:
            self.world.serve_workshop(number)

    @rule(wanted=SELDOM)
    def ask_first(self, wanted: bool) -> None:
        self.terms.by_approval = self.world.by_approval = wanted
        db.session.flush()

    @rule(is_off=SELDOM)
    def call_off(self, is_off: bool) -> None:
        events.set_standing(self.event, Standing.CANCELLED if is_off else Standing.CONFIRMED, by=self.by)
        self.world.takes_place = not is_off

    @rule(which=NUMBERS)
    def somebody_leaves_while_it_is_called_off(self, which: int) -> None:
        """Then there are free places and people who wait for them, until something serves the list."""
        self.call_off(True)
        self.cancel(which, by_organiser=False)
        self.call_off(False)

    @rule(workshop=st.integers(0, 1), is_off=SELDOM)
    def call_workshop_off(self, workshop: int, is_off: bool) -> None:
        number = list(self.world.workshops)[workshop]
        session = db.session.get_one(schedule.EventSession, number)
        schedule.set_standing(session, Standing.CANCELLED if is_off else Standing.CONFIRMED, by=self.by)
        self.world.workshops[number].takes_place = not is_off

    # What time does.

    @rule(hours=st.sampled_from([0.2, 1, 6, 25, 49]))
    def time_passes(self, hours: float) -> None:
        self.world.now += timedelta(hours=hours)
        self.time.enter_context(clock.stopped_at(self.world.now))

    @rule()
    def sweep(self) -> None:
        for event in waitlist.due():
            waitlist.serve(event)
        for session in bookings.due():
            bookings.serve(session)
        self.world.serve()
        for number in self.world.workshops:
            self.world.serve_workshop(number)

    # What must be the same.

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "world"):
            return
        db.session.commit()
        db.session.expire_all()
        world, rows = self.world, db.session.scalars(sa.select(Registration)).all()
        assert {row.id: (row.email, row.state, row.queue_number, row.held_until, row.attempt) for row in rows} == {
            number: (one.email, one.state, one.number, one.until, one.attempt) for number, one in world.people.items()
        }
        self._seats_are_the_same()
        self._counts_are_right()
        for place, person in enumerate(world.waiting(), start=1):
            assert places.position(self.event, person.number) == place
        self._letters_are_the_same()

    def _seats_are_the_same(self) -> None:
        seats = {
            (number, session): (seat.claim, seat.number, seat.until)
            for number, person in self.world.people.items()
            for session, seat in person.seats.items()
        }
        assert {
            (row.registration_id, row.session_id): (row.claim, row.number, row.held_until)
            for row in db.session.scalars(sa.select(Booking))
        } == seats
        on_agenda = db.session.execute(sa.select(AgendaItem.registration_id, AgendaItem.session_id)).all()
        assert set(map(tuple, on_agenda)) == {key for key, seat in seats.items() if seat[0] is Claim.BOOKED}

    def _counts_are_right(self) -> None:
        counted = {
            (row.event_id, row.session_id): (row.taken, row.last_number)
            for row in db.session.scalars(sa.select(Places))
        }
        none = (0, 0)
        assert counted.pop((self.event.id, None), none) == (self.world.taken(), self.world.last)
        for number, workshop in self.world.workshops.items():
            held = self.world.seats(number, Claim.BOOKED, Claim.OFFERED)
            assert counted.pop((None, number), none) == (len(held), workshop.last)
        assert not counted

    def _letters_are_the_same(self) -> None:
        written = Counter(
            (letter.payload.get("registration") or letter.payload["registration_id"], letter.kind, letter.recipient)
            for letter in db.session.scalars(sa.select(Letter).where(Letter.recipient != ""))
        )
        assert written == Counter(
            (number, kind, email) for number, one in self.world.people.items() for kind, email, _moment in one.letters
        )


def _entry(email: str) -> Entry:
    return Entry("Ana", email, "MD", "ro", "Europe/Chisinau")


def test_lists_and_model_agree_after_every_step(app: Flask) -> None:
    run_state_machine_as_test(
        Lists,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=not SOAK, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
