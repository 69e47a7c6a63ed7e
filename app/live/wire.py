"""Server-sent events (HTML Living Standard §9.2): how captions look on the wire, and how a connection is handed over.

A stream is open for hours and silent most of the time. A server that keeps a greenlet for each spends its memory on
waiting; so where gunicorn lets us have the connection, the hub takes it over and the request ends.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Response

from app.languages.captions.writing import milliseconds
from app.languages.models import CaptionCue, CueState

if TYPE_CHECKING:
    from app.live.hub import Hub

MIMETYPE = "text/event-stream"
BEAT = b":\n\n"
GREETING = b"retry: 2000\n\n"
"""Milliseconds after which a browser whose line broke comes back."""


def encoded(cue: CaptionCue) -> bytes:
    text = "" if cue.state is CueState.WITHDRAWN else cue.text
    said = {
        "id": cue.id, "place": cue.place, "seq": cue.seq, "ms": milliseconds(cue.stream, cue), "text": text,
        "state": cue.state.value, "machine": cue.is_machine, "source": cue.source_id,
    }  # fmt: skip
    # JSON keeps line ends inside its strings, so an event is one line of data.
    return f"id: {cue.version}\nevent: cue\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()


class EventStream(Response):
    """An answer that never ends. Under gunicorn its connection goes to the hub, elsewhere the server writes it out."""

    def __init__(self, hub: "Hub", stream_id: int, version: int) -> None:
        super().__init__(mimetype=MIMETYPE)
        # Proxies must neither keep it nor wait for more (nginx, X-Accel-Buffering).
        self.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._hub, self._stream_id, self._version = hub, stream_id, version

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        connection: Any = environ.get("gunicorn.socket")
        # Only of its gevent worker, whose loop the hub shares; and neither an encrypted connection nor one that
        # carries several answers (HTTP/2) could be given away.
        if type(connection).__module__ == "gevent._socket3" and environ["SERVER_PROTOCOL"].startswith("HTTP/1"):
            descriptor = os.dup(connection.fileno())
            os.set_blocking(descriptor, False)
            try:
                os.write(descriptor, self._head(environ) + GREETING)
            except OSError:
                os.close(descriptor)  # They have gone already.
                raise StopIteration from None
            self._hub.follow(self._stream_id, self._version, descriptor)
            # So gunicorn is told that the connection is ours now; it closes its own end of it.
            raise StopIteration
        self.response = (piece for piece in self._pieces())
        return super().__call__(environ, start_response)

    def _pieces(self) -> Iterable[bytes]:
        yield GREETING
        yield from self._hub.changes(self._stream_id, self._version)

    def _head(self, environ: dict[str, Any]) -> bytes:
        """Without a length, so it ends when the connection does (RFC 9112 §6.3)."""
        headers = [(name, value) for name, value in self.get_wsgi_headers(environ) if name != "Content-Length"]
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
