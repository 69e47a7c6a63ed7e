"""The baseline of the caption streams: a bare gevent loop under gunicorn, a greenlet for each viewer."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gevent.event import Event


class Said:
    """What was said last, and the event that everybody waits for."""

    text = b""
    came = Event()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        Said.text, came, Said.came = environ["wsgi.input"].read(), Said.came, Event()
        came.set()
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return follow()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def follow() -> Iterator[bytes]:
    yield b":\n\n"
    while True:
        Said.came.wait()
        yield b"data: " + Said.text + b"\n\n"
