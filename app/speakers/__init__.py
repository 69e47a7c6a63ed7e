"""The people who speak at an event: profiles, pictures, invitations."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import Group, add_tab
    from app.lib.http import language_prefix
    from app.people.permissions import Action
    from app.speakers import checks, letters, manage, views  # noqa: F401 - they register what they check and write

    app.register_blueprint(views.blueprint)
    app.register_blueprint(manage.blueprint, url_prefix=f"{language_prefix(app)}/manage")
    add_tab("speakers_manage.speakers", _l("Speakers"), Action.SEE_EVENT, Group.PROGRAMME, 10)
