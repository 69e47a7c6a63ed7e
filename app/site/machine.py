"""For machines: is it alive, what may be read, what is there."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import Response, abort, current_app, render_template
from sqlalchemy.exc import SQLAlchemyError

from app.events.models import Event, EventState, Series
from app.extensions import db
from app.languages.models import SubtitleFile
from app.languages.recording import is_link
from app.lib.conditional import Rendered, conditional
from app.people.guard import public
from app.schedule.models import Appearance, EventSession
from app.site import machines, versions
from app.speakers.models import Speaker

Page = tuple[str, dict[str, str], datetime | None]
"""Endpoint, values of its address, and when it changed."""


@machines.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@machines.get("/readyz")
@public
def ready() -> Response:
    """The process can do its work: the database answers."""
    try:
        db.session.execute(sa.select(1))
    except SQLAlchemyError:
        current_app.logger.exception("The database does not answer")
        return Response("The database does not answer.\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@machines.get("/robots.txt")
@public
def robots() -> Response:
    def render() -> Rendered:
        return Rendered(render_template("site/robots.txt", events=_events()))

    return conditional(versions.site(), ("robots.txt",), render, "text/plain")


@machines.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """The front page, every series and every event; robots.txt names the site map of each event beside it."""

    def render() -> Rendered:
        series = db.session.execute(sa.select(Series.slug, Series.changed_at)).all()
        pages: list[Page] = [("site.home", {}, None)]
        pages += [("site.series", {"series": row.slug}, row.changed_at) for row in series]
        for event in _events():
            pages += [
                (endpoint, {"event": event.slug}, event.changed_at)
                for endpoint in ("site.event", "site.schedule", "site.speakers")
            ]
        return Rendered(render_template("site/sitemap.xml", pages=pages))

    return conditional(versions.site(), ("sitemap.xml",), render, "application/xml")


@machines.get("/events/<event>/sitemap.xml")
@public
def event_sitemap(event: str) -> Response:
    row = versions.event(event) or abort(404)

    def render() -> Rendered:
        sessions = db.session.scalars(sa.select(EventSession.slug).where(EventSession.event_id == row.id))
        speakers = db.session.scalars(sa.select(Speaker.slug).where(Speaker.event_id == row.id, sa.exists().where(
            Appearance.speaker_id == Speaker.id)))  # fmt: skip
        pages: list[Page] = [("site.session", {"event": event, "session": slug}, None) for slug in sessions]
        pages += [("site.recording", {"event": event} | values, None) for values in _recordings(row.id)]
        pages += [("site.speaker", {"event": event, "speaker": slug}, None) for slug in speakers]
        return Rendered(render_template("site/sitemap.xml", pages=pages))

    return conditional(row.version, ("sitemap.xml", event), render, "application/xml")


def _recordings(event: int) -> list[dict[str, str]]:
    """What names the page of each recording; a transcript in a language that no page is written in stands beside."""
    found = db.session.execute(
        sa.select(EventSession.slug, EventSession.recording_url, SubtitleFile.language)
        .outerjoin(SubtitleFile, SubtitleFile.session_id == EventSession.id)
        .where(EventSession.event_id == event)
        .order_by(EventSession.id, SubtitleFile.language)
    )
    written_in = current_app.config["LANGUAGES"]
    pages = [
        {"session": slug} | ({} if not language or language.split("-")[0] in written_in else {"language": language})
        for slug, url, language in found
        if language or is_link(url)
    ]
    return list({tuple(page.items()): page for page in pages}.values())


def _events() -> Sequence[sa.Row[str, datetime]]:
    return db.session.execute(
        sa.select(Event.slug, Event.changed_at).where(Event.state != EventState.DRAFT).order_by(Event.id)
    ).all()
