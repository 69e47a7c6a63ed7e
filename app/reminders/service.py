"""The letters of an event, as its organisers look after them."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.mail.models import Letter, LetterState


def letters_of(event: Event, state: LetterState | None = None, most: int = 200) -> Sequence[Letter]:
    """The latest letters of an event; those that need a person first."""
    urgent = sa.case((Letter.state.in_((LetterState.FAILED, LetterState.UNSURE)), 0), else_=1)
    wanted = sa.select(Letter).where(_is_of(event)).order_by(urgent, Letter.id.desc()).limit(most)
    return db.session.scalars(wanted.where(Letter.state == state) if state else wanted).all()


def letter_of(event: Event, number: int) -> Letter | None:
    return db.session.scalar(sa.select(Letter).where(Letter.id == number, _is_of(event)))


def counts_of(event: Event) -> dict[LetterState, int]:
    counted = sa.select(Letter.state, sa.func.count()).where(_is_of(event)).group_by(Letter.state)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _is_of(event: Event) -> sa.ColumnElement[bool]:
    return Letter.about == f"event:{event.id}"
