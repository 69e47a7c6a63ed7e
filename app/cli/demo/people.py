"""People who registered for the demonstration: all made up, and nobody writes to them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any, NamedTuple

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.text import slug
from app.mail.models import Grounds
from app.mail.suppression import suppress
from app.registration import places
from app.registration.models import LASTING, Registration, RegistrationLink, RegistrationState, Step, Visit


class Home(NamedTuple):
    country: str
    language: str
    zone: str
    given: tuple[str, ...]
    family: tuple[str, ...]


HOMES = {home.country: home for home in (
    Home("RO", "ro", "Europe/Bucharest", ("Ioana", "Mihai", "Ruxandra", "Ștefan"), ("Albu", "Dobre", "Țurcanu")),
    Home("MD", "ro", "Europe/Chisinau", ("Doina", "Ion", "Lilia"), ("Rusu", "Ceban", "Moraru")),
    Home("UA", "en", "Europe/Kyiv", ("Олена", "Тарас", "Марія"), ("Коваль", "Бондар", "Мельник")),
    Home("GE", "en", "Asia/Tbilisi", ("Nino", "Giorgi"), ("Beridze", "Lomidze")),
    Home("KZ", "ru", "Asia/Almaty", ("Айгуль", "Тимур"), ("Ахметова", "Сарсен")),
    Home("DE", "en", "Europe/Berlin", ("Katrin", "Jens"), ("Vogel", "Hartmann")),
    Home("US", "en", "America/New_York", ("Grace", "Walter"), ("Hill", "Ortega")),
)}  # fmt: skip
TURNS = ("RO", "MD", "UA", "RO", "GE", "RO", "MD", "KZ", "RO", "UA", "MD", "DE", "RO", "US")


class Person(NamedTuple):
    name: str
    home: Home

    @property
    def email(self) -> str:
        return f"{slug(self.name)}@example.org"


def everyone() -> list[Person]:
    """Always the same people in the same order, no two of one name."""
    left = {code: _names(home) for code, home in HOMES.items()}
    found = []
    for turn in range(4 * len(TURNS)):
        home = HOMES[TURNS[turn % len(TURNS)]]
        name = next(left[home.country], None)
        if name is not None:
            found.append(Person(name, home))
    return found


def _names(home: Home) -> Iterator[str]:
    for family, given in product(home.family, home.given):
        yield f"{given} {family}"


def register(made: Event, person: Person, state: RegistrationState, at: datetime, **facts: Any) -> Registration:
    """One registration as time would have left it; letters about it are dropped, for nobody reads them."""
    row = Registration(
        event=made, name=person.name, email=person.email, country=person.home.country,
        language=person.home.language, zone=person.home.zone, state=state, created_at=at, consented_at=at,
        links=[RegistrationLink(purpose=purpose, created_at=at) for purpose in LASTING], **facts,
    )  # fmt: skip
    if state is RegistrationState.CONFIRMED:
        row.confirmed_at = at + timedelta(hours=1)
    elif state is RegistrationState.CANCELLED:
        row.confirmed_at, row.cancelled_at = at + timedelta(hours=1), at + timedelta(days=2)
    db.session.add(row)
    with db.session.no_autoflush:
        suppress(person.email, "made up for the demonstration", grounds=Grounds.BY_HAND)
    return row


def seat(made: Event, rows: list[Registration]) -> None:
    """Counts the places that they have and the numbers that they wait with."""
    db.session.flush()
    line = places.lock(made)
    line.taken = sum(row.holds_place for row in rows)
    line.last_number = max((row.queue_number or 0 for row in rows), default=0)


def visits(made: Event, days: int) -> None:
    """Page and form as they were shown on each of the last days, a little more often towards the end."""
    today = clock.now().date()
    for ago in range(days):
        pages = 6 + (days - ago) // 3 + ago * 7 % 5
        for step, number in ((Step.PAGE, pages), (Step.FORM, pages // 3)):
            db.session.add(Visit(event_id=made.id, day=today - timedelta(days=ago), step=step, number=number))
