"""The door: whoever asks for what an address said before gets it there, and the house is not woken.

What a public address says depends on the revision of its data and on the clock alone (`lib.conditional`), so it is
enough to look whether that revision still is the one. Everything else goes inside.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.lib import conditional
from app.lib.http import secure


class Door:
    """WSGI middleware around an application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inside = app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = None
        # A database that fails is answered for inside, by a page for people.
        with suppress(SQLAlchemyError), self._app.app_context():
            if known := conditional.answer_again(environ):
                response = secure(known)
        return (response or self._inside)(environ, start_response)
