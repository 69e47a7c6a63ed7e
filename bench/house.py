"""`polyforum run` on an empty home: how long until a page answers, and the memory of each process."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from bench.server import POLYFORUM, free_port, peak_megabytes

PARTS = {
    "supervisord": "supervisor", "valkey-server": "broker", "gunicorn": "web", " worker ": "worker", " beat ": "beat",
}  # fmt: skip


def house() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-house-") as home:
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "SECRET_KEY", "BASE_URL")}
        start = time.perf_counter()
        process = subprocess.Popen(
            [POLYFORUM, "run"], env={**environment, "POLYFORUM_HOME": home, "PORT": str(port)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            answered = _seconds_until_page(port, start)
            time.sleep(10)  # The worker and beat are still importing when the first page answers.
            _print_memory(process.pid)
        finally:
            stop = time.perf_counter()
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
        print(
            f"from `polyforum run` on an empty home to a page: {answered:.1f} s; Ctrl-C to the end: "
            f"{time.perf_counter() - stop:.1f} s"
        )


def _seconds_until_page(port: int, start: float) -> float:
    while time.perf_counter() - start < 120:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=10).close()
        except OSError:
            time.sleep(0.05)
        else:
            return time.perf_counter() - start
    raise RuntimeError("no page within two minutes")


def _print_memory(supervisor: int) -> None:
    total = 0.0
    for process in [psutil.Process(supervisor), *psutil.Process(supervisor).children(recursive=True)]:
        words = " ".join(process.cmdline())
        name = next((part for mark, part in PARTS.items() if mark in words), words)
        proportional = _proportional_megabytes(process.pid)
        total += proportional
        print(f"{name:<12}{proportional:6.0f} MB proportional, {peak_megabytes(process.pid):6.0f} MB peak resident")
    print(f"{'together':<12}{total:6.0f} MB proportional")


def _proportional_megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024
