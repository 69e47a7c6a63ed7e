"""Conditional HTTP (RFC 9110 §13) for public pages, feeds and exports.

What a public answer says depends on the revision of its data, on what was asked for (language, zone, filter), on
the build of the code, and on the clock where it tells what runs now. So its ETag is made from these, before
anything is rendered: `"<digest>-<until>"`. `until` is the moment (Unix seconds, base 36) at which the answer
changes by itself; the tag a client sends back therefore says on its own whether it is still good, also to a
process that has never rendered the page. A 304 costs the one look-up that found the revision.
"""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, current_app, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header, parse_date

from app.lib import clock
from app.lib.clock import FOREVER, LONG_AGO
from app.lib.memory import Memory

_CACHE_BYTES = 32 * 1024 * 1024
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

ALWAYS_ASKED = "public, no-cache"
"""The same for everyone, but asked for each time: the answer is a 304 that costs next to nothing."""
IMMUTABLE = "public, max-age=31536000, immutable"
"""Where the address changes with what it says."""

Headers = tuple[tuple[str, str], ...]
Environ = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """Which data an answer is made from: a scope such as `event:12`, its revision, and when that came to be."""

    scope: str
    revision: int
    changed_at: datetime
    look_up: Callable[[], tuple[int, datetime] | None] | None = field(default=None, compare=False)
    """Finds revision and moment of change anew, where that is less than finding out what an address means."""

    def is_current(self) -> bool:
        return self.look_up is not None and self.look_up() == (self.revision, self.changed_at)


class Rendered(NamedTuple):
    """A body, and the moments between which the same data gives just this one (now and next, registration opens)."""

    body: str | bytes
    valid_until: datetime = FOREVER
    valid_since: datetime = LONG_AGO

    @classmethod
    def between(cls, body: str | bytes, moments: set[datetime]) -> "Rendered":
        """A body that changes by itself at each of the moments."""
        passed = (moment for moment in moments if moment <= clock.now())
        return cls(body, clock.next_of(moments), max(passed, default=LONG_AGO))


class _Known(NamedTuple):
    """Which answer an address leads to."""

    version: Version
    digest: str
    headers: Headers
    seen: Callable[[Environ], None] | None = None


class _Kept(NamedTuple):
    tag: str
    since: datetime
    until: datetime
    gzipped: bytes
    content_type: str


_addresses: Memory[tuple[str, ...], _Known] = Memory("addresses", 4096)
_answers: Memory[str, _Kept] = Memory("answers", _CACHE_BYTES, lambda kept: len(kept.gzipped) + 500)


def conditional(
    version: Version,
    variant: tuple[object, ...],
    render: Callable[[], Rendered],
    mimetype: str = "text/html",
    headers: Headers = (),
    *,
    cache_control: str = ALWAYS_ASKED,
    keep: bool = True,
    seen: Callable[[Environ], None] | None = None,
) -> Response:
    """A 304, a kept answer or a new one.

    `variant` is all that the answer depends on beside the data: endpoint, language, zone, filters. It must follow
    from the address alone, and be normalised by the caller, so that made-up query parameters cannot fill the memory;
    where it holds free text (a search), `keep=False` leaves the answer out of it. `seen` is called with each request
    that is answered, also by `answer_again`.
    """
    g.setdefault("query", {})
    known = _Known(
        version, _digest(version, variant),
        (*headers, ("Cache-Control", cache_control), ("Vary", "Accept-Encoding")), seen,
    )  # fmt: skip
    response = _answer(known, request.environ)
    if response is None:
        kept = _render(known.digest, version, render, mimetype)
        if keep:
            _answers.keep(known.digest, kept)
        response = _send(known, kept, request.environ)
    if keep and version.look_up:
        _addresses.keep(_address(request.environ), known)
    if seen:
        seen(request.environ)
    return response


def answer_again(environ: Environ) -> Response | None:
    """The answer that this address led to before, if the data is still the same and no moment of change has come."""
    known = _addresses.get(_address(environ)) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
    response = _answer(known, environ) if known and known.version.is_current() else None
    if known and known.seen and response:
        known.seen(environ)
    return response


def _address(environ: Environ) -> tuple[str, ...]:
    return environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")


def _answer(known: _Known, environ: Environ) -> Response | None:
    """A 304 or the kept answer."""
    moment = clock.now()
    if tag := _still_good(environ.get("HTTP_IF_NONE_MATCH", ""), known.digest, moment):
        return _not_modified(known, tag)
    kept = _answers.get(known.digest)
    return _send(known, kept, environ) if kept and moment < kept.until else None


def _send(known: _Known, kept: _Kept, environ: Environ) -> Response:
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    if asked.strip() == "*" or (not asked and _not_modified_since(kept.since, environ)):
        return _not_modified(known, f'"{kept.tag}"')
    g.cacheable = True
    # Dates are no finer than a second, and this one may bring another change: so we own to none that is as young.
    last_modified = min(kept.since, clock.ago(seconds=1))
    headers = (*known.headers, ("Content-Type", kept.content_type), ("Last-Modified", http_date(last_modified)))
    if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        return Response(kept.gzipped, headers=(*headers, ("Content-Encoding", "gzip"), ("ETag", f'"{kept.tag}.gz"')))
    return Response(gzip.decompress(kept.gzipped), headers=(*headers, ("ETag", f'"{kept.tag}"')))


def _digest(version: Version, variant: tuple[object, ...]) -> str:
    build = current_app.config["BUILD"]
    # With the moment of the change, since a database may give the number of a deleted row to a new one.
    said = repr((build, version.scope, version.revision, version.changed_at.timestamp(), variant))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _still_good(asked: str, digest: str, moment: datetime) -> str | None:
    """The tag of If-None-Match that is of this digest and whose moment has not come (weak comparison)."""
    if digest not in asked:
        return None
    for tag in asked.split(","):
        opaque = tag.strip().removeprefix("W/")
        name, _, until = opaque.strip('"').removesuffix(".gz").partition("-")
        try:
            if name == digest and int(until, 36) > moment.timestamp():
                return opaque
        except ValueError:
            continue
    return None


def _not_modified_since(since: datetime, environ: Environ) -> bool:
    asked = parse_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    return asked is not None and since <= asked


def _render(digest: str, version: Version, render: Callable[[], Rendered], mimetype: str) -> _Kept:
    body, until, valid_since = render()
    raw = body.encode() if isinstance(body, str) else body
    # An answer whose moment came says something else since that moment, though its data is older.
    since = max(version.changed_at, valid_since)
    tag = f"{digest}-{_base36(int(until.timestamp()))}"
    # Level 5 is within a per cent of level 9 here, at a third of its time.
    return _Kept(tag, since, until, gzip.compress(raw, 5, mtime=0), f"{mimetype}; charset=utf-8")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _not_modified(known: _Known, tag: str) -> Response:
    g.cacheable = True
    response = Response(status=304, headers=(*known.headers, ("ETag", tag)))
    del response.headers["Content-Type"]
    return response


@lru_cache(64)
def _takes_gzip(asked: str) -> bool:
    return bool(parse_accept_header(asked, Accept)["gzip"])
