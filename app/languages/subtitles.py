"""The subtitles of a recording: one file a language, kept as WebVTT and handed out in three forms."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.events.models import Event, EventState
from app.extensions import db
from app.languages import passages, transcript
from app.languages.formats import srt, webvtt
from app.languages.formats.intake import take_in
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.webvtt import Document
from app.languages.models import SubtitleFile
from app.lib import clock
from app.lib.conditional import Version
from app.schedule.models import EventSession

FORMS = {"vtt": "text/vtt", "srt": "application/x-subrip", "txt": "text/plain"}
"""What subtitles are handed out as: extension of the address, and media type."""


def keep(session: EventSession, language: str, data: bytes, file_name: str) -> SubtitleFile:
    """Takes a file in, in the place of an earlier one in this language. Raises RefusedError."""
    taken = take_in(data, language)
    repairs = [[remark.line, remark.said.value] for remark in taken.remarks]
    return publish(
        session, language, taken.document, encoding=taken.encoding, file_name=file_name[:200], repairs=repairs
    )


def publish(
    session: EventSession,
    language: str,
    document: Document,
    credits: Iterable[tuple[str, str]] = (),  # noqa: A002 - what they are called wherever they are shown
    **facts: Any,
) -> SubtitleFile:
    """Puts subtitles and their passages where everybody reads and finds them, in the place of earlier ones.

    `credits` are pairs of CreditPart and name; `facts` are those of a file that was brought: `file_name`, `encoding`,
    `repairs`.
    """
    file = of(session, language)
    if file is None:
        file = SubtitleFile(session=session, language=language)
        db.session.add(file)
    made_here = {"file_name": "", "encoding": "utf-8", "repairs": []}
    for name, value in (made_here | facts).items():
        setattr(file, name, value)
    file.webvtt = webvtt.write(document)
    file.credits = [[str(part), name] for part, name in credits]
    file.uploaded_at = clock.now()
    db.session.flush()
    passages.write(file, document)
    return file


def remove(file: SubtitleFile) -> None:
    db.session.delete(file)
    db.session.flush()


def of(session: EventSession, language: str) -> SubtitleFile | None:
    return db.session.scalar(
        sa.select(SubtitleFile).where(SubtitleFile.session_id == session.id, SubtitleFile.language == language)
    )


class Found(NamedTuple):
    """What must be known of public subtitles before they are read."""

    event_id: int
    revision: int
    changed_at: datetime
    file_id: int

    @property
    def version(self) -> Version:
        return Version(f"event:{self.event_id}", self.revision, self.changed_at)

    @property
    def file(self) -> SubtitleFile:
        return db.session.get_one(SubtitleFile, self.file_id)


def find_public(event_slug: str, session_slug: str, language: str) -> Found | None:
    """The subtitles at a public address, by one look-up; those of a draft are at none."""
    row = db.session.execute(
        sa.select(Event.id, Event.revision, Event.changed_at, SubtitleFile.id)
        .join(EventSession, EventSession.event_id == Event.id)
        .join(SubtitleFile, SubtitleFile.session_id == EventSession.id)
        .where(
            Event.slug == event_slug, Event.state != EventState.DRAFT,
            EventSession.slug == session_slug, SubtitleFile.language == language,
        )
    ).first()  # fmt: skip
    return Found(*row) if row else None


def document_of(file: SubtitleFile) -> Document:
    return webvtt.parse(webvtt.lines_of(file.webvtt))


def repairs_of(file: SubtitleFile) -> list[Remark]:
    return [Remark(int(line), Said(str(said))) for line, said in file.repairs]


def written(file: SubtitleFile, extension: str) -> str:
    """The file in one of FORMS."""
    if extension == "vtt":
        return file.webvtt
    cues = document_of(file).cues
    return srt.write(cues) if extension == "srt" else transcript.as_text(transcript.paragraphs(cues))
