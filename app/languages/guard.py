"""Who may do language work. The link in the address is the permission; what it opens is decided here."""

from functools import wraps
from typing import Any

from flask import abort

from app.languages import team
from app.languages.models import CaptionStream, Linguist, LinkPurpose, SubtitleDraft, TrackKind
from app.languages.service import plan_of
from app.people.guard import View, by_link
from app.registration.guard import keep_private


def linguist(view: View) -> View:
    """Loads the Linguist whose private link the address carries as `token`, and hands it to the view as `linguist`."""

    @wraps(view)
    def guarded(*args: Any, token: str, **kwargs: Any) -> Any:
        found = team.by_token(token, LinkPurpose.PAGE) or abort(404)
        return keep_private(view(*args, linguist=found, **kwargs))

    return by_link(guarded)  # type: ignore[return-value]


def may_caption(linguist: Linguist, stream: CaptionStream) -> bool:
    """Who coordinates, who is responsible for the track, and whoever captions in its language."""
    track = stream.track
    if track.session.event_id != linguist.event_id:
        return False
    return (
        linguist.coordinates
        or track.linguist_id == linguist.id
        or (linguist.does(TrackKind.CAPTIONS) and linguist.has(track.language))
    )


def may_edit(linguist: Linguist, draft: SubtitleDraft) -> bool:
    """Who coordinates, who is responsible for the subtitles, and whoever makes subtitles in their language."""
    if draft.session.event_id != linguist.event_id:
        return False
    responsible = any(
        track.linguist_id == linguist.id
        for track in plan_of(draft.session)
        if (track.kind, track.language) == (TrackKind.SUBTITLES, draft.language)
    )
    skilled = linguist.does(TrackKind.SUBTITLES) and linguist.has(draft.language)
    return linguist.coordinates or responsible or skilled


def or_403(permitted: bool) -> None:
    if not permitted:
        abort(403)
