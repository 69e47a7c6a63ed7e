"""Files that people upload, kept under the hash of their content: never changed, found again by their key alone.

What is kept for a time only has a key by chance, so that forgetting it takes nobody else's file away.
"""

import hashlib
import os
import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import IO
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


def keep_apart(file: IO[bytes], suffix: str) -> str:
    """Keeps what is left to read of a file, whatever its size, until its key is forgotten."""
    key = f"{secrets.token_hex(20)}.{suffix}"
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as written:
        shutil.copyfileobj(file, written)
    part.replace(path)
    return key


def path_of(key: str) -> Path | None:
    """Where the file of a key is, for what is too large to be read at once; None when there is none."""
    return _path(key) if _KEY.fullmatch(key) and _path(key).is_file() else None


def keys(suffix: str, before: datetime) -> set[str]:
    """The keys with a suffix whose files were kept before a moment."""
    files = _folder().glob(f"??/*.{suffix}")
    return {file.name for file in files if _KEY.fullmatch(file.name) and file.stat().st_mtime < before.timestamp()}


def forget(key: str) -> None:
    """Deletes what was kept apart; a key of nothing is forgotten already."""
    if path := path_of(key):
        path.unlink(missing_ok=True)


def _path(key: str) -> Path:
    # A thousand files a folder, not a million.
    return _folder() / key[:2] / key


def _folder() -> Path:
    address = urlsplit(current_app.config["STORAGE_URL"])
    if address.scheme != "file":
        raise ValueError(f"STORAGE_URL begins with {address.scheme!r}; only file:PATH is understood.")
    return Path(url2pathname(address.path))
