"""Subtitles and transcripts for everyone."""

from flask import Response, abort, render_template

from app.languages import subtitles as files_kept
from app.languages import transcript as transcripts
from app.languages.views import files, pages
from app.lib.conditional import Rendered, conditional
from app.lib.present import page_language
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
def transcript(event: str, session: str, language: str) -> Response:
    found = files_kept.find_public(event, session, language) or abort(404)

    def render() -> Rendered:
        file = found.file
        return Rendered(render_template(
            "languages/transcript.html", event=file.session.event, event_session=file.session, file=file,
            languages=files_kept.languages_of(file.session),
            paragraphs=transcripts.paragraphs(files_kept.document_of(file).cues),
        ))  # fmt: skip

    return conditional(found.version, ("transcript", found.file_id, page_language()), render)
