"""Joining a session through one's own link, which stands in calendars and letters: only the press of its button counts.

Whoever sees the calendar of another person can open it, so the page tells nobody's name.
"""

import enum
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.languages.service import tracks_of
from app.lib import clock
from app.registration import attendance, bookings
from app.registration.guard import holder
from app.registration.models import Purpose, Registration
from app.schedule import former
from app.schedule.models import EventSession
from app.schedule.service import session_by_slug
from app.site.personal import blueprint


class Way(enum.StrEnum):
    """How somebody stands before the door of a session."""

    NO_PLACE = "no-place"  # In the event.
    NOT_BOOKED = "not-booked"
    OFF = "off"
    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@blueprint.route("/join/<token>/<session>/", methods=["GET", "POST"])
@holder(Purpose.JOIN)
def join(registration: Registration, session: str) -> Any:
    found = session_by_slug(registration.event, session)
    if found is None and (left := former.at_address(registration.event_id, session)) and left.became:
        # The link stands in calendars and letters of before.
        own = registration.token(Purpose.JOIN)
        return redirect(url_for("personal.join", token=own, session=left.became.slug), 303)
    if found is None or found.starts_at is None:
        abort(404)
    way, token = _way(registration, found), registration.token(Purpose.JOIN)
    channels = _channels(found) if way in (Way.EARLY, Way.OPEN) else {}
    if request.method == "POST":
        on = request.form.get("on", "")
        chosen = None
        if way is Way.OPEN and on in channels:
            attendance.join(registration, found)
            db.session.commit()
            chosen = on
        return redirect(url_for("personal.join", token=token, session=found.slug, on=chosen), 303)
    target = channels.get(request.args.get("on", ""), None) if way is Way.OPEN else None
    tracks = tracks_of(found)
    response = make_response(render_template(
        "site/join.html", registration=registration, event=registration.event, session=found, way=way.value,
        token=token, channels=channels, target=target, opens=attendance.opens_at(found),
        tracks=[track for track in tracks if track.kind.has_channel and track.language in channels],
        captioned=[track for track in tracks if track.kind is TrackKind.CAPTIONS],
    ))  # fmt: skip
    if target:
        # Browsers hold a form to our own site (`form-action`) through every redirect, so it is the page that leads on.
        response.headers["Refresh"] = f"0; url={target}"
    return response


def _way(registration: Registration, session: EventSession) -> Way:
    if not registration.is_confirmed:
        return Way.NO_PLACE
    if session.ends_at is not None and clock.now() >= session.ends_at:
        return Way.OVER
    if not session.takes_place:
        return Way.OFF
    if not bookings.may_join(registration, session):
        return Way.NOT_BOOKED
    return Way.OPEN if attendance.is_joinable(session) else Way.EARLY


def _channels(session: EventSession) -> dict[str, str]:
    """Where one can go, by what the button sends: the floor, or a language that is interpreted into, also by signs."""
    ways = {"floor": session.join_url, **{track.language: track.url for track in interpretation(session)}}
    return {name: address for name, address in ways.items() if address.startswith(("https://", "http://"))}


def interpretation(session: EventSession) -> list[LanguageTrack]:
    return [track for track in tracks_of(session) if track.kind.has_channel]
