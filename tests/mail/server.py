"""A real SMTP server for tests, whose answers a test chooses."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Post:
    """Keeps what it takes. `at_recipient` and `at_data` may answer something else, by the address."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.connections = 0
        self.at_recipient: Callable[[str], str | None] = lambda address: None
        self.at_data: Callable[[Any, Any], str | None] = lambda server, envelope: None
        self.pause = 0.0
        self.is_pipelining = True

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:
        self.connections += 1
        session.host_name = hostname
        # It reads one command after the other whether they come together or not.
        return [*responses[:1], *(["250-PIPELINING"] if self.is_pipelining else []), *responses[1:]]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := self.at_recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        time.sleep(self.pause)
        if answer := self.at_data(server, envelope):
            return answer
        self.raw.append(envelope.content)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return sorted(message["To"].addresses[0].addr_spec for message in self.messages)


@contextmanager
def serving(post: Post, port: int = 0) -> Iterator[int]:
    """The port of the running server; any free one."""
    controller = _OnAnyPort(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
