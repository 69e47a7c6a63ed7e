import mailbox
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask

from app.extensions import db
from app.lib import clock
from app.mail import outbox
from app.reminders import sweep


@pytest.fixture
def letters_at(app: Flask) -> Callable[[datetime], list[EmailMessage]]:
    """Lets the worker run at a moment; the letters that it sent then, by recipient."""
    seen: set[str] = set()

    def run(moment: datetime) -> list[EmailMessage]:
        with clock.stopped_at(moment):
            sweep.sweep()
            db.session.commit()
            outbox.sweep()
        folder = mailbox.Maildir(app.config["HOME"] / "mail", create=True)
        new = [key for key in folder.keys() if key not in seen]  # noqa: SIM118
        seen.update(new)
        messages = [message_from_bytes(folder.get_bytes(key), policy=policy.default) for key in new]
        return sorted(messages, key=lambda message: message["To"])  # type: ignore[return-value]

    return run
