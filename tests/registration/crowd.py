"""A site as it is run (gunicorn with two workers, the worker's sweep), and many people at its door."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from tests.house.test_run import free_port

CLIENTS = 32
SWEEP = """
import time
from worker.tasks import serve_waiting_lists
print("ready", flush=True)
while True:
    serve_waiting_lists()
    time.sleep(0.1)
"""


class Site:
    """The processes of one site; `web` and `sweeper` can be killed and come back."""

    def __init__(self, home: Path, database: str, **environment: str) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self._environment = {k: v for k, v in os.environ.items() if k != "REDIS_URL"} | {
            "POLYFORUM_HOME": str(home), "DATABASE_URL": database, "PORT": str(port), "RATE_LIMITS": "off",
            "BASE_URL": f"http://{self.address}", "LOG_LEVEL": "WARNING", **environment,
        }  # fmt: skip
        self.web = self._serve()
        self.sweeper: subprocess.Popen[bytes] | None = None

    def _serve(self) -> "subprocess.Popen[bytes]":
        return self.start(
            "-m", "gunicorn", "app:create_app()", "--worker-class", "gevent", "--workers", "2",
            "--bind", self.address, "--log-level", "critical", "--graceful-timeout", "1",
        )  # fmt: skip

    def restart_web(self, by: signal.Signals) -> None:
        """Ends the web server with all its workers, and starts it again at the same address."""
        workers = psutil.Process(self.web.pid).children()
        self.web.send_signal(by)
        self.web.communicate()
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        self.web = self._serve()

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, *words], env=self._environment, stdout=subprocess.PIPE)

    def wait(self) -> None:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5).close()
                return
            time.sleep(0.1)
        raise TimeoutError("the site does not start")

    def sweep(self) -> None:
        """Starts the sweep, again and again, in a process of its own."""
        self.sweeper = self.start("-c", SWEEP)
        assert self.sweeper.stdout is not None
        assert self.sweeper.stdout.readline() == b"ready\n"

    def kill_a_worker(self, chance: random.Random) -> None:
        if workers := psutil.Process(self.web.pid).children():
            with suppress(psutil.NoSuchProcess):
                chance.choice(workers).send_signal(signal.SIGKILL)

    def kill_sweeper(self) -> None:
        if self.sweeper is not None:
            self.sweeper.kill()
            self.sweeper.communicate()
            self.sweeper = None

    def end(self) -> None:
        self.kill_sweeper()
        self.web.terminate()
        self.web.communicate(timeout=30)


@contextmanager
def running(home: Path, database: str) -> Iterator[Site]:
    site = Site(home, database)
    try:
        site.wait()
        yield site
    finally:
        site.end()


class Browser:
    """Opens a form once for its token, and sends as many as it likes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies: dict[str, str] = {}
        self._token = ""

    def open(self, path: str) -> None:
        while not self._token:  # Whoever gets no answer tries again.
            with suppress(OSError, http.client.HTTPException):
                _status, page = self._ask("GET", path, "")
                found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
                assert found, page
                self._token = found[1]

    def post(self, path: str, **data: Any) -> int | None:
        """The status of the answer; None when none came, and nobody knows what became of it."""
        try:
            return self._ask("POST", path, urlencode(data | {"csrf_token": self._token}, doseq=True))[0]
        except (OSError, http.client.HTTPException):
            return None

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self._address, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, text


class Crowd:
    """So many people at once, each with a browser of their own that lies open at a form."""

    def __init__(self, site: Site, form: str) -> None:
        self._site, self._form = site, form
        self._own = threading.local()

    @property
    def browser(self) -> Browser:
        """That of whoever asks."""
        if not hasattr(self._own, "browser"):
            browser = Browser(self._site.address)
            browser.open(self._form)
            self._own.browser = browser
        return self._own.browser

    def does(self, act: Callable[[Any], Any], given: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(act, given))
