"""The audit trail: who did what to which thing, when. Entries are only ever added."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.people.models import Account, AuditEntry

PAGE = 50


def record(account: Account | None, action: str, subject: str, **detail: Any) -> None:
    """Adds an entry to the caller's transaction.

    `action` is a noun and a verb (`session.moved`); `subject` a path that begins with the widest thing concerned
    (`event:12`, `event:12/session:81`), since a trail is read of a thing with all that is in it. `detail` holds
    primitives, and nothing secret. No account: the command line or the clock did it.
    """
    account_id = account.id if account else None
    db.session.add(AuditEntry(account_id=account_id, action=action, subject=subject[:120], detail=detail))


def trail(before: int | None = None) -> list[AuditEntry]:
    """A page of all entries, newest first; those older than the entry `before`."""
    return _page(sa.true(), before)


def trail_of(subject: str, before: int | None = None) -> list[AuditEntry]:
    """The same of one thing and what is in it; `event:1` is not `event:12`."""
    inside = AuditEntry.subject.startswith(f"{subject}/", autoescape=True)
    return _page(sa.or_(AuditEntry.subject == subject, inside), before)


def _page(condition: sa.ColumnElement[bool], before: int | None) -> list[AuditEntry]:
    entries = sa.select(AuditEntry).where(condition).options(joinedload(AuditEntry.account))
    if before is not None:
        entries = entries.where(AuditEntry.id < before)
    return list(db.session.scalars(entries.order_by(AuditEntry.id.desc()).limit(PAGE)))
