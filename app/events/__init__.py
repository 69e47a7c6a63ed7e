"""Series, events (webinar or conference), hosts, themes, rooms."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.events import revision  # noqa: F401 - listens to the database session
