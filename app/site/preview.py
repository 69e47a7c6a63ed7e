"""A draft, as its organisers look at it before anybody else sees it: on the pages that will be public."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, g

from app.events.guard import allowed
from app.events.models import Event
from app.extensions import db
from app.lib.conditional import Rendered, conditional
from app.people.permissions import Action
from app.site import versions
from app.site.versions import EventRow


def seen(slug: str) -> EventRow:
    """The public event at an address, or the draft there if whoever asks may see it; to others there is nothing."""
    if row := versions.event(slug):
        return row
    draft = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if draft is None or not allowed(draft, Action.SEE_EVENT):
        abort(404)
    g.preview = True
    return EventRow(draft.id, draft.slug, draft.revision, draft.changed_at, draft.zone, draft.day_change)


def answer(
    row: EventRow, variant: tuple[object, ...], render: Callable[[], Rendered], mimetype: str = "text/html", **how: Any
) -> Response:
    """As `conditional`; but a preview is for the one who asks: written anew each time, and kept nowhere."""
    if "preview" not in g:
        return conditional(row.version, variant, render, mimetype, **how)
    g.setdefault("query", {})
    return Response(render().body, mimetype=mimetype)
