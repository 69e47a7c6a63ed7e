"""Sessions and when they take place."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import Group, add_tab
    from app.lib.http import language_prefix
    from app.people.permissions import Action
    from app.schedule import lacks, manage, sequence  # noqa: F401 - they listen, and check

    app.register_blueprint(manage.blueprint, url_prefix=f"{language_prefix(app)}/manage")
    add_tab("schedule_manage.sessions", _l("Sessions"), Action.SEE_EVENT, Group.PROGRAMME, 0)
