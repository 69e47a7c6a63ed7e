"""Front page, series, event."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from flask import Response, abort, render_template
from sqlalchemy import orm

from app.events.models import Event, EventOrganisation, EventState, Involvement, Series, Standing
from app.extensions import db
from app.languages import search as transcripts
from app.lib import clock
from app.lib.conditional import Rendered, conditional
from app.lib.http import page_language
from app.people.guard import public
from app.registration import admission, visits
from app.registration.models import Step
from app.schedule.models import EventSession
from app.site import pages, versions
from app.site.preview import answer, seen

NEXT_SHOWN = 3
PAST_SHOWN = 40


@pages.get("/")
@public
def home() -> Response:
    def render() -> Rendered:
        coming, past, moments = _by_time(_public_events())
        series = db.session.scalars(sa.select(Series).order_by(Series.slug)).all()
        body = render_template(
            "site/home.html", coming=coming, past=past[:PAST_SHOWN], more=len(past) - PAST_SHOWN, series=series
        )
        return Rendered.between(body, moments)

    return conditional(versions.site(), ("home", page_language()), render)


@pages.get("/series/<series>/")
@public
def series(series: str) -> Response:
    version = versions.series(series) or abort(404)

    def render() -> Rendered:
        row = db.session.scalars(sa.select(Series).where(Series.slug == series)).one()
        coming, past, moments = _by_time(_public_events(Event.series_id == row.id))
        return Rendered.between(render_template("site/series.html", series=row, coming=coming, past=past), moments)

    return conditional(version, ("series", page_language()), render)


@pages.get("/events/<event>/")
@public
def event(event: str) -> Response:
    row = seen(event)

    def render() -> Rendered:
        found = db.session.scalars(
            sa.select(Event).where(Event.id == row.id).options(
                orm.selectinload(Event.involved).joinedload(EventOrganisation.organisation),
                orm.selectinload(Event.themes), orm.joinedload(Event.series),
            )
        ).one()  # fmt: skip
        running, following = _now_and_next(found)
        body = render_template(
            "site/event.html", event=found, version=row.revision, running=running, following=following,
            has_transcripts=bool(transcripts.languages(found.id)),
            involvements=list(Involvement), is_over=clock.now() >= found.over_at, terms=admission.terms(found),
        )  # fmt: skip
        moments = {found.begins_at, found.over_at, *_boundaries(found), *admission.terms(found).moments}
        return Rendered.between(body, moments)

    return answer(row, ("event", page_language()), render, seen=partial(visits.count, row.id, Step.PAGE))


def _public_events(*conditions: sa.ColumnElement[bool]) -> Sequence[Event]:
    return db.session.scalars(
        sa.select(Event).where(Event.state != EventState.DRAFT, *conditions).order_by(Event.starts_on, Event.id)
        .options(orm.selectinload(Event.involved).joinedload(EventOrganisation.organisation))
    ).all()  # fmt: skip


def _by_time(events: Sequence[Event]) -> tuple[list[Event], list[Event], set[datetime]]:
    """Those that run or come, the nearest first; those that are over, the latest first; when this changes."""
    moment = clock.now()
    coming = [event for event in events if event.over_at > moment]
    past = [event for event in reversed(events) if event.over_at <= moment]
    return coming, past, {limit for event in events for limit in (event.begins_at, event.over_at)}


def _now_and_next(event: Event) -> tuple[Sequence[EventSession], Sequence[EventSession]]:
    moment = clock.now()
    sessions = (
        sa.select(EventSession)
        .where(EventSession.event == event, EventSession.standing == Standing.CONFIRMED)
        .order_by(EventSession.starts_at, EventSession.id)
        .options(orm.joinedload(EventSession.room))
    )
    running = db.session.scalars(sessions.where(EventSession.starts_at <= moment, EventSession.ends_at > moment)).all()
    following = db.session.scalars(sessions.where(EventSession.starts_at > moment).limit(NEXT_SHOWN)).all()
    return running, following


def _boundaries(event: Event) -> set[datetime]:
    """The nearest starts and ends of a session before and after now."""
    moment = clock.now()
    found = set()
    for column in (EventSession.starts_at, EventSession.ends_at):
        of_event = EventSession.event_id == event.id
        found.add(db.session.scalar(sa.select(sa.func.max(column)).where(of_event, column <= moment)))
        found.add(db.session.scalar(sa.select(sa.func.min(column)).where(of_event, column > moment)))
    return {moment for moment in found if moment is not None}
