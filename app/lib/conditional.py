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
from datetime import UTC, datetime
from typing import NamedTuple

from cachetools import LRUCache
from flask import Response, current_app, g, request

from app.lib import clock

FOREVER = datetime.max.replace(tzinfo=UTC)
_CACHE_BYTES = 32 * 1024 * 1024
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Version:
    """Which data an answer is made from: a scope such as `event:12`, its revision, and when that came to be."""

    scope: str
    revision: int
    changed_at: datetime


class Rendered(NamedTuple):
    """A body, and the moment at which the same data would give another one (now and next, registration opens)."""

    body: str | bytes
    valid_until: datetime = FOREVER


class _Kept(NamedTuple):
    tag: str
    since: datetime
    until: datetime
    gzipped: bytes
    headers: tuple[tuple[str, str], ...]


_cache: "LRUCache[str, _Kept]" = LRUCache(_CACHE_BYTES, getsizeof=lambda kept: len(kept.gzipped) + 500)


def conditional(
    version: Version,
    variant: tuple[object, ...],
    render: Callable[[], Rendered],
    mimetype: str = "text/html",
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """A 304, a kept answer or a new one.

    `variant` is all that the answer depends on beside the data: endpoint, language, zone, filters. It must be
    normalised by the caller, so that made-up query parameters cannot fill the memory.
    """
    digest = _digest(version, variant)
    moment = clock.now()
    if _client_has(digest, moment):
        return _finish(Response(status=304), request.headers["If-None-Match"].split(",")[0].strip(), headers)

    kept = _cache.get(digest)
    if kept is None or moment >= kept.until:
        kept = _render(digest, version, moment, render, mimetype, headers)
        _cache[digest] = kept

    asked_since = request.if_modified_since if "If-None-Match" not in request.headers else None
    if asked_since is not None and kept.since <= asked_since:
        return _finish(Response(status=304), f'"{kept.tag}"', headers, kept.since)
    if request.accept_encodings["gzip"]:
        response = Response(kept.gzipped, headers=list(kept.headers))
        response.headers["Content-Encoding"] = "gzip"
        return _finish(response, f'"{kept.tag}.gz"', (), kept.since)
    return _finish(Response(gzip.decompress(kept.gzipped), headers=list(kept.headers)), f'"{kept.tag}"', (), kept.since)


def _digest(version: Version, variant: tuple[object, ...]) -> str:
    build = current_app.config["BUILD"]
    said = repr((build, version.scope, version.revision, variant))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _client_has(digest: str, moment: datetime) -> bool:
    """Whether a tag of If-None-Match is of this digest and its moment has not come."""
    header = request.headers.get("If-None-Match", "")
    for tag in header.split(","):
        name, _, until = tag.strip().removeprefix("W/").strip('"').removesuffix(".gz").partition("-")
        if name != digest:
            continue
        try:
            return int(until, 36) > moment.timestamp()
        except ValueError:
            return False
    return False


def _render(
    digest: str,
    version: Version,
    moment: datetime,
    render: Callable[[], Rendered],
    mimetype: str,
    headers: tuple[tuple[str, str], ...],
) -> _Kept:
    before = _cache.get(digest)
    body, until = render()
    raw = body.encode() if isinstance(body, str) else body
    # An answer whose moment came says something else since that moment, though its data is older.
    since = max(version.changed_at, before.until if before else version.changed_at)
    tag = f"{digest}-{_base36(int(until.timestamp()))}"
    content_type = f"{mimetype}; charset=utf-8"
    # Level 5 is within a per cent of level 9 here, at a third of its time.
    return _Kept(tag, since, until, gzip.compress(raw, 5, mtime=0), (("Content-Type", content_type), *headers))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _finish(
    response: Response, tag: str, headers: tuple[tuple[str, str], ...], since: datetime | None = None
) -> Response:
    response.headers.extend(headers)
    response.headers["ETag"] = tag
    if since is not None:
        response.last_modified = since
    # The same for everyone, but always asked again: the answer is a 304 that costs next to nothing.
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept-Encoding")
    g.cacheable = True
    return response
