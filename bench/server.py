"""A gunicorn server on a free port, and what its worker processes used."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
POLYFORUM = str(Path(sys.executable).with_name("polyforum"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`with Server("app:create_app()", environment) as server:` serves until the block ends."""

    def __init__(
        self,
        application: str,
        environment: dict[str, str] | None = None,
        workers: int = 1,
        options: tuple[str, ...] = (),
    ) -> None:
        self.port = free_port()
        self.options = options
        self.application = application
        self.workers = workers
        self.environment = {**os.environ, "LOG_LEVEL": "WARNING", **(environment or {})}

    def __enter__(self) -> "Server":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", self.application, "--worker-class", "gevent", "--workers",
             str(self.workers), "--bind", f"127.0.0.1:{self.port}", "--log-level", "error",
             "--graceful-timeout", "1", *self.options],
            cwd=ROOT, env=self.environment,
        )  # fmt: skip
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url("/healthz"), timeout=5).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
            else:
                break
        else:
            raise RuntimeError(f"{self.application} did not answer within 30 s")
        return self

    def __exit__(self, *_fault: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu_seconds(self) -> float:
        """User and system time of all worker processes so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self._workers())

    def peak_megabytes(self) -> list[float]:
        """The largest resident size that each worker ever had (VmHWM)."""
        return [peak_megabytes(worker.pid) for worker in self._workers()]

    def _workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


def peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
