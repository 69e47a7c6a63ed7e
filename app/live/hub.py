"""The hub: hands every change of a caption stream to everyone who follows it, from one process to thousands.

Each stream has one log of encoded events, shared by all its viewers; a viewer is a socket and a place in that log.
So memory and work grow with what is said, not with what is said times who listens, and whoever reads slowly holds
up nobody. The database is the truth: the log is read from there, after a ring of the bell or by looking.
"""

import os
import resource
import threading
import time
from collections.abc import Iterable, Iterator

from flask import Flask, current_app

from app.extensions import bell
from app.languages.captions import cues, streams
from app.lib.bell import Ear
from app.live.log import Log, Viewer
from app.live.wire import BEAT, encoded

HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it is still there, so that nothing on the way closes it."""
LOOK, LOOK_ALONE = 5.0, 0.5
"""Seconds between looks into the database: while the bell reaches this process, and while it does not."""
RETRY = 0.05
"""Seconds after which a viewer whose line was full is written to again."""
TOO_SLOW = 30.0
"""Seconds after which a viewer who takes nothing is let go; the browser comes back and goes on where it was."""
BATCH = 100
"""Viewers written to before anybody else in this process has a turn."""
MOST_PIECES = 64
"""Events handed to the system in one call."""
KEPT = 60.0
"""Seconds that the log of a stream is kept after its last viewer left."""
SPARE = 500
"""Open files that a process keeps for everything else."""


class Hub:
    def __init__(self, app: Flask, ear: Ear) -> None:
        self._app, self._ear = app, ear
        self._logs: dict[int, Log] = {}
        self._rung: set[int] = set()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._runs = False
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._most = most - SPARE

    def has_room(self) -> bool:
        """Whether this process can hold one more connection."""
        return sum(len(log.viewers) for log in self._logs.values()) < self._most

    def follow(self, stream_id: int, version: int, descriptor: int) -> None:
        """From now on writes every change after `version` to a connection, which the hub owns and closes."""
        try:
            log = self._log_of(stream_id, version)
        except BaseException:
            os.close(descriptor)
            raise
        viewer = Viewer(descriptor, log.after(version))
        log.viewers.add(viewer)
        self._write(log, viewer)

    def changes(self, stream_id: int, version: int) -> Iterator[bytes]:
        """The same for a server that gives no connection away: what to write next, or a beat; waits in between."""
        while True:
            with self._app.app_context():
                said = [(cue.version, encoded(cue)) for cue in cues.since(stream_id, version)]
            yield b"".join(event for _, event in said) or BEAT
            version = said[-1][0] if said else version
            time.sleep(LOOK_ALONE)

    def count(self, stream_id: int) -> int:
        """How many follow a stream through this process."""
        log = self._logs.get(stream_id)
        return len(log.viewers) if log else 0

    def _log_of(self, stream_id: int, version: int) -> Log:
        """The log, read at least as far as a viewer has got who may have followed through another process."""
        with self._lock:
            log = self._logs.setdefault(stream_id, Log())
            log.left_at = time.monotonic()  # Who is about to follow must not find it forgotten.
            if not self._runs:
                self._runs = True
                self._ear.listen(self._hear)
                threading.Thread(target=self._pump, name="captions", daemon=True).start()
        with log.reading:
            if not log.is_read or version > log.version:
                self._read(stream_id, log)
                log.is_read = True
        return log

    def _hear(self, name: str) -> None:
        kind, _, number = name.partition(":")
        if kind == "captions" and int(number) in self._logs:
            self._rung.add(int(number))
            self._wake.set()

    def _pump(self) -> None:
        """For ever: reads what changed, writes it to everyone, and says from time to time that the line is open."""
        looked = beaten = time.monotonic()
        while True:
            stuck = any(log.stuck for log in self._logs.values())
            self._wake.wait(RETRY if stuck else LOOK_ALONE)
            self._wake.clear()
            now = time.monotonic()
            try:
                if now - looked > (LOOK if self._ear.is_connected else LOOK_ALONE):
                    looked = now
                    self._look()
                self._deliver()
            except Exception:
                # Nothing must end the pump. A database that is away for a moment is looked into again soon.
                self._app.logger.exception("Captions could not be read")
            if now - beaten > HEARTBEAT:
                beaten = now
                self._beat()
            self._forget(now)

    def _look(self) -> None:
        """Finds the streams that went on without a ring that was heard, and those that are no more."""
        followed = {number for number, log in self._logs.items() if log.viewers}
        if followed:
            with self._app.app_context():
                found = streams.versions(followed)
            self._rung |= {number for number, version in found.items() if version > self._logs[number].version}
            for number in followed - found.keys():
                log = self._logs.pop(number)
                for viewer in list(log.viewers):
                    self._leave(log, viewer)

    def _deliver(self) -> None:
        for number in list(self._rung):
            self._rung.discard(number)
            if log := self._logs.get(number):
                self._read(number, log)
                self._to_each(log, list(log.viewers))
        for log in list(self._logs.values()):
            self._to_each(log, list(log.stuck))

    def _read(self, stream_id: int, log: Log) -> None:
        with self._app.app_context():
            for cue in cues.since(stream_id, log.version):
                log.add(cue.id, cue.version, encoded(cue))

    def _to_each(self, log: Log, viewers: Iterable[Viewer]) -> None:
        for number, viewer in enumerate(viewers, 1):
            self._write(log, viewer)
            if number % BATCH == 0:
                time.sleep(0)

    def _write(self, log: Log, viewer: Viewer) -> None:
        """Writes as much as the connection takes of what its viewer has not got."""
        while viewer.at < len(log.events):
            pieces: list[bytes | memoryview] = list(log.events[viewer.at : viewer.at + MOST_PIECES])
            if viewer.sent:
                pieces[0] = memoryview(pieces[0])[viewer.sent :]
            try:
                written = os.writev(viewer.descriptor, pieces)
            except BlockingIOError:
                written = 0
            except OSError:
                self._leave(log, viewer)
                return
            if written:
                viewer.stuck_since = 0.0  # A slow line is no dead one.
            took_all = written == sum(map(len, pieces))
            for piece in pieces:
                if written < len(piece):
                    break
                written -= len(piece)
                viewer.at += 1
                viewer.sent = 0
            viewer.sent += written
            if not took_all:
                self._wait_for(log, viewer)
                return
        log.stuck.discard(viewer)

    def _wait_for(self, log: Log, viewer: Viewer) -> None:
        now = time.monotonic()
        viewer.stuck_since = viewer.stuck_since or now
        if now - viewer.stuck_since > TOO_SLOW:
            self._leave(log, viewer)
        else:
            log.stuck.add(viewer)

    def _beat(self) -> None:
        """Also finds out who has gone: their connection takes no more."""
        for log in list(self._logs.values()):
            for number, viewer in enumerate(list(log.viewers - log.stuck), 1):
                try:
                    os.write(viewer.descriptor, BEAT)
                except BlockingIOError:
                    pass
                except OSError:
                    self._leave(log, viewer)
                if number % BATCH == 0:
                    time.sleep(0)

    def _leave(self, log: Log, viewer: Viewer) -> None:
        if viewer in log.viewers:
            log.viewers.remove(viewer)
            log.stuck.discard(viewer)
            log.left_at = time.monotonic()
            os.close(viewer.descriptor)

    def _forget(self, now: float) -> None:
        for number, log in list(self._logs.items()):
            if not log.viewers and now - log.left_at > KEPT:
                del self._logs[number]


def hub() -> Hub:
    """The hub of this process."""
    if "captions-hub" not in current_app.extensions:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        current_app.extensions["captions-hub"] = Hub(app, bell.ear)
    found: Hub = current_app.extensions["captions-hub"]
    return found
