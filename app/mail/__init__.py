"""The outbox, how letters are written and how they leave."""

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Raises ValueError when a setting of the mail is wrong, so that nothing starts which could not send or read."""
    from app.mail import dkim, mailboxes, pace, returns, transports

    app.register_blueprint(Blueprint("mail", __name__, template_folder="templates"))
    with app.app_context():
        transports.transport_of(app.config["MAIL_URL"])
        if app.config["INBOX_URL"]:
            mailboxes.inbox_of(app.config["INBOX_URL"])
        pace.limits(app.config["MAIL_RATE"], app.config["MAIL_DOMAIN_RATE"])
        returns.check()
        dkim.check()
