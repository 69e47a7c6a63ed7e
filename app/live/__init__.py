"""While it happens: the stage page of a session, and its captions as they are said."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.extensions import csrf
    from app.lib.http import language_prefix
    from app.live import ingest, views

    app.register_blueprint(views.files)
    app.register_blueprint(views.pages, url_prefix=language_prefix(app))
    # Captioners' tools know no form; the token in the address is their permission.
    csrf.exempt(ingest.blueprint)
    app.register_blueprint(ingest.blueprint)
