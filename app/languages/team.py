"""The language team of an event: who is in it, and the private links by which they work."""

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.languages.models import Linguist, LinguistLink, LinkPurpose
from app.lib import clock
from app.people.models import Account


def members(event: Event) -> list[Linguist]:
    """By name, with what they can and when."""
    return list(
        db.session.scalars(
            sa.select(Linguist)
            .where(Linguist.event_id == event.id)
            .order_by(sa.func.lower(Linguist.name), Linguist.id)
            .options(orm.selectinload(Linguist.skills), orm.selectinload(Linguist.availability))
        )
    )


def by_token(token: str, purpose: LinkPurpose) -> Linguist | None:
    """The person that a link in force belongs to."""
    link = db.session.scalar(
        sa.select(LinguistLink)
        .where(LinguistLink.token == token, LinguistLink.purpose == purpose, LinguistLink.revoked_at.is_(None))
        .options(orm.joinedload(LinguistLink.linguist).joinedload(Linguist.event))
    )
    return link.linguist if link else None


def enter(linguist: Linguist) -> Linguist:
    """A new member, with their links."""
    linguist.links = [LinguistLink(purpose=purpose) for purpose in LinkPurpose]
    db.session.add(linguist)
    db.session.flush()
    return linguist


def organiser(event: Event, account: Account) -> Linguist:
    """An organiser of the event as a member of its team, who may do everything there."""
    found = db.session.scalar(sa.select(Linguist).where(Linguist.event == event, Linguist.account == account))
    if found is None:
        found = enter(Linguist(
            event=event, account=account, name=account.name or account.email, email=account.email,
            language=account.language or event.language, coordinates=True,
        ))  # fmt: skip
    return found


def replace_link(linguist: Linguist, purpose: LinkPurpose) -> None:
    """Ends the link of this purpose and makes a new one."""
    for link in linguist.links:
        if link.purpose is purpose and link.revoked_at is None:
            link.revoked_at = clock.now()
    linguist.links.append(LinguistLink(purpose=purpose))
    db.session.flush()
