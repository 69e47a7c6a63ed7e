"""The private links of a registration: each can do one thing, and ends when a new one takes its place."""

import sqlalchemy as sa
from sqlalchemy import orm

from app.extensions import db
from app.lib import clock
from app.registration.agenda import touch
from app.registration.models import Purpose, Registration, RegistrationLink


def by_token(token: str, purpose: Purpose) -> Registration | None:
    """The registration that a link in force belongs to."""
    link = link_of(token, purpose)
    return link.registration if link and link.revoked_at is None else None


def link_of(token: str, purpose: Purpose) -> RegistrationLink | None:
    """The link, revoked or not, with its registration and event."""
    return db.session.scalar(
        sa.select(RegistrationLink)
        .where(RegistrationLink.token == token, RegistrationLink.purpose == purpose)
        .options(orm.joinedload(RegistrationLink.registration).joinedload(Registration.event))
    )


def revoke(registration: Registration, *purposes: Purpose) -> None:
    for link in registration.links:
        if link.purpose in purposes and link.revoked_at is None:
            link.revoked_at = clock.now()


def replace_links(registration: Registration, *purposes: Purpose) -> None:
    """Ends the links of these purposes and makes new ones."""
    revoke(registration, *purposes)
    registration.links.extend(RegistrationLink(purpose=purpose) for purpose in purposes)
    touch(registration)
    db.session.flush()
