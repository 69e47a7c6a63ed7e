"""While it happens: the stage page of a session, and its captions as they are said."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Registers the pages."""
