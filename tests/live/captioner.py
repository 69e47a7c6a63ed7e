"""A captioner's tool in a process of its own: sends cues in their pace, retries, disorders, and can be killed.

`python -m tests.live.captioner ADDRESS CUES JOURNAL PACE SEED`: CUES is a JSON list of [milliseconds, text]; JOURNAL
names a file in which each number stands that the server has confirmed, so that a tool begun anew goes on.
"""

import http.client
import json
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


class Tool:
    def __init__(self, address: str, journal: Path, chance: random.Random) -> None:
        self._parts = urlsplit(address)
        self._journal, self._chance = journal, chance
        self._line: http.client.HTTPConnection | None = None
        journal.touch()
        self.confirmed = {int(line) for line in journal.read_text().split()}

    def last(self) -> int:
        """What the server took last, asked until it answers."""
        path = f"{self._parts.path}/seq?{self._parts.query}"
        while True:
            status, body = self._ask("GET", path)
            if status == 200:
                return int(body)
            time.sleep(0.1)

    def send(self, seq: int, text: str) -> None:
        """Until it is confirmed; one in ten is sent once more, as by a tool that did not hear the answer."""
        if seq in self.confirmed:
            return
        times = 2 if self._chance.random() < 0.1 else 1
        while times:
            path = f"{self._parts.path}?{self._parts.query}&seq={seq}&lang=en-US"
            status, body = self._ask("POST", path, text)
            if status == 200:
                times -= 1
            elif status:
                raise SystemExit(f"{seq}: {status} {body}")
            else:
                time.sleep(0.1)
        with self._journal.open("a") as file:
            file.write(f"{seq}\n")
        self.confirmed.add(seq)

    def _ask(self, method: str, path: str, text: str | None = None) -> tuple[int, str]:
        """Status and body; 0 when no answer came."""
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection(self._parts.netloc, timeout=10)
            headers = {"Content-Type": "text/plain"} if text is not None else {}
            self._line.request(method, path, text.encode() if text is not None else None, headers)
            answer = self._line.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as fault:
            self._line = None
            return 0, str(fault)


def disordered(count: int, chance: random.Random) -> list[int]:
    """Numbers from 1, where one in twenty changes places with the next."""
    order = list(range(1, count + 1))
    at = 0
    while at < count - 1:
        if chance.random() < 0.05:
            order[at], order[at + 1] = order[at + 1], order[at]
            at += 1
        at += 1
    return order


def main(address: str, cues: Path, journal: Path, pace: float, seed: int) -> None:
    said = json.loads(cues.read_text())
    chance = random.Random(seed)  # noqa: S311
    order = disordered(len(said), chance)
    tool = Tool(address, journal, chance)
    assert tool.last() >= max(tool.confirmed, default=0)
    done = [seq for seq in order if seq in tool.confirmed]
    # What was said while the tool was away comes at once, what follows in its own time.
    begun = time.monotonic() - max((said[seq - 1][0] for seq in done), default=0) / 1000 / pace
    for seq in order:
        moment, text = said[seq - 1]
        time.sleep(max(0.0, begun + moment / 1000 / pace - time.monotonic()))
        tool.send(seq, text)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
