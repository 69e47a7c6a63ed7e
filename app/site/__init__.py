"""The public pages that show several rooms at once; health, sitemap."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.lib.http import language_prefix
    from app.site import views

    app.register_blueprint(views.pages, url_prefix=language_prefix(app))
