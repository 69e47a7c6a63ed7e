"""How often people may send what attendees send, counted in the store that all processes share.

A class registers from one address at once, so a network may do much, and one address little. Who sends a form back
faster than anybody can fill it in is not refused for that, but has much less to use up.
"""

import time

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from itsdangerous import BadData, URLSafeTimedSerializer

from app.extensions import limiter
from app.people.addresses import InvalidAddress, normal_address
from app.people.limits import network

HASTY = 2
"""Seconds. Filling in a form takes longer."""


def _address() -> str | None:
    try:
        return normal_address(request.form.get("email", ""))
    except InvalidAddress:
        return None


def _no_address() -> bool:
    return _address() is None


def _address_key() -> str:
    return _address() or ""


def _link() -> str:
    """The private link in the address, whoever holds it."""
    return str((request.view_args or {}).get("token", ""))


def _is_unhurried() -> bool:
    """Whether the form was shown for a while; its CSRF token says since when."""
    sealed = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        _token, shown_at = sealed.loads(request.form.get("csrf_token", ""), return_timestamp=True)
    except BadData:
        return True  # Which is refused elsewhere.
    return float(time.time() - shown_at.timestamp()) >= HASTY


def _wait(limit: RequestLimit) -> Response:
    minutes = max(1, -int(time.time() - limit.reset_at) // 60 + 1)
    message = _("Many forms came from your network, faster than people write. Wait %(number)s minutes and try again.",
                number=minutes)  # fmt: skip
    response = make_response(render_template("error.html", status=429, message=message), 429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def note_wrong_code() -> None:
    """This request tried a code that lets nobody in."""
    g.wrong_code = True


def _tried_wrong_code(_response: Response) -> bool:
    return bool(g.get("wrong_code"))


POST = ["POST"]
forms = limiter.shared_limit("60 per minute;600 per hour", scope="registration", key_func=network, methods=POST)
forms_an_address = limiter.limit("30 per hour", key_func=_address_key, exempt_when=_no_address, methods=POST)
forms_in_haste = limiter.shared_limit(
    "20 per hour", scope="haste", key_func=network, exempt_when=_is_unhurried, methods=POST, on_breach=_wait
)
wrong_codes = limiter.limit("20 per hour", key_func=network, methods=POST, deduct_when=_tried_wrong_code)
letters = limiter.limit("6 per minute;30 per hour", key_func=network, methods=POST)
letters_an_address = limiter.limit("5 per hour", key_func=_address_key, exempt_when=_no_address, methods=POST)
confirmations = limiter.limit("60 per minute", key_func=network, methods=POST)
addresses = limiter.limit("10 per minute;30 per hour", key_func=network, methods=POST)
colleagues = limiter.limit("10 per hour", key_func=_link, methods=POST)
