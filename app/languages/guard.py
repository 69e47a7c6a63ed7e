"""Who may do language work. The link in the address is the permission; what it opens is decided here."""

from functools import wraps
from typing import Any

from flask import abort
from flask_babel import gettext as _
from werkzeug.exceptions import Gone

from app.languages import team
from app.languages.models import CaptionStream, LanguageTrack, Linguist, LinkPurpose, SubtitleDraft, TrackKind
from app.languages.service import plan_of
from app.people.guard import View, by_link
from app.registration.guard import keep_private, said
from app.schedule.models import EventSession


def linguist(view: View) -> View:
    """Loads the Linguist whose private link the address carries as `token`, and hands it to the view as `linguist`.

    Unknown: 404. Revoked: 410.
    """

    @wraps(view)
    def guarded(*args: Any, token: str, **kwargs: Any) -> Any:
        link = team.link_of(token, LinkPurpose.PAGE) or abort(404)
        if link.revoked_at is not None:
            raise said(Gone, _("This link was replaced by a new one. Open the link in our latest letter."))
        return keep_private(view(*args, linguist=link.linguist, **kwargs))

    return by_link(guarded)  # type: ignore[return-value]


def may_caption(linguist: Linguist, stream: CaptionStream) -> bool:
    return may_caption_track(linguist, stream.track)


def may_caption_track(linguist: Linguist, track: LanguageTrack) -> bool:
    """Who coordinates, who is responsible for the track, and whoever captions in its language."""
    if track.session.event_id != linguist.event_id:
        return False
    return (
        track.linguist_id == linguist.id
        or (linguist.does(TrackKind.CAPTIONS) and linguist.has(track.language))
        or team.coordinates(linguist)
    )


def may_edit(linguist: Linguist, draft: SubtitleDraft) -> bool:
    return may_subtitle(linguist, draft.session, draft.language)


def may_subtitle(linguist: Linguist, session: EventSession, language: str) -> bool:
    """Who coordinates, who is responsible for the subtitles, and whoever makes subtitles in their language."""
    if session.event_id != linguist.event_id:
        return False
    responsible = any(
        track.linguist_id == linguist.id
        for track in plan_of(session)
        if (track.kind, track.language) == (TrackKind.SUBTITLES, language)
    )
    skilled = linguist.does(TrackKind.SUBTITLES) and linguist.has(language)
    return responsible or skilled or team.coordinates(linguist)


def may_read(linguist: Linguist, draft: SubtitleDraft) -> bool:
    """The whole team of the event: who translates needs the draft that they translate."""
    return draft.session.event_id == linguist.event_id


def or_403(permitted: bool) -> None:
    if not permitted:
        abort(403)
