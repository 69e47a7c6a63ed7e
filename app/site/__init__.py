"""The public pages that show several rooms at once; health, sitemap."""

from flask import Blueprint, Flask

pages = Blueprint("site", __name__, template_folder="templates")
machines = Blueprint("site_machines", __name__)


def init_app(app: Flask) -> None:
    from app.lib.http import language_prefix

    # Their views belong to the blueprints.
    from app.site import (  # noqa: F401
        answers,
        certificate,
        colleague,
        join,
        machine,
        people,
        personal,
        personal_data,
        recording,
        schedule,
        search,
        session,
        ticket,
        views,
    )

    app.register_blueprint(pages, url_prefix=language_prefix(app))
    app.register_blueprint(personal.blueprint, url_prefix=language_prefix(app))
    app.register_blueprint(machines)
