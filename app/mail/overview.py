"""The letters of the whole site, for administrators: how many ended how, what needs somebody, what came back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.extensions import db
from app.lib import clock
from app.mail.models import Letter, LetterState, Received, Suppression

PAGE = 50
LATELY = timedelta(days=7)


class Page(NamedTuple):
    rows: Sequence[Suppression]
    number: int
    """Of all that match."""
    page: int
    pages: int


def counts() -> dict[LetterState, int]:
    """How many letters that were due lately are in each state."""
    now = clock.now()
    counted = (
        sa.select(Letter.state, sa.func.count())
        .where(Letter.not_before > now - LATELY, Letter.not_before <= now)
        .group_by(Letter.state)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: found[state] for state in LetterState if state in found}


def waiting() -> Sequence[Letter]:
    """Letters that only a person can help: refused or given up lately, or of a fate that nobody knows."""
    lately = sa.and_(Letter.state == LetterState.FAILED, Letter.not_before > clock.now() - LATELY)
    wanted = sa.select(Letter).where(sa.or_(Letter.state == LetterState.UNSURE, lately))
    return db.session.scalars(wanted.order_by(Letter.id.desc()).limit(PAGE)).all()


def suppressed(searched: str, page: int) -> Page:
    """Addresses that have something of what is searched for, the latest first; the last page for one beyond it."""
    found = Suppression.email.contains(searched.lower(), autoescape=True) if searched else sa.true()
    number = db.session.scalar(sa.select(sa.func.count(Suppression.id)).where(found)) or 0
    pages = max(1, -(-number // PAGE))
    page = min(max(page, 1), pages)
    listed = sa.select(Suppression).where(found).order_by(Suppression.created_at.desc(), Suppression.id.desc())
    return Page(db.session.scalars(listed.limit(PAGE).offset((page - 1) * PAGE)).all(), number, page, pages)


def received() -> list[tuple[Received, str | None]]:
    """What came into the mailbox last, and whose letter it is about."""
    listed = sa.select(Received, Letter.recipient).outerjoin(Letter, Letter.id == Received.letter_id)
    return [(row[0], row[1]) for row in db.session.execute(listed.order_by(Received.id.desc()).limit(PAGE))]
