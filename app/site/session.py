"""The page of one session."""

from datetime import datetime
from typing import NamedTuple, NoReturn

import sqlalchemy as sa
from flask import Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import orm
from werkzeug.exceptions import Gone

from app.extensions import db
from app.languages import service as languages
from app.lib import clock
from app.lib.conditional import Rendered
from app.lib.http import page_language
from app.lib.urls import absolute
from app.people.guard import public
from app.registration import admission
from app.registration.guard import said
from app.schedule import former
from app.schedule.models import Appearance, EventSession, Part
from app.site import pages, zones
from app.site.choice import read_zone
from app.site.preview import answer, seen
from app.site.versions import EventRow
from app.speakers.models import Speaker


class SpeakersHour(NamedTuple):
    """What hour a session begins at for the people who speak in it from one zone."""

    names: list[Speaker]
    zone: str
    at: datetime


@pages.get("/events/<event>/sessions/<session>/")
@public
def session(event: str, session: str) -> Response:
    row = seen(event)
    zone = read_zone(request.args)
    g.query = {"zone": zone} if zone else {}

    def render() -> Rendered:
        found = db.session.scalar(
            sa.select(EventSession).where(EventSession.event_id == row.id, EventSession.slug == session).options(
                orm.joinedload(EventSession.event), orm.joinedload(EventSession.theme),
                orm.joinedload(EventSession.room), orm.selectinload(EventSession.links),
                orm.selectinload(EventSession.appearances).joinedload(Appearance.speaker),
            )
        ) or _gone(row, session)  # fmt: skip
        body = render_template(
            "site/session.html",
            event=found.event, event_session=found, version=row.revision, zone=zone or "", zone_unknown=zone is None,
            zones=zones.offered(found.starts_at or found.event.begins_at, row.zone, zone or "UTC"),
            tracks=languages.plan_of(found),
            subtitles=languages.subtitles_of(found), parts=list(Part), hours=_speakers_hours(found),
            calendar=absolute("calendar.session", event=event, session=session, lang=page_language()),
            is_over=clock.now() >= (found.ends_at or found.event.over_at), terms=admission.terms(found.event),
        )  # fmt: skip
        moments = {at for at in (found.starts_at, found.ends_at, found.event.over_at) if at}
        return Rendered.between(body, moments | admission.terms(found.event).moments)

    return answer(row, ("session", session, page_language(), zone), render)


def _gone(event: EventRow, slug: str) -> NoReturn:
    """What was merged leads to what it became, for as long as nobody brings it back; of the rest, that it was there."""
    left = former.at_address(event.id, slug) or abort(404)
    if left.became is None:
        raise said(Gone, _("This session is not in the programme any more."))
    abort(redirect(url_for("site.session", event=event.slug, session=left.became.slug, **g.query)))


def _speakers_hours(session: EventSession) -> list[SpeakersHour]:
    if session.starts_at is None:
        return []
    by_zone: dict[str, list[Speaker]] = {}
    for appearance in session.appearances:
        speaker = appearance.speaker
        if clock.is_zone(speaker.zone) and speaker not in by_zone.setdefault(speaker.zone, []):
            by_zone[speaker.zone].append(speaker)
    hours = [SpeakersHour(names, zone, clock.local(session.starts_at, zone)) for zone, names in by_zone.items()]
    return sorted(hours, key=lambda hour: hour.at.replace(tzinfo=None))
