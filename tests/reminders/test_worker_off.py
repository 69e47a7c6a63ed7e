"""A worker that is off for hours, a clock that jumps both ways: nothing stale, nothing twice, nothing of use missed.

What ought to come is worked out here once more, person by person, from the rules alone.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events.models import Event, EventKind
from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.mail.models import Letter, LetterState
from app.registration.models import AgendaItem, Registration
from app.reminders import sweep
from app.reminders.models import Anchor, AudienceKind, Rule
from tests.conftest import NOON
from tests.factories import make_event, make_registration, make_session, make_speaker, save

SEEDS = 150 if os.environ.get("SOAK") else 8
STEPS = 45
BEGINS = datetime(2027, 3, 13, 8, tzinfo=UTC)  # America changes its clocks in the night that follows.
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = ("Europe/Bucharest", "America/New_York", "Asia/Tokyo", "Pacific/Honolulu", "Asia/Kolkata", "UTC")

pytestmark = pytest.mark.slow


class Told(NamedTuple):
    address: str
    subject: str
    """A session's number, or `event`."""
    ahead: int


@dataclass
class World:
    event: Event
    sessions: dict[int, datetime]
    people: list[Registration]
    agendas: dict[int, set[int]]
    begins: datetime


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_reminder_comes_once_and_while_it_is_of_use(app: Flask, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same story each time
    world = made_world(chance)
    told: Counter[Told] = Counter()
    moment = BEGINS - 2 * DAY
    for _ in range(STEPS):
        moment += jump(chance)
        sweeps, sends = chance.random() < 0.85, chance.random() < 0.85
        for telling in let_run(moment, sweeps, sends):
            told[telling] += 1
            assert moment < world_start(world, telling), f"{telling} at {moment}: it has begun"
        assert max(told.values(), default=1) == 1, told.most_common(1)
        if sweeps and sends:
            missing = [telling for telling in expected(world, moment) if not is_told(telling, told)]
            assert missing == [], moment
    assert told, "a story in which nothing happens shows nothing"


def jump(chance: random.Random) -> timedelta:
    """Mostly a while; now and then the worker is off for long, or the clock is put back or forward."""
    return chance.choice((
        *[chance.randint(1, 59) * MINUTE] * 8, *[chance.randint(1, 6) * HOUR] * 5, chance.randint(8, 26) * HOUR,
        -chance.randint(1, 300) * MINUTE,
    ))  # fmt: skip


def made_world(chance: random.Random) -> World:
    event = make_event(kind=EventKind.CONFERENCE, zone=chance.choice(ZONES), starts_on=BEGINS.date(),
                       ends_on=(BEGINS + 2 * DAY).date())  # fmt: skip
    extra = [-chance.choice((100, 300, 700, 2000)), -chance.choice((90, 240, 2880))]
    save(Rule(event=event, anchor=Anchor.EVENT_START, minutes=extra[0], audience=AudienceKind.LANGUAGE,
              audience_value="ro"))  # fmt: skip
    save(Rule(event=event, anchor=Anchor.SESSION_START, minutes=extra[1], audience=AudienceKind.BOOKED))
    starts = sorted(chance.sample(range(0, 34 * 60, 15), 6))
    made = [make_session(event, starts_at=BEGINS + start * MINUTE) for start in starts]
    people, agendas = [], {}
    for number in range(8):
        since = NOON if number % 4 else BEGINS - chance.randint(1, 40) * HOUR
        person = make_registration(event, zone=chance.choice(ZONES), language=chance.choice(("en", "ro")),
                                   email=f"reader{number}@example.org", confirmed_at=since)  # fmt: skip
        agenda = chance.sample(made, chance.randint(0, 4))
        for session in agenda:
            save(AgendaItem(registration=person, session=session, added_at=since))
        people.append(person)
        agendas[person.id] = {session.id for session in agenda}
    make_speaker(event, *chance.sample(made, 3), email="speaker@example.org", zone=chance.choice(ZONES))
    # Somebody who speaks and is registered: never twice of the same.
    both = make_registration(event, email="both@example.org", zone=chance.choice(ZONES))
    for session in made[:2]:
        save(AgendaItem(registration=both, session=session))
    make_speaker(event, made[0], email="both@example.org")
    return World(event, {session.id: session.starts_at for session in made}, people, agendas, made[0].starts_at)


def let_run(moment: datetime, sweeps: bool, sends: bool) -> Iterator[Told]:
    """What is sent at a moment, session by session."""
    before = set(db.session.scalars(sa.select(Letter.id).where(Letter.state == LetterState.SENT)))
    with clock.stopped_at(moment):
        if sweeps:
            sweep.sweep()
            db.session.commit()
        if sends:
            outbox.sweep()
        sent = db.session.scalars(sa.select(Letter).where(Letter.state == LetterState.SENT)).all()
    for letter in [letter for letter in sent if letter.id not in before]:
        if letter.kind == "reminders.event":
            yield Told(letter.recipient, "event", letter.payload["minutes"])
        elif letter.kind in ("reminders.agenda", "reminders.speaker"):
            ahead = db.session.get_one(Rule, letter.payload["rule"]).ahead
            in_time = [number for number, until in letter.payload["untils"].items() if moment.timestamp() < until]
            assert in_time, f"nothing in {letter.key} was of use any more at {moment}"
            yield from (Told(letter.recipient, number, ahead) for number in in_time)


def world_start(world: World, telling: Told) -> datetime:
    return world.begins if telling.subject == "event" else world.sessions[int(telling.subject)]


def is_told(wanted: Told, told: Counter[Told]) -> bool:
    """Or something nearer to the start was, before the clock was put back."""
    return any(
        (each.address, each.subject) == (wanted.address, wanted.subject) and each.ahead <= wanted.ahead for each in told
    )


def expected(world: World, moment: datetime) -> Iterator[Told]:
    """What each person must have been told by now."""
    rules = db.session.scalars(sa.select(Rule).where(Rule.event == world.event, Rule.is_on)).all()
    for person in world.people:
        of_event = [
            rule for rule in rules if rule.anchor is Anchor.EVENT_START
            and (rule.audience is AudienceKind.ALL or rule.audience_value == person.language)
        ]  # fmt: skip
        yield from _expected(person, "event", world.begins, of_event, moment)
        booked = [rule for rule in rules if rule.audience is AudienceKind.BOOKED]
        for number in world.agendas[person.id]:
            yield from _expected(person, str(number), world.sessions[number], booked, moment)


def _expected(
    person: Registration, subject: str, start: datetime, rules: list[Rule], moment: datetime
) -> Iterator[Told]:
    if not rules or moment >= start:
        return
    by_due = sorted((due_at(rule.ahead, start, person.zone), -rule.ahead) for rule in rules)
    past = [each for each in by_due if each[0] <= moment]
    if not past:
        return
    due, ahead = past[-1][0], -past[-1][1]
    until = min([each[0] for each in by_due if each[0] > moment], default=start)
    asleep = ahead >= 180 and is_night(moment, person.zone)
    came_later = person.confirmed_at > due
    if not came_later and not (asleep and waking(moment, person.zone) < until):
        yield Told(person.email, subject, ahead)


def due_at(ahead: int, start: datetime, zone: str) -> datetime:
    due = start - ahead * MINUTE
    if ahead < 180 or not is_night(due, zone):
        return due
    here = due.astimezone(ZoneInfo(zone))
    evening = here.date() if here.hour >= 22 else here.date() - DAY
    return datetime(evening.year, evening.month, evening.day, 21, 45, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def is_night(moment: datetime, zone: str) -> bool:
    hour = moment.astimezone(ZoneInfo(zone)).hour
    return hour >= 22 or hour < 7


def waking(moment: datetime, zone: str) -> datetime:
    here = moment.astimezone(ZoneInfo(zone))
    morning = here.date() + DAY if here.hour >= 22 else here.date()
    return datetime(morning.year, morning.month, morning.day, 7, tzinfo=ZoneInfo(zone)).astimezone(UTC)
