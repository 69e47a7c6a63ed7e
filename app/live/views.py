"""The stage page of a session, and its captions as they are said: a page, a growing file, a stream of events."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, render_template, request
from sqlalchemy import orm

from app.events.models import Event, EventState
from app.extensions import db, first_row
from app.languages import service as languages
from app.languages.captions import cues, streams, writing
from app.languages.models import CaptionStream, LanguageTrack, TrackKind
from app.lib import clock
from app.lib.conditional import Rendered, Version, conditional
from app.lib.present import page_language
from app.live.hub import hub
from app.live.wire import EventStream
from app.people.guard import public
from app.schedule.models import EventSession

files = Blueprint("live", __name__, template_folder="templates")
"""Machine addresses, without a language of the page."""
pages = Blueprint("live_pages", __name__)
CAPTIONS = "/events/<event>/sessions/<session>/captions/<language>"
SHOWN = 40
"""Captions on the stage page; the file has them all."""

_events, _tracks, _streams = Event.__table__.c, LanguageTrack.__table__.c, CaptionStream.__table__.c
_captioned = sa.and_(
    _tracks.session_id == sa.bindparam("session"), _tracks.language == sa.bindparam("language"),
    _tracks.kind == TrackKind.CAPTIONS,
)  # fmt: skip
_both = (
    sa.select(_events.revision, _events.changed_at, _streams.version, _streams.changed_at.label("said_at"))
    .select_from(
        Event.__table__
        .outerjoin(LanguageTrack.__table__, _captioned)
        .outerjoin(CaptionStream.__table__, _streams.track_id == _tracks.id)
    )
    .where(_events.id == sa.bindparam("event"), _events.state != EventState.DRAFT)
)  # fmt: skip


@pages.get("/events/<event>/live/<session>/")
@public
def stage(event: str, session: str) -> Response:
    """What a session says right now, in one of the languages that it is captioned in; reads without JavaScript."""
    found = db.session.scalar(
        sa.select(EventSession).join(Event)
        .where(Event.slug == event, Event.state != EventState.DRAFT, EventSession.slug == session)
        .options(orm.contains_eager(EventSession.event))
    ) or abort(404)  # fmt: skip
    captioned = {track.language: track for track in languages.tracks_of(found) if track.kind is TrackKind.CAPTIONS}
    language = _chosen(captioned, request.args.get("language", ""))
    g.query = {"language": language} if language else {}
    stream = streams.find(captioned[language]) if language else None

    def render() -> Rendered:
        lines = cues.spoken(stream, SHOWN) if stream else []
        body = render_template(
            "live/stage.html", event=found.event, event_session=found, languages=list(captioned), language=language,
            stream=stream, lines=lines, standing=_standing(found), tracks=languages.tracks_of(found),
        )  # fmt: skip
        return Rendered.between(body, {moment for moment in (found.starts_at, found.ends_at) if moment})

    version = _version(found, language, stream)
    return conditional(version, ("stage", found.id, page_language(), language), render)


@files.get(f"{CAPTIONS}.vtt")
@public
def growing(event: str, session: str, language: str) -> Response:
    """The final captions so far, as WebVTT; a player or a script asks as often as it likes."""
    found = streams.find_public(event, session, language) or abort(404)

    def render() -> Rendered:
        return Rendered(writing.webvtt_of(db.session.get_one(CaptionStream, found.id)))

    return conditional(
        found.answer_version, ("captions",), render, "text/vtt", cache_control="public, max-age=1"
    )  # fmt: skip


@files.get(f"{CAPTIONS}/stream")
@public
def stream(event: str, session: str, language: str) -> Response:
    """Server-sent events: every change after `Last-Event-ID`, or after `after`; without either, all there are."""
    found = streams.find_public(event, session, language) or abort(404)
    if not hub().has_room():
        return Response(status=503, headers={"Retry-After": "10"})
    after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    return EventStream(hub(), found.id, int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0)


class Standing(NamedTuple):
    """How a session stands against the clock."""

    has_begun: bool
    is_over: bool


def _standing(session: EventSession) -> Standing:
    present = clock.now()
    begun = session.starts_at is not None and session.starts_at <= present
    return Standing(begun, session.ends_at is not None and session.ends_at <= present)


def _chosen(captioned: dict[str, LanguageTrack], asked: str) -> str:
    """The language asked for, else the reader's, else the first there is."""
    wanted = (asked, page_language(), *captioned)
    return next((language for language in wanted if language in captioned), "")


def _version(session: EventSession, language: str, stream: CaptionStream | None) -> Version:
    """Of what the page is made from, which may be older by now; a stream may also come to be later."""
    event = session.event
    look_up = partial(_look_up, event.id, session.id, language)
    said = (stream.version, stream.changed_at) if stream else (None, None)
    return Version(
        f"stage:{event.id}:{stream.id if stream else 0}", *_sum(event.revision, event.changed_at, *said), look_up
    )


def _look_up(event: int, session: int, language: str) -> tuple[int, datetime] | None:
    row = first_row(_both, event=event, session=session, language=language)
    return _sum(*row) if row else None


def _sum(revision: int, changed_at: datetime, version: int | None, said_at: datetime | None) -> tuple[int, datetime]:
    """Both counters only rise, so their sum names what the page is made from."""
    return revision + (version or 0), max(changed_at, said_at or changed_at)
