"""Where messages to us arrive: a maildir, or a folder on an IMAP server. Nothing is ever deleted there."""

import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

import imap_tools
import sqlalchemy as sa

from app.extensions import db
from app.mail.models import Received

TIMEOUT = 30.0
"""Seconds that a server may take to answer."""
AT_A_TIME = 200
LOCAL = ("localhost", "127.0.0.1", "::1")
FAULTS = (OSError, imaplib.IMAP4.error, imap_tools.errors.ImapToolsError, UnicodeError)


class Away(Exception):  # noqa: N818 - an outcome
    """The mailbox cannot be read at this moment."""


class Arrived(NamedTuple):
    mark: str
    """Names the message for ever; `Received.mark`."""
    place: str
    """Names it in its mailbox."""


class Inbox(Protocol):
    """A context manager; each of its methods may raise Away."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_fault: object) -> None: ...
    def arrived(self) -> Iterator[Arrived]: ...
    def beginning(self, message: Arrived, most: int) -> bytes | None: ...
    def notice(self, message: Arrived) -> None: ...


def inbox_of(url: str) -> Inbox:
    """The mailbox that INBOX_URL names. Raises ValueError, which says what is wrong with it and no password."""
    if url.startswith("maildir:") and url != "maildir:":
        return Maildir(Path(url.removeprefix("maildir:")))
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname and parts.username and parts.password and parts.port != 0)
    except ValueError as fault:
        raise ValueError(f"INBOX_URL: {fault}") from None
    if parts.scheme == "imap" and parts.hostname not in LOCAL:
        raise ValueError("INBOX_URL: imap:// would send the password readable to another machine; write imaps://")
    if parts.scheme in ("imap", "imaps") and whole:
        return Imap(parts)
    raise ValueError("INBOX_URL: write imaps://user:password@host:port/folder or maildir:PATH")


class Maildir:
    """What another program delivers (https://cr.yp.to/proto/maildir.html); what somebody has read is left to them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        pass

    def arrived(self) -> Iterator[Arrived]:
        try:
            files = [f"{folder}/{file.name}" for folder in ("new", "cur") for file in (self._path / folder).iterdir()]
        except OSError as fault:
            raise Away(f"{self._path} is no maildir that we can read: {fault.strerror}") from fault
        unseen = sorted((_name(place), place) for place in files if not _is_seen(place))
        for start in range(0, len(unseen), AT_A_TIME):
            batch = {f"maildir:{name}"[:200]: place for name, place in unseen[start : start + AT_A_TIME]}
            known = set(db.session.scalars(sa.select(Received.mark).where(Received.mark.in_(batch))))
            yield from (Arrived(mark, place) for mark, place in batch.items() if mark not in known)

    def beginning(self, message: Arrived, most: int) -> bytes | None:
        try:
            with (self._path / message.place).open("rb") as file:
                return file.read(most)
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise Away(f"{self._path / message.place}: {fault.strerror}") from fault

    def notice(self, message: Arrived) -> None:
        name, flags = _name(message.place), message.place.partition(":2,")[2]
        with suppress(FileNotFoundError):  # Another program moved it meanwhile.
            (self._path / message.place).rename(self._path / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


def _name(place: str) -> str:
    return place.partition("/")[2].partition(":2,")[0]


def _is_seen(place: str) -> bool:
    return "S" in place.partition(":2,")[2]


class Imap:
    """RFC 9051. Messages are asked for by UID, above the highest that was read, and by their beginning alone."""

    def __init__(self, parts: SplitResult) -> None:
        self._host, self._port, self._encrypted = parts.hostname or "", parts.port, parts.scheme == "imaps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or "INBOX"
        self._box: imap_tools.BaseMailBox | None = None
        self._prefix = ""

    def __enter__(self) -> Self:
        try:
            if self._encrypted:
                context = ssl.create_default_context()
                self._box = imap_tools.MailBox(self._host, self._port or 993, timeout=TIMEOUT, ssl_context=context)
            else:
                self._box = imap_tools.MailBoxUnencrypted(self._host, self._port or 143, timeout=TIMEOUT)
            self._box.login(self._user, self._password, initial_folder=None)
            self._box.folder.set(self._folder)
            _, validity = self._box.client.response("UIDVALIDITY")
        except FAULTS as fault:
            self.__exit__()
            raise Away(f"{self._host}: {_said(fault)}") from fault
        # Another mailbox, or one made anew, counts its messages from one again.
        where = hashlib.blake2b(repr((self._host, self._user, self._folder)).encode(), digest_size=6).hexdigest()
        self._prefix = f"imap:{where}:{_number(validity)}:"
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._box is not None:
            with suppress(*FAULTS):
                self._box.client.logout()
            self._box = None

    def arrived(self) -> Iterator[Arrived]:
        last = db.session.scalar(sa.select(sa.func.max(Received.mark)).where(Received.mark.startswith(self._prefix)))
        read = int(last.removeprefix(self._prefix)) if last else 0
        try:
            uids = self._client.uids(f"UID {read + 1}:*", charset=None)
        except FAULTS as fault:
            raise Away(f"{self._host}: {_said(fault)}") from fault
        # The server answers with the last message when there is none so high (RFC 9051 6.4.4).
        for uid in sorted(int(uid) for uid in uids if int(uid) > read):
            yield Arrived(f"{self._prefix}{uid:010d}", str(uid))

    def beginning(self, message: Arrived, most: int) -> bytes | None:
        try:
            _, answer = self._client.client.uid("FETCH", message.place, f"(BODY.PEEK[]<0.{most}>)")
        except FAULTS as fault:
            raise Away(f"{self._host}: {_said(fault)}") from fault
        return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), None)

    def notice(self, message: Arrived) -> None:
        try:
            # Not by the library's own `flag`, which expunges what somebody else has marked as deleted.
            self._client.client.uid("STORE", message.place, "+FLAGS", r"(\Seen)")
        except FAULTS as fault:
            raise Away(f"{self._host}: {_said(fault)}") from fault

    @property
    def _client(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise Away(f"{self._host}: not connected")
        return self._box


def _number(response: list[bytes | None]) -> int:
    said = response[0] if response else None
    return int(said) if said and said.isdigit() else 0


def _said(fault: Exception) -> str:
    return " ".join(str(fault).split())[:300] or type(fault).__name__
