"""A small IMAP server for tests: one folder, and no more of RFC 9051 than a reader of it needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Folder:
    """What the server shows, and what it was asked for."""

    def __init__(self) -> None:
        self.validity = 1700000000
        self.messages: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.password = "secret"
        self.octets_sent = 0
        self.commands: list[str] = []

    def add(self, message: bytes) -> int:
        uid = max(self.messages, default=0) + 1
        self.messages[uid] = message
        return uid


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder: Folder = self.server.folder  # type: ignore[attr-defined]
        self._say("* OK [CAPABILITY IMAP4rev1] ready")
        for line in self.rfile:
            tag, command, *rest = line.decode().strip().split(" ", 2)
            asked = rest[0] if rest else ""
            folder.commands.append(f"{command} {asked}".strip())
            verb, _, what = asked.partition(" ") if command.upper() == "UID" else (command, "", asked)
            answer = getattr(self, f"_{verb.lower()}")(folder, what)
            self._say(f"{tag} {answer}")
            if verb.upper() == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _capability(self, _folder: Folder, _what: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, folder: Folder, what: str) -> str:
        return "OK done" if what.endswith(f'"{folder.password}"') else "NO [AUTHENTICATIONFAILED] wrong password"

    def _select(self, folder: Folder, what: str) -> str:
        if what.strip('"') != "INBOX":
            return "NO there is no such folder"
        self._say(f"* {len(folder.messages)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {folder.validity}] valid")
        return "OK [READ-WRITE] done"

    def _search(self, folder: Folder, what: str) -> str:
        first = int(re.fullmatch(r"UID (\d+):\*", what)[1])  # type: ignore[index]
        last = max(folder.messages, default=0)
        found = [uid for uid in folder.messages if uid >= first] or ([last] if last else [])
        self._say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
        return "OK done"

    def _fetch(self, folder: Folder, what: str) -> str:
        uid, most = map(int, re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", what).groups())  # type: ignore[union-attr]
        if uid in folder.messages:
            part = folder.messages[uid][:most]
            folder.octets_sent += len(part)
            self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, len(part), part))
        return "OK done"

    def _store(self, folder: Folder, what: str) -> str:
        uid, change = what.split(" ", 1)
        assert change == r"+FLAGS (\Seen)"
        folder.seen.add(int(uid))
        return "OK done"

    def _noop(self, _folder: Folder, _what: str) -> str:
        return "OK done"

    def _logout(self, _folder: Folder, _what: str) -> str:
        self._say("* BYE")
        return "OK done"


@contextmanager
def serving_imap(folder: Folder) -> Iterator[int]:
    """The port of the running server; any free one."""
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
    server.daemon_threads, server.folder = True, folder
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
