"""iCalendar feeds and invitations: the only room that speaks iCalendar."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.calendar.views import feeds

    app.register_blueprint(feeds)
