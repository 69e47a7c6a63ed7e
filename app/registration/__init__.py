"""Free registration without an account: places, confirmation by mail, private links, one's own agenda."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    from app.events.tabs import add_tab
    from app.extensions import csrf
    from app.lib.http import language_prefix
    from app.people.permissions import Action
    from app.registration import letters, manage, views  # noqa: F401 - the letters' renderers register themselves

    app.register_blueprint(views.blueprint, url_prefix=language_prefix(app))
    app.register_blueprint(manage.blueprint, url_prefix=language_prefix(app))
    # For mail programs, which know neither language nor CSRF token (RFC 8058).
    app.add_url_rule(
        "/unsubscribe/<token>", "registration.unsubscribe", csrf.exempt(views.unsubscribe), methods=["GET", "POST"]
    )
    add_tab("registration_manage.registrations", _l("Registrations"), Action.SEE_REGISTRATIONS, 60)
