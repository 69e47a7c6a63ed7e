"""iCalendar feeds, invitations and the answers to them: the only room that speaks iCalendar."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.calendar import (
        replies,  # noqa: F401 - receives them
        subscribing,
    )
    from app.calendar.views import feeds

    app.register_blueprint(feeds)
    app.jinja_env.globals["subscription_ways"] = subscribing.ways
