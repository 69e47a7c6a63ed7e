"""Parts of addresses: readable, and free."""

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.lib.text import Translated, free_slug, pick, slug


def unique_slug(kind: type[Any], name: Translated, *, fallback: str, event: Any = None) -> str:
    """A free part of an address for a new row of `kind`, made from its name; free in its event, if it has one.

    `fallback` stands in for a name without a letter or digit. Who adds many rows at once asks for all that are
    taken once and uses `lib.text.free_slug`.
    """
    wanted = slug(pick(name, ("en",)).text, fallback)
    taken = sa.select(kind.slug).where(kind.slug.startswith(wanted, autoescape=True))
    if event is not None:
        taken = taken.where(kind.event_id == event.id)
    return free_slug(wanted, set(db.session.scalars(taken)))
