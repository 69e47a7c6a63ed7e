"""Sessions and when they take place."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.schedule import sequence  # noqa: F401 - listens to the database session
