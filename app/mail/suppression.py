"""Addresses that nothing more is sent to."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.lib import clock
from app.mail.models import Suppression


def suppression_of(email: str) -> Suppression | None:
    return db.session.scalar(sa.select(Suppression).where(Suppression.email == email.lower()))


def suppress(email: str, reason: str) -> None:
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"email": email.lower(), "reason": reason[:500], "created_at": clock.now()}
    db.session.execute(insert(Suppression).values(row).on_conflict_do_nothing(index_elements=["email"]))


def allow(email: str) -> None:
    """Lets letters go to the address again, after its owner or a person who knows said that it works."""
    db.session.execute(sa.delete(Suppression).where(Suppression.email == email.lower()))
