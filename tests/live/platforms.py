"""Loopback fakes of the platforms that captions are passed on to: they keep what came, and can be made to fail."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Came(NamedTuple):
    seq: int
    text: str
    query: dict[str, str]
    content_type: str


class Platform:
    """`with Platform() as platform:` listens on a port of its own; a repeated number is kept once, as they do it."""

    def __init__(self, answer: Callable[[int], int] = lambda _number: 200) -> None:
        self.answer = answer
        """The status for the nth request. After a failing one the caption may have been taken or not."""
        self.keeps_failed = False
        self.requests: list[Came] = []
        self.captions: dict[int, Came] = {}
        self.repeated_otherwise = 0
        self._lock = threading.Lock()
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = platform.take(self.path, body, self.headers["Content-Type"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"

    def take(self, path: str, body: str, content_type: str) -> int:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        came = Came(int(query["seq"]), body, query, content_type)
        with self._lock:
            self.requests.append(came)
            status = self.answer(len(self.requests))
            if status == 200 or self.keeps_failed:
                kept = self.captions.setdefault(came.seq, came)
                self.repeated_otherwise += kept.text != came.text
        return status

    @property
    def texts(self) -> list[str]:
        return [self.captions[seq].text for seq in sorted(self.captions)]

    def __enter__(self) -> "Platform":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
