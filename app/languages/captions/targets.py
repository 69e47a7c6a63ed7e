"""Where captions are passed on to: Zoom's closed-caption API and YouTube's HTTP caption ingestion.

Both take a POST of UTF-8 text with a number `seq` that goes up by one with each new caption and stays the same when
one is sent again.
"""

from urllib.parse import urlencode, urlsplit

import requests
from babel.core import get_global
from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.languages.models import CaptionCue, CaptionRelay, Platform

PATIENCE = (3, 5)
"""Seconds for the connection and for the answer."""
HOSTS = {Platform.ZOOM: ("zoom.us", "zoomgov.com"), Platform.YOUTUBE: ("upload.youtube.com",)}

_line = requests.Session()


class FailedError(Exception):
    """A caption was not taken, or it is not known whether; the message is a short word for `explained`."""


def accepts(platform: Platform, address: str) -> bool:
    """Whether an address is one of the platform, or of a host that the operator of this site allows.

    The server writes to it, so no organiser may name any machine of the network it stands in.
    """
    try:
        # As it will be sent: who reads it by itself may see another host in it than the one that is asked.
        parts = urlsplit(requests.Request("POST", address).prepare().url or "")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.scheme not in ("https", "http") or any(c.isspace() for c in address):
        return False
    if parts.netloc in current_app.config["CAPTION_HOSTS"]:
        return True
    # YouTube hands out addresses without encryption.
    is_of_platform = any(host == own or host.endswith(f".{own}") for own in HOSTS[platform])
    return is_of_platform and port is None and (parts.scheme == "https" or platform is Platform.YOUTUBE)


def send(relay: CaptionRelay, seq: int, cue: CaptionCue) -> None:
    """Raises FailedError."""
    if not accepts(relay.platform, relay.address):
        raise FailedError("address")
    if relay.platform is Platform.ZOOM:
        body, parameters = cue.text, {"seq": seq, "lang": regional(cue.stream.track.language)}
    else:
        body, parameters = _youtube(cue), {"seq": seq}
    try:
        answer = _line.post(
            _with(relay.address, parameters), body.encode(), timeout=PATIENCE, allow_redirects=False,
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )  # fmt: skip
    except requests.Timeout:
        raise FailedError("timeout") from None
    except requests.RequestException:
        raise FailedError("connection") from None
    if not 200 <= answer.status_code < 300:
        raise FailedError(str(answer.status_code))


def explained(error: str) -> LazyString:
    """What a failure means to an organiser, and what to do."""
    known = {
        "400": _l("The platform refuses captions (400): the meeting has not begun, or takes none."),
        "403": _l("The platform refuses the address (403): it has expired. Copy a new one from there."),
        "404": _l("The platform does not know the address (404). Copy it once more."),
        "timeout": _l("The platform did not answer in time."),
        "connection": _l("The platform could not be reached."),
        "address": _l("This address is not one of the platform."),
    }
    return known.get(error) or _l("The platform answered with an error (%(code)s).", code=error)


def regional(language: str) -> str:
    """`en-US` for `en`: Zoom wants a territory. By CLDR's likely subtags."""
    if "-" in language:
        return language
    likely = get_global("likely_subtags").get(language, "")
    territory = likely.split("_")[-1] if likely.count("_") else ""
    return f"{language}-{territory}" if territory else language


def _youtube(cue: CaptionCue) -> str:
    """A moment in UTC, then the words; `<br>` breaks a line, so no other markup may be in them."""
    words = cue.text.replace("<", "‹").replace(">", "›").replace("\n", "<br>")
    return f"{cue.began_at:%Y-%m-%dT%H:%M:%S}.{cue.began_at.microsecond // 1000:03d}\n{words}\n"


def _with(address: str, parameters: dict[str, object]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
