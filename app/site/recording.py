"""The page of a session's recording: the video with its subtitles, and the transcript in step beside it."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, abort, current_app, g, render_template, request
from sqlalchemy import orm

from app.extensions import db
from app.languages import marks, subtitles, transcript, words
from app.languages import service as languages
from app.languages.marks import Piece
from app.languages.models import CreditPart, SubtitleFile
from app.languages.recording import is_link, plays
from app.languages.transcript import Paragraph
from app.languages.words import LONGEST_QUERY, Query
from app.lib.conditional import Rendered
from app.lib.present import chosen, page_language, summary
from app.lib.tags import base_language
from app.lib.text import one_line
from app.lib.urls import absolute
from app.people.guard import public
from app.schedule.models import EventSession
from app.site import pages
from app.site.preview import answer, seen

_MOMENT = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,3}):)?([0-9]{1,6})")


class Line(NamedTuple):
    """A paragraph as the page shows it."""

    part: Paragraph
    second: int
    anchor: str
    """Empty where a paragraph of the same second has it."""
    pieces: list[Piece]
    is_found: bool
    is_current: bool
    """It holds the moment that the address asks for."""


@pages.get("/events/<event>/sessions/<session>/recording/")
@public
def recording(event: str, session: str) -> Response:
    """Of the address count `t` (seconds, or 1:02:05), `language` (of the transcript) and `q` (a search in it)."""
    row = seen(event)
    found = db.session.scalar(
        sa.select(EventSession).where(EventSession.event_id == row.id, EventSession.slug == session)
        .options(orm.joinedload(EventSession.event))
    ) or abort(404)  # fmt: skip
    files = {file.language: file for file in languages.subtitles_of(found)}
    if not files and not is_link(found.recording_url):
        abort(404)
    usual = _language(files, "", found.languages)
    language = _language(files, request.args.get("language", ""), found.languages)
    at = moment(request.args.get("t", ""))
    written = one_line(request.args.get("q", ""))[:LONGEST_QUERY]
    g.canonical = {"language": language} if language != usual else {}
    g.query = g.canonical | ({"q": written} if written else {}) | ({"t": str(at)} if at is not None else {})

    def render() -> Rendered:
        file = files.get(language)
        query = words.query(written)
        shown = _lines(file, query, at)
        is_played = plays(found.recording_url, current_app.config["BASE_URL"])
        body = render_template(
            "site/recording.html",
            event=found.event, event_session=found, file=file, subtitles=files.values(), lines=shown, at=at,
            written=written, plays=is_played, found_lines=[line for line in shown if line.is_found],
            moments=_address({name: value for name, value in g.query.items() if name != "t"}, "t="),
            credits=_credits(file), described=_described(found, files.values(), file, is_played),
            most=LONGEST_QUERY,
        )  # fmt: skip
        return Rendered(body)

    variant = ("recording", session, page_language(), language)
    # What a reader looks for is nobody else's: only the page without it is kept.
    return answer(row, (*variant, at, written), render, keep=at is None and not written)


def moment(written: str) -> int | None:
    """Seconds, of `754`, `12:34` or `1:02:05`; None for anything else."""
    said = _MOMENT.fullmatch(written.strip())
    if not said:
        return None
    hours, minutes, seconds = (int(part or 0) for part in said.groups())
    return hours * 3600 + minutes * 60 + seconds


def _language(offered: Iterable[str], asked: str, floor: Sequence[str]) -> str:
    """Which transcript to show: the one asked for, the reader's own, the one of what was spoken, any."""
    tags = list(offered)
    for wanted in (asked, page_language(), *floor):
        base = base_language(wanted)
        near = [tag for tag in tags if base_language(tag) == base]
        if near:
            return wanted if wanted in near else near[0]
    return tags[0] if tags else ""


def _lines(file: SubtitleFile | None, query: Query, at: int | None) -> list[Line]:
    if file is None:
        return []
    parts = transcript.paragraphs(subtitles.document_of(file).cues)
    begun = [number for number, part in enumerate(parts) if at is not None and part.start_ms // 1000 <= at]
    shown, anchors = [], set()
    for number, part in enumerate(parts):
        second = part.start_ms // 1000
        is_found = marks.matches(query, f"{part.speaker} {part.text}", file.language)
        pieces = marks.pieces(query, part.text, file.language) if is_found else [Piece(part.text, False)]
        anchor = "" if second in anchors else f"t{second}"
        shown.append(Line(part, second, anchor, pieces, is_found, begun[-1:] == [number]))
        anchors.add(second)
    return shown


def _address(query: dict[str, str], last: str) -> str:
    return f"?{urlencode(query)}&{last}" if query else f"?{last}"


def _credits(file: SubtitleFile | None) -> list[tuple[str, list[str]]]:
    """What was done, and the names of who did it."""
    made = file.credits if file else []
    parts = [(part.label, [name for done, name in made if done == part.value]) for part in CreditPart]
    return [(label, names) for label, names in parts if names]


def _described(
    session: EventSession, files: Iterable[SubtitleFile], shown: SubtitleFile | None, is_played: bool
) -> dict[str, Any]:
    """A VideoObject of schema.org. Its `transcript` is an address: the text itself stands on the page already."""
    where = {"event": session.event.slug, "session": session.slug}
    page = absolute("site.recording", **where)

    def file_address(file: SubtitleFile, extension: str) -> str:
        return absolute("languages.subtitles", **where, language=file.language, extension=extension)

    captions = [
        {"@type": "MediaObject", "contentUrl": file_address(file, "vtt"), "encodingFormat": "text/vtt",
         "inLanguage": file.language}
        for file in files
    ]  # fmt: skip
    known = {
        "@context": "https://schema.org", "@type": "VideoObject", "@id": page,
        "name": chosen(session.title), "description": summary(session.abstract) or chosen(session.title),
        "uploadDate": (session.ends_at or session.changed_at).isoformat(), "inLanguage": session.languages,
        "contentUrl" if is_played else "url": _whole(session.recording_url), "license": session.recording_licence,
        "caption": captions, "transcript": file_address(shown, "txt") if shown else "",
        "isPartOf": {"@type": "Event", "name": chosen(session.event.title),
                     "url": absolute("site.event", event=session.event.slug)},
        "potentialAction": {"@type": "SeekToAction", "target": f"{page}?t={{seek_to_second_number}}",
                            "startOffset-input": "required name=seek_to_second_number"},
    }  # fmt: skip
    return {name: value for name, value in known.items() if value}


def _whole(address: str) -> str:
    """Empty for what is no address that a reader could be sent to."""
    if not is_link(address):
        return ""
    return f"{current_app.config['BASE_URL']}{address}" if address.startswith("/") else address
