"""Letters under the signature of our domain (RFC 6376, RFC 8463)."""

import binascii
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import dkim
from dkim.crypto import UnparsableKeyError, int2str, parse_pem_private_key
from flask import current_app

from app.mail.service import own_address

SIGNED = (
    b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted",
)  # fmt: skip
"""What is covered where it stands. RFC 8058 wants both headers of a list among them."""
OVERSIGNED = (b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")
"""Covered once more than they stand: a second one, which some programs would show instead, breaks the signature."""
SHORTEST_RSA_KEY = 1024
"""Bits, RFC 8301 3.2."""

_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
"""How such a key begins in PKCS #8 (RFC 8410 7); its 32 octets follow."""
_PEM = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----\s+(.+?)\s+-----END \1-----", re.DOTALL)
_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


class Key(NamedTuple):
    algorithm: bytes
    private: bytes
    """As dkimpy takes it: PEM for RSA, base 64 of the seed for Ed25519."""


def signed(message: bytes) -> bytes:
    """The message, which has CRLF line ends, with a signature before it; as it came where no key is given."""
    given = current_app.config["DKIM_KEY"]
    if not given:
        return message
    key = _key(given)
    signer = dkim.DKIM(message, signature_algorithm=key.algorithm)
    standing = [name.lower() for name, _ in signer.headers]
    signature = signer.sign(
        current_app.config["DKIM_SELECTOR"].encode(),
        own_address()[1].encode(),
        key.private,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in standing if name in SIGNED] + list(OVERSIGNED),
    )
    return bytes(signature) + message


def check() -> None:
    """Raises ValueError, saying what is wrong with DKIM_KEY or DKIM_SELECTOR."""
    given, selector = current_app.config["DKIM_KEY"], current_app.config["DKIM_SELECTOR"]
    if bool(given) != bool(selector):
        raise ValueError("DKIM_KEY and DKIM_SELECTOR are given together or not at all")
    if given:
        _key(given)
        if not _SELECTOR.fullmatch(selector):
            raise ValueError(f"DKIM_SELECTOR is {selector!r}; it is a name in the DNS, such as forum2027")


@cache
def _key(given: str) -> Key:
    found = _PEM.search(_written(given))
    if found is None:
        raise ValueError("DKIM_KEY holds no private key in PEM (-----BEGIN PRIVATE KEY----- …), or it has a passphrase")
    try:
        raw = binascii.a2b_base64(found[2])
        if raw.startswith(_ED25519) and len(raw) == len(_ED25519) + 32:
            return Key(b"ed25519-sha256", binascii.b2a_base64(raw[-32:], newline=False))
        pem = b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (found[1], b"".join(found[2].split()), found[1])
        bits = len(int2str(parse_pem_private_key(pem)["modulus"])) * 8
    except (binascii.Error, UnparsableKeyError, IndexError) as fault:
        raise ValueError("DKIM_KEY is neither an RSA nor an Ed25519 key, or it is damaged") from fault
    if bits < SHORTEST_RSA_KEY:
        raise ValueError(f"DKIM_KEY has {bits} bits; receivers ask for {SHORTEST_RSA_KEY} at least, better 2048")
    return Key(b"rsa-sha256", pem)


def _written(given: str) -> bytes:
    if "-----BEGIN" in given:
        return given.replace("\\n", "\n").encode()  # Files of settings often have it on one line.
    try:
        return Path(given).read_bytes()
    except OSError as fault:
        raise ValueError(f"DKIM_KEY: {given}: {fault.strerror}") from fault
