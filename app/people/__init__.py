"""Accounts, sign-in, roles, organisations, the audit trail."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.extensions import db, login
    from app.lib.http import language_prefix
    from app.people import views
    from app.people.models import Account

    app.register_blueprint(views.blueprint, url_prefix=language_prefix(app))

    @login.user_loader
    def load(identity: str) -> Account | None:
        """The account of a session cookie, unless its sessions ended (password changed, link used)."""
        number, _, _version = identity.partition(".")
        account = db.session.get(Account, int(number)) if number.isdigit() else None
        return account if account is not None and account.get_id() == identity else None
