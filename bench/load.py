"""A client that asks over kept connections, and what the server spent on it."""

import http.client
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.server import Server


@dataclass(frozen=True)
class Cost:
    cpu_ms: float
    """CPU milliseconds of the server a request."""
    per_second: float
    """Requests a second of one client in turn."""
    size: int
    """Bytes of the body as sent."""


def ask(
    server: Server,
    path: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    times: int = 400,
    before_each: Callable[[], None] | None = None,
    rounds: int = 3,
) -> Cost:
    """The median of some rounds; each answer must have the status, or the figure would mean nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    given = {"Accept-Encoding": "gzip", **(headers or {})}
    costs = []
    size = 0
    for number in range(rounds + 1):
        cpu = server.cpu_seconds()
        spent = 0.0
        for _ in range(times if number else max(times // 10, 1)):  # The first round warms up.
            if before_each:
                before_each()
            turn = time.perf_counter()
            connection.request("GET", path, headers=given)
            response = connection.getresponse()
            size = len(response.read())
            spent += time.perf_counter() - turn
            if response.status != status:
                raise RuntimeError(f"{path} answered {response.status}, not {status}")
        if number:
            costs.append(((server.cpu_seconds() - cpu) / times * 1000, times / spent))
    connection.close()
    return Cost(statistics.median(c for c, _ in costs), statistics.median(r for _, r in costs), size)


def header(server: Server, path: str, name: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers[name]
