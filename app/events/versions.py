"""The versions that public answers are made from: of the site, of a series, of an event.

Each knows how to be looked up again, by one statement of two columns: what was answered once is answered again
without finding out what its address means (`lib.door`). So it goes past the session, and by tables, not entities.
"""

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventState, Series, Site
from app.extensions import first_row
from app.lib.clock import LONG_AGO
from app.lib.conditional import Version

_sites, _all_series, _events = (model.__table__.c for model in (Site, Series, Event))
_site = sa.select(_sites.revision, _sites.changed_at).limit(1)
_series = sa.select(_all_series.revision, _all_series.changed_at).where(_all_series.id == sa.bindparam("id"))
_event = sa.select(_events.revision, _events.changed_at).where(
    _events.id == sa.bindparam("id"), _events.state != EventState.DRAFT
)


def of_site() -> Version:
    revision, changed_at = first_row(_site) or (0, LONG_AGO)
    return Version("site", revision, changed_at, partial(first_row, _site))


def of_series(series: int, revision: int, changed_at: datetime) -> Version:
    return Version(f"series:{series}", revision, changed_at, _look_up(_series, series))


def of_event(event: int, revision: int, changed_at: datetime) -> Version:
    return Version(f"event:{event}", revision, changed_at, _look_up(_event, event))


def _look_up(statement: sa.Select[*tuple[Any, ...]], number: int) -> partial[Any]:
    return partial(first_row, statement, id=number)
