"""Viewers of a caption stream as browsers are: they come back where they were, and put each cue in its place."""

import http.client
import json
import random
import threading
import time
from typing import Any


class Viewer(threading.Thread):
    """Follows until told to stop. Every now and then a restless one loses its line."""

    def __init__(self, address: str, path: str, restless: random.Random | None = None) -> None:
        super().__init__(daemon=True)
        self._address, self._path, self._restless = address, path, restless
        self._last = ""
        self._stops = threading.Event()
        self.cues: dict[int, dict[str, Any]] = {}
        self.versions: list[int] = []
        """Every event that came, so that one that came twice is found."""
        self.connections = 0

    @property
    def texts(self) -> list[str]:
        """The final cues in their order."""
        final = [cue for cue in list(self.cues.values()) if cue["state"] == "final"]
        return [cue["text"] for cue in sorted(final, key=lambda cue: (cue["place"], cue["seq"]))]

    def run(self) -> None:
        while not self._stops.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)

    def stop(self) -> None:
        self._stops.set()

    def _follow(self) -> None:
        line = http.client.HTTPConnection(self._address, timeout=30)
        headers = {"Last-Event-ID": self._last} if self._last else {}
        line.request("GET", self._path, headers=headers)
        answer = line.getresponse()
        if answer.status != 200:
            raise OSError(answer.status)
        self.connections += 1
        event: dict[str, str] = {}
        while not self._stops.is_set():
            row = answer.readline().decode()
            if not row:
                break
            name, _, value = row.rstrip("\n").partition(": ")
            if name:
                event[name] = value
            elif "data" in event:
                self._take(event)
                event = {}
                if self._restless and self._restless.random() < 0.02:
                    break
        line.close()

    def _take(self, event: dict[str, str]) -> None:
        cue = json.loads(event["data"])
        self._last = event["id"]
        self.versions.append(int(self._last))
        self.cues[cue["id"]] = cue
