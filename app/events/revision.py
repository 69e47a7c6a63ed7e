"""The revision of an event goes up with every change to anything that the public sees of it.

It is done where no caller can forget it: when the session writes its changed rows to the database.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, EventOrganisation, EventState, Series, Shown, Site
from app.lib import clock
from app.people.models import Organisation


@sa.event.listens_for(orm.Session, "before_flush")
def _raise_revisions(session: orm.Session, _context: Any, _instances: Any) -> None:
    changed = changed_rows(session)
    with session.no_autoflush:
        events = {event for row in changed if isinstance(row, Shown) and (event := row.shown_in())}
        for organisation in (row for row in changed if isinstance(row, Organisation) and row.id):
            events.update(
                session.scalars(
                    sa.select(Event).join(EventOrganisation).where(EventOrganisation.organisation == organisation)
                )
            )
        series = {row for row in changed if isinstance(row, Series)}
        for event in events:
            series.update(row for row in (event.series, *_was(event, "series")) if row)
    moment = clock.now()
    rows: list[Event | Series] = [*events, *series]
    for row in rows:
        if row in session.new:
            row.revision = 1
        elif row not in session.deleted:
            # Counted by the database: two transactions at once never give one number to two contents.
            row.revision = type(row).revision + 1
        row.changed_at = moment
    if series or any(event.is_public or _was_public(event) for event in events):
        _raise_site(session)


def changed_rows(session: orm.Session) -> set[object]:
    """The rows that this flush will write. A row whose collection alone changed is not written; its members are."""
    dirty = (row for row in session.dirty if session.is_modified(row, include_collections=False))
    return {*session.new, *session.deleted, *dirty}


def _was_public(event: Event) -> bool:
    return any(state is not EventState.DRAFT for state in _was(event, "state"))


def _was(row: object, name: str) -> Sequence[Any]:
    """What an attribute was before this flush, if it changed."""
    return sa.inspect(row).attrs[name].history.deleted or ()


def _raise_site(session: orm.Session) -> None:
    raised = session.connection().execute(sa.update(Site).values(revision=Site.revision + 1, changed_at=clock.now()))
    if raised.rowcount == 0:
        session.connection().execute(sa.insert(Site).values(id=1, revision=1, changed_at=clock.now()))
