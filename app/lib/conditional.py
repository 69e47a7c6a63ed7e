"""Conditional HTTP (RFC 9110 §13) for public pages, feeds and exports.

What a public answer says depends on the revision of its data, on what was asked for (language, zone, filter), on
the build of the code, and on the clock where it tells what runs now. So its ETag is made from these, before
anything is rendered: `"<digest>-<until>"`. `until` is the moment (Unix seconds, base 36) at which the answer
changes by itself; the tag a client sends back therefore says on its own whether it is still good, also to a
process that has never rendered the page. A 304 costs the one look-up that found the revision.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from flask import Response, current_app, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header

from app.lib import clock
from app.lib.clock import FOREVER, LONG_AGO
from app.lib.memory import Memory

_CACHE_BYTES = 32 * 1024 * 1024
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Headers = tuple[tuple[str, str], ...]

# The same for everyone, but always asked again: the answer is a 304 that costs next to nothing.
_COMMON: Headers = (("Cache-Control", "public, no-cache"), ("Vary", "Accept-Encoding"))


@dataclass(frozen=True, slots=True)
class Version:
    """Which data an answer is made from: a scope such as `event:12`, its revision, and when that came to be."""

    scope: str
    revision: int
    changed_at: datetime


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


class _Kept(NamedTuple):
    tag: str
    since: datetime
    until: datetime
    gzipped: bytes
    headers: Headers


_answers: Memory[str, _Kept] = Memory("answers", _CACHE_BYTES, lambda kept: len(kept.gzipped) + 500)


def conditional(
    version: Version,
    variant: tuple[object, ...],
    render: Callable[[], Rendered],
    mimetype: str = "text/html",
    headers: Headers = (),
    *,
    keep: bool = True,
) -> Response:
    """A 304, a kept answer or a new one.

    `variant` is all that the answer depends on beside the data: endpoint, language, zone, filters. It must be
    normalised by the caller, so that made-up query parameters cannot fill the memory; where it holds free text
    (a search), `keep=False` leaves the answer out of it.
    """
    g.setdefault("query", {})
    digest = _digest(version, variant)
    moment = clock.now()
    asked = request.headers.get("If-None-Match", "")
    if asked and (tag := _still_good(asked, digest, moment)):
        return _not_modified(tag, headers)

    kept = _answers.get(digest)
    if kept is None or moment >= kept.until:
        kept = _render(digest, version, render, mimetype, headers)
        if keep:
            _answers.keep(digest, kept)

    if asked.strip() == "*" or (not asked and _not_modified_since(kept.since)):
        return _not_modified(f'"{kept.tag}"', headers)
    g.cacheable = True
    if _takes_gzip(request.headers.get("Accept-Encoding", "")):
        headers = (*kept.headers, ("Content-Encoding", "gzip"), ("ETag", f'"{kept.tag}.gz"'))
        return Response(kept.gzipped, headers=headers)
    return Response(gzip.decompress(kept.gzipped), headers=(*kept.headers, ("ETag", f'"{kept.tag}"')))


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


def _not_modified_since(since: datetime) -> bool:
    asked = request.if_modified_since
    return asked is not None and since <= asked


def _render(
    digest: str, version: Version, render: Callable[[], Rendered], mimetype: str, headers: Headers
) -> _Kept:
    body, until, valid_since = render()
    raw = body.encode() if isinstance(body, str) else body
    # An answer whose moment came says something else since that moment, though its data is older.
    since = max(version.changed_at, valid_since)
    tag = f"{digest}-{_base36(int(until.timestamp()))}"
    said = (
        *headers, *_COMMON, ("Last-Modified", http_date(since)), ("Content-Type", f"{mimetype}; charset=utf-8"),
    )  # fmt: skip
    # Level 5 is within a per cent of level 9 here, at a third of its time.
    return _Kept(tag, since, until, gzip.compress(raw, 5, mtime=0), said)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _not_modified(tag: str, headers: Headers) -> Response:
    g.cacheable = True
    response = Response(status=304, headers=(*headers, *_COMMON, ("ETag", tag)))
    del response.headers["Content-Type"]
    return response


@lru_cache(64)
def _takes_gzip(asked: str) -> bool:
    return bool(parse_accept_header(asked, Accept)["gzip"])
