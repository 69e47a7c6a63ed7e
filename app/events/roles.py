"""Who has which role in an event."""

import sqlalchemy as sa

from app.events.models import Event, Grant
from app.events.service import subject
from app.extensions import db
from app.jobs import service as jobs
from app.people import audit, links
from app.people import service as people
from app.people.models import Account, Role


class LastOwner(Exception):  # noqa: N818 - a rule of the house
    """An event always has an owner: the last one stays."""


def give(event: Event, email: str, role: Role, by: Account, *, language: str, target: str) -> Grant:
    """Gives a normal address a role in the event, or another one than it has. Raises LastOwner.

    An address without an account gets one, and a letter with a link to sign in that leads to `target`.
    """
    account = people.by_address(email)
    if account is None:
        account = people.ensure(email, by=by, language=language)
        links.send(email, links.Purpose.INVITATION, language, target)
    grants = _locked(event)
    grant = next((each for each in grants if each.account_id == account.id), None)
    if grant is None:
        grant = Grant(event=event, account=account, role=role)
        db.session.add(grant)
    else:
        _keep_an_owner(grants, grant, role)
        grant.role = role
        jobs.drop(subject(event), account.id)
    audit.record(by, "role.given", subject(event), email=email, role=role.value)
    db.session.flush()
    return grant


def take(event: Event, grant: Grant, by: Account) -> None:
    """Takes a role away, and what came of long work that it allowed. Raises LastOwner."""
    _keep_an_owner(_locked(event), grant, None)
    jobs.drop(subject(event), grant.account_id)
    audit.record(by, "role.taken", subject(event), email=grant.account.email, role=grant.role.value)
    event.grants.remove(grant)
    db.session.flush()


def _locked(event: Event) -> list[Grant]:
    # Locked together, or two owners could remove each other at the same moment.
    db.session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update())
    grants = sa.select(Grant).where(Grant.event == event).execution_options(populate_existing=True)
    return list(db.session.scalars(grants))


def _keep_an_owner(grants: list[Grant], changing: Grant, role: Role | None) -> None:
    owners = [grant for grant in grants if grant.role is Role.OWNER]
    if owners == [changing] and role is not Role.OWNER:
        raise LastOwner
