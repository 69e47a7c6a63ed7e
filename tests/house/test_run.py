"""`polyforum run` as a person meets it: everything starts, what crashes comes back, Ctrl-C ends all, and again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import redis

from app.cli.run import broker_socket

POLYFORUM = Path(sys.executable).with_name("polyforum")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # It ended meanwhile.
        return ""


def wait_for(happens: Callable[[], Any], seconds: float = 180) -> Any:
    """What `happens` gives as soon as it is true; fails after a time that no healthy machine needs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if answer := happens():
                return answer
        except (OSError, psutil.Error, redis.ConnectionError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"{happens} did not happen in {seconds} s")


class House:
    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.log = home / f"output-{time.monotonic_ns()}"
        environment = {k: v for k, v in os.environ.items() if k not in ("SECRET_KEY", "BASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            [POLYFORUM, "run"], stdout=self.log.open("a"), stderr=subprocess.STDOUT,
            env={**environment, "POLYFORUM_HOME": str(home), "PORT": str(port)}, start_new_session=True,
        )  # fmt: skip

    def page(self, path: str = "/en/") -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def program(self, words: str) -> psutil.Process:
        """The oldest process whose command line has these words; waits until there is one."""
        return wait_for(lambda: next((p for p in self.all() if re.search(words, command_line(p))), None))

    def all(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> list[str]:
        """Ctrl-C; gives the commands that outlive it. (How soon all end is a figure of `make bench`.)"""
        processes = self.all()
        os.killpg(self.process.pid, signal.SIGINT)
        left = psutil.wait_procs([psutil.Process(self.process.pid), *processes], timeout=120)[1]
        return [command_line(process) for process in left]

    def kill(self, spared: psutil.Process | None = None) -> None:
        """Ends the supervisor and all its processes but one, none of which can do anything about it."""
        doomed = [process for process in (psutil.Process(self.process.pid), *self.all()) if process != spared]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):  # It ended by itself, or with its parent.
                process.kill()
        self.process.wait()
        psutil.wait_procs(doomed, timeout=30)

    @property
    def output(self) -> str:
        return self.log.read_text()


@contextmanager
def house(home: Path, port: int) -> Iterator[House]:
    running = House(home, port)
    try:
        wait_for(lambda: "Polyforum runs at" in running.output or running.process.poll() is not None)
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def test_it_restarts_what_crashes_ends_on_ctrl_c_finds_all_again_and_takes_over_a_broker_left_alone(
    tmp_path: Path,
) -> None:
    port = free_port()
    with house(tmp_path, port) as first:
        assert "Occupy Library" in first.page()
        link = re.search(r"http://localhost:\d+/\S+", first.output.split("sign-in", 1)[-1])
        assert link, first.output
        open_to_others = [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077]
        assert open_to_others == [first.log.name]
        secret = (tmp_path / "secret-key").read_text()

        web = first.program("gunicorn")
        web.kill()
        wait_for(lambda: first.program("gunicorn").pid != web.pid and "Occupy" in first.page())
        worker = first.program("celery.* worker")
        worker.kill()
        wait_for(lambda: first.program("celery.* worker").pid != worker.pid)
        broker = first.program("valkey-server")
        broker.kill()
        wait_for(lambda: redis.Redis(unix_socket_path=str(broker_socket(tmp_path))).ping())

        assert first.stop() == []

    with house(tmp_path, port) as second:
        assert "Occupy Library" in second.page()
        assert (tmp_path / "secret-key").read_text() == secret
        left = second.program("valkey-server")
        second.kill(spared=left)
        assert left.is_running()

    with house(tmp_path, port) as third:
        assert "Occupy Library" in third.page()
        assert not left.is_running()
        assert third.stop() == []


def test_a_taken_port_and_a_taken_home_are_refused_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [POLYFORUM, "run"], capture_output=True, text=True,
            env={**os.environ, "POLYFORUM_HOME": str(tmp_path), "PORT": str(port)},
        )  # fmt: skip
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        f"Error: Port {port} cannot be used (Address already in use); set another: make run PORT=8001"
    )


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    assert broker_socket(tmp_path / "x") == tmp_path / "x" / "broker.sock"
    long = broker_socket(tmp_path / ("y" * 120))
    assert len(os.fsencode(long)) <= 100
    assert long.parent.stat().st_mode & 0o077 == 0
