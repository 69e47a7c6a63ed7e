"""How letters leave: by SMTP, or into a folder (maildir) that a person or another program reads."""

import mailbox
import smtplib
import ssl
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from app.mail.answers import Answer
from app.mail.conversation import Conversation, TlsConversation
from app.mail.messages import Message

TIMEOUT = 30.0
"""Seconds that a server may take to answer one command. `outbox.LEASE` covers a whole conversation of these."""


class Deferred(Exception):  # noqa: N818 - an outcome
    """Not taken this time: a network fault, or a server that asks to come back (4xx)."""

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.answer = answer


class Refused(Exception):  # noqa: N818
    """Refused for good (5xx). `bad_address`: it is the recipient's address that is refused, not this letter."""

    def __init__(self, reason: str, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.bad_address = bad_address


class Unanswered(Exception):  # noqa: N818
    """The server had the whole letter and did not say what became of it."""


class Transport(Protocol):
    """A context manager for a batch: `send` raises Deferred, Refused or Unanswered, and may be called again then."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_fault: Any) -> None: ...
    @property
    def is_connected(self) -> bool: ...
    def connect(self) -> None: ...
    def send(self, message: Message) -> None: ...


def transport_of(url: str) -> Transport:
    """The transport that MAIL_URL names. Raises ValueError, saying what is wrong with it."""
    if url.startswith("maildir:"):
        return Maildir(Path(url.removeprefix("maildir:")))
    if url.startswith("smtp://"):
        return Smtp(url)
    raise ValueError("MAIL_URL is neither maildir:PATH nor smtp://user:password@host:port?tls=starttls|tls|none")


class Maildir:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: Any) -> None:
        pass

    @property
    def is_connected(self) -> bool:
        return hasattr(self, "_folder")

    def connect(self) -> None:
        if self.is_connected:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._folder = mailbox.Maildir(self._path, create=True)
        except OSError as fault:
            raise Deferred(f"{self._path}: {fault.strerror}") from fault

    def send(self, message: Message) -> None:
        try:
            self._folder.add(message.data)
        except OSError as fault:
            raise Deferred(f"{self._path}: {fault.strerror}") from fault


class Smtp:
    """One connection for a batch, made again when the server closes it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._tls = parse_qs(parts.query).get("tls", ["starttls"])[0]
        if self._tls not in ("starttls", "tls", "none") or not parts.hostname:
            raise ValueError("MAIL_URL: smtp://user:password@host:port?tls=starttls|tls|none")
        self._host = parts.hostname
        self._port = parts.port or {"starttls": 587, "tls": 465, "none": 25}[self._tls]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connection: Conversation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type | None, fault: BaseException | None, _trace: TracebackType | None) -> None:
        if self._connection is not None and fault is None:
            with suppress(OSError, smtplib.SMTPException):  # Every letter has its answer already.
                self._connection.quit()
        self._close()

    @property
    def is_connected(self) -> bool:
        return self._connection is not None and self._connection.sock is not None

    def connect(self) -> None:
        if self.is_connected:
            return
        try:
            context = ssl.create_default_context() if self._tls != "none" else None
            if self._tls == "tls":
                self._connection = TlsConversation(self._host, self._port, timeout=TIMEOUT, context=context)
            else:
                self._connection = Conversation(self._host, self._port, timeout=TIMEOUT)
            if self._tls == "starttls":
                self._connection.starttls(context=context)
            self._connection.ehlo_or_helo_if_needed()
            if self._user:
                self._connection.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as fault:
            # Also when it refuses our password for good: that says nothing about any letter.
            self._close()
            raise Deferred(f"{self._host}:{self._port}: {_said(fault)}") from fault

    def send(self, message: Message) -> None:
        connection = self._connection
        if connection is None:
            raise Deferred(f"{self._host}:{self._port}: not connected")
        try:
            connection.deliver(message)
        except smtplib.SMTPRecipientsRefused as fault:
            answer = Answer.of(*next(iter(fault.recipients.values())))
            self._hang_up_after(answer)
            raise _verdict(answer, bad_address=answer.names_bad_address) from fault
        except smtplib.SMTPResponseException as fault:
            answer = Answer.of(fault.smtp_code, fault.smtp_error)
            self._hang_up_after(answer)
            if isinstance(fault, smtplib.SMTPSenderRefused) and fault.smtp_code != 552:
                # Our own address or our right to send is in question (552: the letter is too large).
                raise Deferred(f"sender refused: {answer}", answer) from fault
            raise _verdict(answer) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Refused(str(fault)) from fault
        except (OSError, smtplib.SMTPException) as fault:
            unanswered = connection.body_is_out
            self._close()
            raise (Unanswered if unanswered else Deferred)(_said(fault)) from fault

    def _hang_up_after(self, answer: Answer) -> None:
        if answer.code == 421:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _verdict(answer: Answer, bad_address: bool = False) -> Exception:
    return Refused(str(answer), bad_address) if answer.is_final else Deferred(str(answer), answer)


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return str(Answer.of(fault.smtp_code, fault.smtp_error))
    return str(fault) or type(fault).__name__
