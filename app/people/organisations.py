"""Organisations: hosts, partners and sponsors of events."""

import sqlalchemy as sa

from app.extensions import db
from app.lib.text import Translated, free_slug, pick, slug
from app.people.audit import record
from app.people.models import Account, Organisation


def organisations() -> list[Organisation]:
    """All of them, by name in the original language."""
    return sorted(db.session.scalars(sa.select(Organisation)), key=lambda o: pick(o.name, ()).text.casefold())


def by_slug(name: str) -> Organisation | None:
    return db.session.scalar(sa.select(Organisation).where(Organisation.slug == name))


def add(by: Account | None, name: Translated, **facts: object) -> Organisation:
    """Adds an organisation, under a free part of an address made from its name."""
    organisation = Organisation(slug=_free_slug(name), name=name, added_by_id=by.id if by else None, **facts)
    db.session.add(organisation)
    db.session.flush()
    record(by, "organisation.added", subject(organisation), name=dict(name))
    return organisation


def edit(organisation: Organisation, by: Account, **facts: object) -> None:
    """Changes what differs. Addresses stay: others link to them."""
    changed = [fact for fact, value in facts.items() if getattr(organisation, fact) != value]
    for fact in changed:
        setattr(organisation, fact, facts[fact])
    if changed:
        record(by, "organisation.edited", subject(organisation), changed=changed)
    db.session.flush()


def _free_slug(name: Translated) -> str:
    wanted = slug(pick(name, ("en",)).text, fallback="organisation")
    taken = set(db.session.scalars(sa.select(Organisation.slug).where(Organisation.slug.startswith(wanted))))
    return free_slug(wanted, taken)


def subject(organisation: Organisation) -> str:
    return f"organisation:{organisation.id}"
