"""The outbox, how letters are written and how they leave."""

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    app.register_blueprint(Blueprint("mail", __name__, template_folder="templates"))
