"""Writing letters into the outbox."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from functools import cache
from typing import Any

import idna
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased

from app.extensions import db, insert_into
from app.lib import clock
from app.mail.models import Letter, LetterState
from app.mail.reasons import SUPERSEDED
from app.mail.rendering import priority_of

LATELY = timedelta(days=2)
"""How long letters wait at most where all goes wrong."""


def enqueue(
    kind: str,
    key: str,
    recipient: str,
    *,
    language: str,
    recipient_name: str = "",
    not_before: datetime | None = None,
    about: str = "",
    cause: str = "",
    topic: str = "",
    **payload: Any,
) -> None:
    """Writes a letter in the caller's transaction, unless one with this key was ever written.

    `key` names recipient, cause and version (`81:1`); `payload` holds primitives from which the kind's
    renderer finds the facts when the letter is sent. `about`, `cause` and `topic` are those of `Letter`.
    """
    enqueue_all([letter_row(
        kind, key, recipient, language=language, recipient_name=recipient_name, not_before=not_before, about=about,
        cause=cause, topic=topic, **payload,
    )])  # fmt: skip


def enqueue_all(rows: Sequence[dict[str, Any]]) -> None:
    """The same for many letters at once, in one statement for some hundred; nobody's address gets none."""
    rows = [row for row in rows if row["recipient"]]
    statement = insert_into(Letter).on_conflict_do_nothing(index_elements=[sa.column("key")])
    if rows:
        db.session.execute(statement, rows)
    _supersede({row["topic"] for row in rows if row["topic"]})


def _supersede(topics: set[str]) -> None:
    """Of the letters on a topic to a recipient only the newest goes on waiting."""
    newer = aliased(Letter)
    ordered = sorted(topics)
    for start in range(0, len(ordered), 500):
        waiting = Letter.state.in_((LetterState.QUEUED, LetterState.HELD))
        is_older = sa.exists().where(
            newer.topic == Letter.topic, newer.recipient == Letter.recipient, newer.id > Letter.id
        )
        db.session.execute(
            sa.update(Letter)
            .where(Letter.topic.in_(ordered[start : start + 500]), waiting, is_older)
            .values(state=LetterState.DROPPED, last_error=SUPERSEDED)
            .execution_options(synchronize_session=False)
        )


def revive(about: str, kinds: Collection[str], since: datetime) -> None:
    """Letters that were dropped while what they tell was not so for a moment wait again, since it is so again.

    Those that waited at that moment, and that no newer one to the same person has replaced. Whoever writes them
    decides anew whether they are true, wanted and of use.
    """
    newer = aliased(Letter)
    is_older = sa.exists().where(
        newer.about == Letter.about, newer.kind == Letter.kind, newer.topic == Letter.topic,
        newer.recipient == Letter.recipient, newer.id > Letter.id,
    )  # fmt: skip
    dropped = sa.and_(Letter.about == about, Letter.state == LetterState.DROPPED, Letter.kind.in_(kinds))
    db.session.execute(
        sa.update(Letter)
        .where(dropped, Letter.recipient != "", Letter.created_at > since - LATELY, ~is_older)
        .values(state=LetterState.QUEUED, returns_to=LetterState.QUEUED, last_error="")
        .execution_options(synchronize_session=False)
    )


def letter_row(
    kind: str,
    key: str,
    recipient: str,
    *,
    language: str,
    recipient_name: str = "",
    not_before: datetime | None = None,
    about: str = "",
    cause: str = "",
    topic: str = "",
    **payload: Any,
) -> dict[str, Any]:
    moment = clock.now()
    return {
        "kind": kind, "key": f"{kind}:{key}", "recipient": recipient, "recipient_name": recipient_name,
        "domain": domain_of(recipient), "language": language, "payload": payload, "about": about, "cause": cause,
        "topic": topic and f"{kind}:{topic}", "priority": priority_of(kind), "state": LetterState.QUEUED,
        "created_at": moment, "not_before": not_before or moment, "attempts": 0,
        "claims": 0, "returns_to": LetterState.QUEUED,
        "message_id": make_msgid(domain=own_address()[1]), "subject": "", "last_error": "",
    }  # fmt: skip


def own_address() -> tuple[str, str]:
    """The two parts of MAIL_FROM's address, the domain in ASCII."""
    return _parts(current_app.config["MAIL_FROM"])


@cache
def _parts(mailbox: str) -> tuple[str, str]:
    address = parseaddr(mailbox)[1]
    return address.rpartition("@")[0], domain_of(address)


def domain_of(address: str) -> str:
    """In lower case, and in ASCII (RFC 5890) where it can be."""
    domain = address.rpartition("@")[2].lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain
