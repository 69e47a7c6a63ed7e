"""What is said to a mail server about one letter, in as few round trips as the server allows."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from app.mail.messages import Message


class _Step(NamedTuple):
    command: str
    welcome: tuple[int, ...]
    refusal: Callable[[int, bytes], smtplib.SMTPException]


class Conversation(smtplib.SMTP):
    body_is_out = False
    """Whether the last that was sent is the end of a letter: from then on only the server knows its fate."""

    def send(self, s: Any) -> None:
        super().send(s)
        self.body_is_out = s[-5:] == b"\r\n.\r\n"

    def deliver(self, message: Message) -> None:
        """Raises what `sendmail` raises, which knows no PIPELINING (RFC 2920) and takes longer over each letter."""
        steps, at_once = self._steps(message), self.has_extn("pipelining")
        if at_once:
            self.send("".join(f"{step.command}\r\n" for step in steps))
        for number, step in enumerate(steps, 1):
            if not at_once:
                self.putcmd(step.command)
            code, said = self.getreply()
            if code not in step.welcome:
                self._break_off(code, unread=len(steps) - number if at_once else 0)
                raise step.refusal(code, said)
        body = message.data.replace(b"\r\n.", b"\r\n..")
        self.send(body + b".\r\n" if body.endswith(b"\r\n") else body + b"\r\n.\r\n")
        code, said = self.getreply()
        if code != 250:
            self._break_off(code, unread=0)
            raise smtplib.SMTPDataError(code, said)

    def _steps(self, message: Message) -> list[_Step]:
        sender_refused = partial(smtplib.SMTPSenderRefused, sender=message.sender)
        return [
            _Step(f"MAIL FROM:<{message.sender}>{self._options(message)}", (250,), sender_refused),
            _Step(
                f"RCPT TO:<{message.recipient}>", (250, 251),
                lambda code, said: smtplib.SMTPRecipientsRefused({message.recipient: (code, said)}),
            ),
            _Step("DATA", (354,), smtplib.SMTPDataError),
        ]  # fmt: skip

    def _options(self, message: Message) -> str:
        options = f" SIZE={len(message.data)}" if self.has_extn("size") else ""
        if message.recipient.isascii():
            return options
        if not self.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("SMTPUTF8 not supported by server")
        self.command_encoding = "utf-8"
        return f"{options} SMTPUTF8 BODY=8BITMIME"  # RFC 6531

    def _break_off(self, code: int, unread: int) -> None:
        """So that the next letter finds a server that waits for one; 421 says that it hangs up."""
        if code == 421:
            return self.close()
        with suppress(smtplib.SMTPServerDisconnected):
            for _ in range(unread):
                if self.getreply()[0] == 354:
                    self.docmd(".")  # RFC 2920 3.1: it asks for the text all the same, though nobody is to get it.
            self.rset()
        return None


class TlsConversation(Conversation, smtplib.SMTP_SSL):
    pass
