"""What organisers look through: the registrations of an event, a page at a time, and how many from where."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.events.models import Event
from app.extensions import db
from app.lib.text import searchable
from app.registration.models import Registration, RegistrationState

PAGE = 50


def listed(event: Event, sought: str, state: str, page: int) -> tuple[Sequence[Registration], int]:
    """A page of those whose name or address contains what is sought, the newest first; and how many there are."""
    query = sa.select(Registration).where(Registration.event_id == event.id)
    if sought:
        query = query.where(Registration.search.contains(searchable(sought), autoescape=True))
    if state:
        query = query.where(Registration.state == RegistrationState(state))
    number = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    newest_first = query.order_by(Registration.created_at.desc(), Registration.id.desc())
    return db.session.scalars(newest_first.limit(PAGE).offset((page - 1) * PAGE)).all(), number


def by_column(event: Event, column: InstrumentedAttribute[str]) -> list[tuple[str, int]]:
    """How many confirmed people a value of the column has, the most frequent first."""
    number = sa.func.count()
    return [
        (value, count)
        for value, count in db.session.execute(
            sa.select(column, number)
            .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
            .group_by(column)
            .order_by(number.desc(), column)
        )
    ]
