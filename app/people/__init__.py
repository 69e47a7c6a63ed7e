"""Accounts, sign-in, roles, organisations, the audit trail."""

from flask import Flask


def init_app(app: Flask) -> None:
    from app.extensions import db, login
    from app.lib.http import language_prefix
    from app.people import deeds, letters, manage, views  # noqa: F401 - letters registers its renderer
    from app.people.models import Account

    app.jinja_env.filters.update(deed=deeds.deed, written_moment=deeds.written_moment)
    app.register_blueprint(views.blueprint, url_prefix=language_prefix(app))
    app.register_blueprint(manage.blueprint, url_prefix=f"{language_prefix(app)}/manage")

    @login.user_loader
    def load(identity: str) -> Account | None:
        """The account of a session cookie, unless its sessions ended (password changed, link used)."""
        number, _, _version = identity.partition(".")
        account = db.session.get(Account, int(number)) if number.isdecimal() else None
        return account if account is not None and account.get_id() == identity else None
