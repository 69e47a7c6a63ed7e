"""`python -m tests.mail.rough_post LOG SEED`: a mail server that refuses, stalls and hangs up at random.

Prints its port, and writes a line for everything that it does to a letter, as it does it: what, and to whom. Each
recipient of the test gets one letter, so that an address stands for it.
"""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

AT_RECIPIENT = (
    (0.02, "deferred", "450 4.2.0 Not now"), (0.01, "deferred", "451 4.7.1 Greylisted, come back"),
    (0.01, "deferred", "451 4.7.0 Too many letters, slow down"), (0.02, "refused", "550 5.1.1 No such user"),
    (0.02, "cut before", ""),
)  # fmt: skip
AT_DATA = (
    (0.03, "deferred", "451 4.3.0 Come back later"), (0.02, "refused", "554 5.6.0 Not a letter like this"),
    (0.02, "cut after", ""),
)  # fmt: skip
SLOW, PIPELINING = 0.05, 0.5


class Rough:
    def __init__(self, log: Path, seed: int) -> None:
        self._log = log.open("a", buffering=1)
        self._chance = random.Random(seed)  # noqa: S311 - the same disorder each time

    async def handle_EHLO(
        self, _server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        said = ["250-PIPELINING"] if self._chance.random() < PIPELINING else []
        return [*responses[:1], *said, *responses[1:]]

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, _options: Any) -> str:
        if answer := self._trouble(AT_RECIPIENT, server, address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        if self._chance.random() < SLOW:
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))
        if answer := self._trouble(AT_DATA, server, address):
            return answer
        self._note("accepted", address)
        return "250 OK"

    def _trouble(self, kinds: tuple[tuple[float, str, str], ...], server: SMTP, address: str) -> str:
        draw = self._chance.random()
        for share, what, answer in kinds:
            draw -= share
            if draw < 0:
                self._note(what, address)
                if not answer:
                    server.transport.abort()
                return answer or "421 Gone"
        return ""

    def _note(self, what: str, address: str) -> None:
        self._log.write(f"{what}\t{address}\n")


async def _serve(log: Path, seed: int) -> None:
    rough = Rough(log, seed)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(rough), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
