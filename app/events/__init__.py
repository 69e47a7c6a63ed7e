"""Series, events (webinar or conference), hosts, themes, rooms."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events import guard, manage, revision, tabs  # noqa: F401 - revision listens to the database session
    from app.lib.http import language_prefix
    from app.people.permissions import Action

    app.register_blueprint(manage.blueprint, url_prefix=f"{language_prefix(app)}/manage")
    app.jinja_env.globals.update(tabs_of=tabs.tabs_of, allowed=guard.allowed, Action=Action)
    tabs.add_tab("events_manage.overview", _l("Overview"), Action.SEE_EVENT, tabs.Group.EVENT, 0)
    tabs.add_tab("events_manage.edit", _l("Facts"), Action.EDIT_EVENT, tabs.Group.EVENT, 10)
    tabs.add_tab("events_manage.organisations", _l("Hosts"), Action.EDIT_EVENT, tabs.Group.EVENT, 20)
    tabs.add_tab("events_manage.themes", _l("Themes and rooms"), Action.SEE_EVENT, tabs.Group.EVENT, 30)
    tabs.add_tab("events_manage.roles", _l("Roles"), Action.GRANT_ROLES, tabs.Group.EVENT, 40)
    tabs.add_tab("events_manage.trail", _l("Trail"), Action.SEE_EVENT, tabs.Group.EVENT, 50)
