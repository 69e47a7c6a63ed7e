"""An event with many registrations, made fast, and what its organisers' pages cost: `python -m bench.registrations`."""

import os
import random
import resource
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient

from app import create_app
from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.lib.text import searchable
from app.lib.tokens import new_token
from app.people.models import Account
from app.registration import exporting
from app.registration.listing import PAGE
from app.registration.models import (
    LASTING,
    Attendance,
    Origin,
    Places,
    Registration,
    RegistrationLink,
    RegistrationState,
    Source,
)

CHUNK = 5000
NUMBER = 100_000
LAST = NUMBER // PAGE
GIVEN = ("Ana", "Olena", "Ștefan", "Mihai", "Надія", "Zoë", "José", "Aigerim", "Fatima", "Jūratė", "Tomáš", "Nguyễn")
FAMILY = ("Popescu", "Шевченко", "García", "Müller", "Nowak", "Rossi", "Ionescu", "Kowalska", "Smith", "Õunapuu")
COUNTRIES = ("RO", "MD", "UA", "PL", "DE", "FR", "ES", "KZ", "GE", "LT", "CZ", "VN", "GB", "US", "EE", "IT")
STATES = (
    *[RegistrationState.CONFIRMED] * 70, *[RegistrationState.PENDING] * 5, *[RegistrationState.WAITING] * 10,
    *[RegistrationState.LAPSED] * 5, *[RegistrationState.CANCELLED] * 9, RegistrationState.REQUESTED,
)  # fmt: skip


def fill(event: Event, number: int, *, states: tuple[RegistrationState, ...] = STATES, seed: int = 1) -> None:
    """Adds so many people of a hundred days, with their private links, and counts their places; commits."""
    dice = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
    first = (db.session.scalar(sa.select(sa.func.max(Registration.id))) or 0) + 1
    start, taken, waiting = clock.ago(days=100), 0, 0
    for chunk in range(first, first + number, CHUNK):
        people, links, attendances = [], [], []
        for each in range(chunk, min(chunk + CHUNK, first + number)):
            name, state = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)} {each}", dice.choice(states)
            created_at = start + timedelta(seconds=100 * 86400 * ((each - first) / number) ** 0.5)
            holds = state in (RegistrationState.CONFIRMED, RegistrationState.PENDING)
            taken, waiting = taken + holds, waiting + (state is RegistrationState.WAITING)
            people.append({
                "id": each, "event_id": event.id, "state": state, "name": name, "email": f"person{each}@example.org",
                "country": min(dice.choice(COUNTRIES), dice.choice(COUNTRIES)),
                "language": dice.choice(("en", "ro", "ru", "uk")),
                "zone": "Europe/Bucharest", "consented_at": created_at, "created_at": created_at,
                "confirmed_at": created_at if state is RegistrationState.CONFIRMED else None,
                "held_until": clock.now() + timedelta(days=1) if state is RegistrationState.PENDING else None,
                "queue_number": waiting if state is RegistrationState.WAITING else None,
                "search": searchable(name, f"person{each}@example.org"),
                "origin": dice.choice((*[Origin.FORM] * 9, Origin.IMPORT)),
            })  # fmt: skip
            links += [
                {"token": new_token(), "registration_id": each, "purpose": purpose, "created_at": created_at}
                for purpose in LASTING
            ]
            if state is RegistrationState.CONFIRMED and dice.random() < 0.6:
                attendances.append({
                    "registration_id": each, "day": event.starts_on, "source": Source.LINK,
                    "first_at": created_at, "last_at": created_at,
                })  # fmt: skip
        for table, rows in ((Registration, people), (RegistrationLink, links), (Attendance, attendances)):
            if rows:
                db.session.execute(sa.insert(table.__table__), rows)
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT setval('registration_id_seq', (SELECT max(id) FROM registration))"))
    line = db.session.scalar(sa.select(Places).where(Places.event_id == event.id)) or Places(
        event_id=event.id, taken=0, last_number=0
    )
    line.taken, line.last_number = line.taken + taken, line.last_number + waiting
    db.session.add(line)
    db.session.commit()
    with db.engine.connect().execution_options(single=True, isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")


LOOKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("first page", {}), ("last page", {"page": LAST}), ("middle page", {"page": LAST // 2}),
    ("search, many found", {"q": "popescu"}), ("search, nobody found", {"q": "nobody at all"}),
    ("by name", {"sort": "name"}), ("by name downwards", {"sort": "-name"}), ("by country", {"sort": "country"}),
    ("by state", {"sort": "state"}), ("the waiting list", {"state": "waiting", "sort": "state"}),
    ("of a language", {"language": "uk"}), ("who were there", {"attended": "yes"}),
)  # fmt: skip


def looks(client: FlaskClient, slug: str, times: int = 7) -> None:
    """What the organisers' pages cost a client that is signed in as one; CPU of this process, median."""
    list_page = f"/en/manage/events/{slug}/registrations/"
    pages = [(name, list_page, query) for name, query in LOOKS]
    for name, path, query in [*pages, ("charts", f"{list_page}charts/", {})]:
        spent, waited = [], []
        for _ in range(times):
            cpu, turn = time.process_time(), time.perf_counter()
            answer = client.get(path, query_string=query)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            spent.append(time.process_time() - cpu)
            waited.append(time.perf_counter() - turn)
        print(f"  {name:22} {statistics.median(spent) * 1000:6.1f} CPU-ms {statistics.median(waited) * 1000:6.1f} ms")


def exports(event: Event, folder: str) -> None:
    """Everyone into a file of each format."""
    for kind in ("csv", "xlsx"):
        path = Path(folder) / f"all.{kind}"
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        cpu, turn = time.process_time(), time.perf_counter()
        with path.open("wb") as file:
            number = exporting.write(event, file, kind, "en")
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"  {kind} of {number:,}: {time.perf_counter() - turn:.1f} s, {time.process_time() - cpu:.1f} CPU-s, "
            f"{path.stat().st_size / 2**20:.1f} MB, {grown:.0f} MB more memory"
        )


def main() -> None:
    """On the database at DATABASE_URL, which is made, or on SQLite."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        uri = os.environ.get("DATABASE_URL", f"sqlite:///{home}/polyforum.db")
        app = create_app({"HOME": home, "SECRET_KEY": "bench", "SQLALCHEMY_DATABASE_URI": uri})
        with app.app_context():
            db.create_all()
            event = Event(
                slug="bench", title={"en": "Bench"}, zone="UTC", languages=["en"], state=EventState.PUBLISHED,
                starts_on=clock.now().date(), ends_on=clock.now().date() + timedelta(days=9), capacity=80_000,
            )  # fmt: skip
            account = Account(email="bench@example.org", name="Bench", is_admin=True)
            db.session.add_all([event, account])
            db.session.commit()
            start = time.perf_counter()
            fill(event, NUMBER)
            print(f"{NUMBER:,} registrations made in {time.perf_counter() - start:.0f} s on {db.engine.name}")
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = account.get_id(), True
            db.session.remove()
        looks(client, "bench")
        with app.app_context():
            exports(db.session.scalars(sa.select(Event)).one(), home)
            db.session.remove()


if __name__ == "__main__":
    main()
