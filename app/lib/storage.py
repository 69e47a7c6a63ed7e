"""Files that people upload, kept under the hash of their content: never changed, found again by their key alone."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from flask import current_app

_KEY = re.compile(r"[0-9a-f]{40}\.[a-z0-9]{2,5}")


def keep(content: bytes, suffix: str) -> str:
    """Keeps a file and answers its key. The same content has the same key, however often it is kept."""
    key = f"{hashlib.blake2b(content, digest_size=20).hexdigest()}.{suffix}"
    path = _path(key)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a reader never meets half a file, nor does a second writer of the same.
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    return key


def read(key: str) -> bytes | None:
    """The file of a key, or None; a key that we never gave out is nowhere, whatever path it spells."""
    if not _KEY.fullmatch(key):
        return None
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        return None


def _path(key: str) -> Path:
    # A thousand files a folder, not a million.
    return _folder() / key[:2] / key


def _folder() -> Path:
    address = urlsplit(current_app.config["STORAGE_URL"])
    if address.scheme != "file":
        raise ValueError(f"STORAGE_URL begins with {address.scheme!r}; only file:PATH is understood.")
    return Path(url2pathname(address.path))
