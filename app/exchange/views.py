"""The programme for other programs: schedule.xml, schedule.json, schedule.csv of a public event."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, request

from app.events import versions
from app.events.models import Event, EventState
from app.events.service import public_event
from app.exchange import exporting
from app.exchange.table import csv_of
from app.extensions import db
from app.lib.conditional import Rendered, conditional
from app.people.guard import public

blueprint = Blueprint("exchange", __name__)

# Schedules are read by pages of other sites; there is nothing here that is not public.
OPEN = (("Access-Control-Allow-Origin", "*"),)
_version = sa.select(Event.id, Event.revision, Event.changed_at, Event.languages).where(
    Event.slug == sa.bindparam("slug"), Event.state != EventState.DRAFT
)


@blueprint.get("/events/<event>/schedule.xml")
@public
def schedule_xml(event: str) -> Response:
    return _answer(event, exporting.xml, "application/xml")


@blueprint.get("/events/<event>/schedule.json")
@public
def schedule_json(event: str) -> Response:
    return _answer(event, exporting.json, "application/json")


@blueprint.get("/events/<event>/schedule.csv")
@public
def schedule_csv(event: str) -> Response:
    name = (("Content-Disposition", f'attachment; filename="{event}.csv"'),)
    return _answer(event, csv_of, "text/csv", name)


def _answer(
    slug: str, write: Callable[[Event, str], bytes], mimetype: str, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    row = db.session.execute(_version, {"slug": slug}).first()
    if row is None:
        abort(404)
    asked = request.args.get("lang", "")
    language = asked if asked in (*row.languages, *current_app.config["LANGUAGES"]) else ""

    def render() -> Rendered:
        event = public_event(slug)
        if event is None:
            abort(404)
        return Rendered(write(event, language))

    version = versions.of_event(row.id, row.revision, row.changed_at)
    return conditional(version, (request.endpoint, language), render, mimetype, (*OPEN, *headers))
