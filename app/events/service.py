"""Events and series: the verbs and the queries."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.events.models import Event, EventState, Grant
from app.extensions import db
from app.people.models import Account
from app.people.permissions import ALLOWED, Action


def events_of(account: Account) -> Sequence[Event]:
    """The events that an account organises or reads, the latest first; an administrator's are all."""
    found = sa.select(Event).order_by(Event.starts_on.desc(), Event.id.desc())
    if not account.is_admin:
        found = found.join(Grant).where(Grant.account == account, Grant.role.in_(ALLOWED[Action.SEE_EVENT]))
    return db.session.scalars(found).all()


def public_event(slug: str) -> Event | None:
    """The event at a public address; a draft is at none."""
    return db.session.scalar(sa.select(Event).where(Event.slug == slug, Event.state != EventState.DRAFT))
