"""Whom organisers can make responsible for a track: the language team, and themselves."""

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.guard import acting_account
from app.events.models import Event
from app.extensions import db
from app.languages import team
from app.languages.filters import NOBODY
from app.languages.forms import People
from app.languages.models import Linguist

MYSELF = "me"


def people_of(event: Event) -> People:
    """By name. Whoever is no member of the team yet becomes one by taking something on."""
    account = acting_account()
    members = db.session.execute(
        sa.select(Linguist.id, Linguist.name, Linguist.account_id)
        .where(Linguist.event_id == event.id)
        .order_by(sa.func.lower(Linguist.name), Linguist.id)
    ).all()
    people = [(str(row.id), row.name) for row in members]
    if any(row.account_id == account.id for row in members):
        return people
    return [*people, (MYSELF, _("Myself (%(name)s)", name=account.name or account.email))]


def person_of(event: Event, chosen: str) -> Linguist | None:
    """Whom a form names, one of `people_of`; None for nobody."""
    if chosen == NOBODY:
        return None
    return team.organiser(event, acting_account()) if chosen == MYSELF else team.member(event, int(chosen))
