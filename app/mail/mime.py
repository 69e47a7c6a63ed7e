"""Headers and parts of a message as the bytes that go over the wire: ASCII, CRLF, lines of a bearable length.

The standard library's own writer parses each header into a tree and each body line by line, which costs more than all
else that is done for a letter. What stays the library's is the encoding of words (RFC 2047) and of bodies (RFC 2045).
"""

import base64
import binascii
import re
import secrets
from collections.abc import Sequence
from email.header import Header
from email.utils import formataddr
from functools import lru_cache
from urllib.parse import quote

LONGEST_LINE = 76
"""Characters, CRLF not counted (RFC 5322 2.1.1 wishes for 78)."""

_PLAIN = re.compile(r"[\x20-\x7e]*")
_NOT_PLAIN = re.compile(r"[^\t\n\x20-\x7e]")
LONGEST_PLAIN_LINE = 990
"""Characters; servers take 998 (RFC 5321 4.5.3.1.6)."""


@lru_cache(4096)  # Of the letters of a batch most say the same in most headers.
def header(name: str, value: str) -> bytes:
    """Folded, and in encoded words where it must be. Raises ValueError rather than begin another header."""
    _refuse_lines(value)
    if _is_plain(value) and len(name) + 2 + len(value) <= LONGEST_LINE:
        return f"{name}: {value}\r\n".encode("ascii")
    return f"{name}: {_encoded(name, value)}\r\n".encode("ascii")


def bare_header(name: str, value: str) -> bytes:
    """On one line, however long: an address in it that is folded or encoded nobody can follow."""
    _refuse_lines(value)
    return f"{name}: {value}\r\n".encode("ascii")


def mailbox_header(name: str, spoken: str, address: str) -> bytes:
    """A person's name, and the address in angle brackets. Only a local part may be outside ASCII (RFC 6532)."""
    _refuse_lines(spoken + address)
    written = formataddr((spoken, address)) if _is_plain(spoken) and address.isascii() else None
    if written is None or len(name) + 2 + len(written) > LONGEST_LINE:
        phrase = _encoded(name, spoken)
        last = f"{name}: {phrase}".rpartition("\r\n")[2]
        between = " " if len(last) + len(address) + 3 <= LONGEST_LINE else "\r\n "
        written = f"{phrase}{between}<{address}>" if phrase else address
    return f"{name}: {written}\r\n".encode()


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and "=?" not in value


def _encoded(name: str, value: str) -> str:
    return Header(value, "utf-8", LONGEST_LINE, name).encode(linesep="\r\n") if value else ""


def _refuse_lines(value: str) -> None:
    if "\n" in value or "\r" in value:
        raise ValueError("a line break in a header")


def text_part(text: str, subtype: str, **parameters: str) -> bytes:
    """A part of text in UTF-8: as it stands where it is ASCII in short lines, else in the shorter encoding."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines += "" if lines.endswith("\n") else "\n"
    if lines.isascii() and _NOT_PLAIN.search(lines) is None and max(map(len, lines.split("\n"))) < LONGEST_PLAIN_LINE:
        encoding, charset, body = "7bit", "us-ascii", lines.replace("\n", "\r\n").encode("ascii")
    else:
        raw = lines.replace("\n", "\r\n").encode()
        encoding, charset, body = "quoted-printable", "utf-8", binascii.b2a_qp(raw, istext=True)
        if len(body) * 3 > len(raw) * 4:
            encoding, body = "base64", _base64(raw)
    given = "".join(f'; {name}="{value}"' for name, value in ({"charset": charset} | parameters).items())
    return (
        f"Content-Type: text/{subtype}{given}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii") + body
    )


def file_part(content: bytes, mimetype: str, filename: str) -> bytes:
    _refuse_lines(mimetype + filename)
    if _is_plain(filename):
        escaped = filename.replace("\\", "\\\\").replace('"', '\\"')
        named = f'filename="{escaped}"'
    else:
        named = f"filename*=utf-8''{quote(filename, safe='')}"  # RFC 2231
    return (
        f"Content-Type: {mimetype}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {named}\r\n\r\n"
    ).encode("ascii") + _base64(content)


def multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"=_{secrets.token_hex(16)}"
    between = f"--{boundary}\r\n".encode()
    opened = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    return opened + between + (b"\r\n" + between).join(parts) + f"\r\n--{boundary}--\r\n".encode()


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
