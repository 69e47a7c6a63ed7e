"""Subtitles for everyone."""

from flask import Response, abort, redirect, url_for
from werkzeug import Response as Answer

from app.languages import subtitles as files_kept
from app.languages.views import files, pages
from app.lib.conditional import Rendered, conditional
from app.people.guard import public


@files.get("/events/<event>/sessions/<session>/subtitles/<language>.<any(vtt,srt,txt):extension>")
@public
def subtitles(event: str, session: str, language: str, extension: str) -> Response:
    found = files_kept.find_public(event, session, language) or abort(404)
    return conditional(
        found.version, ("subtitles", found.file_id, extension),
        lambda: Rendered(files_kept.written(found.file, extension)), files_kept.FORMS[extension],
    )  # fmt: skip


@pages.get("/events/<event>/sessions/<session>/transcript/<language>/")
@public
def transcript(event: str, session: str, language: str) -> Answer:
    """Transcripts stood here before the recording had its page."""
    if files_kept.find_public(event, session, language) is None:
        abort(404)
    return redirect(url_for("site.recording", event=event, session=session, language=language), 301)
