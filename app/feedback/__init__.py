"""After the event: a short form for what people think of it and of its sessions, and what they said."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import Group, add_tab
    from app.feedback import manage, views
    from app.lib.http import language_prefix
    from app.people.permissions import Action

    app.register_blueprint(views.blueprint, url_prefix=language_prefix(app))
    app.register_blueprint(manage.blueprint, url_prefix=language_prefix(app))
    add_tab("feedback_manage.results", _l("Feedback"), Action.SEE_EVENT, Group.LETTERS, 30)
