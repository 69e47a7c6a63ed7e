"""Themes and rooms: what the programme is divided by."""

from typing import Any

from app.events.models import Event, Room, Theme
from app.events.service import change, subject
from app.events.slugs import unique_slug
from app.extensions import db
from app.lib.text import Translated
from app.people import audit
from app.people.models import Account


def add(event: Event, kind: type[Theme] | type[Room], by: Account, name: Translated, **facts: Any) -> Theme | Room:
    """A new theme or room, the last of its like."""
    rows: Any = event.themes if kind is Theme else event.rooms
    slug = unique_slug(kind, name, fallback=kind.__tablename__, event=event)
    row = kind(slug=slug, name=name, position=1 + max((each.position for each in rows), default=0), **facts)
    rows.append(row)
    audit.record(by, f"{kind.__tablename__}.added", subject(event), name=dict(name))
    db.session.flush()
    return row


def update(row: Theme | Room, by: Account, **facts: Any) -> None:
    if changed := change(row, facts):
        audit.record(by, f"{row.__tablename__}.edited", subject(row.event), name=dict(row.name), changed=changed)
    db.session.flush()


def delete(event: Event, row: Theme | Room, by: Account) -> None:
    """Its sessions stay, without it."""
    audit.record(by, f"{row.__tablename__}.deleted", subject(event), name=dict(row.name))
    rows: Any = event.themes if isinstance(row, Theme) else event.rooms
    rows.remove(row)
    db.session.flush()
