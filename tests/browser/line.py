"""The network between a browser and the site, which can be cut: no emulation, but nobody there who answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """Passes on what comes to a port of its own to the site, while it is whole."""

    def __init__(self, url: str) -> None:
        self._site = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._listen()

    def through(self, url: str) -> str:
        """The same address of the site, by this line."""
        return urlsplit(url)._replace(netloc=f"127.0.0.1:{self._port}").geturl()

    def cut(self) -> None:
        _close(self._listener)
        self._answering.join()
        for end in self._ends:
            _close(end)
        self._ends.clear()

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._listen()

    def _listen(self) -> None:
        self._answering = threading.Thread(target=self._answer, args=(self._listener,), daemon=True)
        self._answering.start()

    def _answer(self, listener: socket.socket) -> None:
        with suppress(OSError):  # It was cut.
            while True:
                here = listener.accept()[0]
                there = socket.create_connection((self._site.hostname or "", self._site.port or 80))
                self._ends += here, there
                for source, target in ((here, there), (there, here)):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _close(end: socket.socket) -> None:
    with suppress(OSError):  # The other side was quicker.
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    line = Line(url)
    try:
        yield line
    finally:
        line.cut()
