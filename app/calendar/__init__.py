"""iCalendar feeds, invitations and the answers to them: the only room that speaks iCalendar."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.calendar import (
        replies,  # noqa: F401 - receives them
        subscribing,
    )
    from app.calendar.manage import blueprint as manage
    from app.calendar.views import feeds
    from app.events.tabs import Group, add_tab
    from app.lib.http import language_prefix
    from app.people.permissions import Action

    app.register_blueprint(feeds)
    app.register_blueprint(manage, url_prefix=language_prefix(app))
    add_tab("calendar_manage.who_is_busy", _l("Who is busy"), Action.SEE_EVENT, Group.PROGRAMME, 20)
    app.jinja_env.globals["subscription_ways"] = subscribing.ways
