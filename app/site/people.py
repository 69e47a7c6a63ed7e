"""The pages of an event's speakers."""

from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from flask import Response, abort, render_template, url_for
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.lib import text
from app.lib.conditional import Rendered
from app.lib.http import page_language
from app.people.guard import public
from app.schedule.models import Appearance, EventSession
from app.site import pages
from app.site.preview import answer, seen
from app.speakers.models import Speaker

AFFILIATIONS_UP_TO = 300
"""The list of a larger event names its people only, so that it stays light."""

_appears = sa.exists().where(Appearance.speaker_id == Speaker.id)
"""Whoever speaks in no session is not announced."""


class Named(NamedTuple):
    href: str
    name: str
    affiliation: str
    order: str


@pages.get("/events/<event>/speakers/")
@public
def speakers(event: str) -> Response:
    row = seen(event)

    def render() -> Rendered:
        people = _people(row.id, row.slug)
        groups = [(letter, list(named)) for letter, named in groupby(people, key=lambda person: person.order[:1])]
        found = db.session.get_one(Event, row.id)
        return Rendered(render_template("site/speakers.html", event=found, groups=groups, number=len(people)))

    return answer(row, ("speakers", page_language()), render)


@pages.get("/events/<event>/speakers/<speaker>/")
@public
def speaker(event: str, speaker: str) -> Response:
    row = seen(event)

    def render() -> Rendered:
        found = db.session.scalar(
            sa.select(Speaker).where(Speaker.event_id == row.id, Speaker.slug == speaker, _appears)
            .options(orm.joinedload(Speaker.event))
        ) or abort(404)  # fmt: skip
        sessions = db.session.scalars(
            sa.select(EventSession)
            .where(EventSession.id.in_(sa.select(Appearance.session_id).where(Appearance.speaker_id == found.id)))
            .order_by(EventSession.starts_at, EventSession.id).options(orm.joinedload(EventSession.room))
        ).all()  # fmt: skip
        return Rendered(render_template("site/speaker.html", event=found.event, speaker=found, sessions=sessions))

    return answer(row, ("speaker", speaker, page_language()), render)


def _people(event: int, slug: str) -> list[Named]:
    """Everyone who appears in a session, in the order of their names."""
    wanted = (page_language(),)
    prefix = url_for("site.speaker", event=slug, speaker="0").removesuffix("0/")
    rows = db.session.execute(
        sa.select(Speaker.slug, Speaker.name, Speaker.affiliation).where(Speaker.event_id == event, _appears)
    ).all()
    with_affiliation = len(rows) <= AFFILIATIONS_UP_TO
    people = []
    for row in rows:
        name = text.pick(row.name, wanted).text
        affiliation = text.pick(row.affiliation, wanted).text if with_affiliation else ""
        people.append(Named(f"{prefix}{row.slug}/", name, affiliation, _order(name)))
    return sorted(people, key=lambda person: (person.order, person.href))


def _order(name: str) -> str:
    """Folded, so that Ș stands with S; marks before the first letter do not count."""
    folded = text.searchable(name).upper()
    return folded.lstrip("\"'`“”„«»().-–— ") or folded
