"""Schedules come in and go out in the formats that other programs read."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import Group, add_tab
    from app.exchange import manage, views
    from app.lib.http import language_prefix
    from app.people.permissions import Action

    app.register_blueprint(views.blueprint)
    prefix = f"{language_prefix(app)}/manage/events/<event>/schedule-exchange"
    app.register_blueprint(manage.blueprint, url_prefix=prefix)
    add_tab("exchange_manage.import_schedule", _l("Import and export"), Action.EDIT_PROGRAMME, Group.PROGRAMME, 30)
