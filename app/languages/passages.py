"""The passages of published subtitles: what the search over transcripts looks through."""

import sqlalchemy as sa

from app.extensions import db
from app.languages import transcript, words
from app.languages.formats import webvtt
from app.languages.formats.webvtt import Document
from app.languages.models import Passage, SubtitleFile


def write(file: SubtitleFile, document: Document) -> None:
    """The paragraphs of the transcript, in the place of the earlier ones."""
    db.session.execute(sa.delete(Passage).where(Passage.file_id == file.id))
    rows = [
        {
            "file_id": file.id, "start_ms": part.start_ms, "speaker": part.speaker[:200], "text": part.text,
            "stems": words.indexed(f"{part.speaker} {part.text}", file.language),
        }
        for part in transcript.paragraphs(document.cues)
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(Passage), rows)


def write_missing() -> int:
    """Makes those of every file that has none, such as one published by an older version; how many files that were."""
    has_passages = sa.exists().where(Passage.file_id == SubtitleFile.id)
    files = db.session.scalars(sa.select(SubtitleFile).where(~has_passages)).all()
    for file in files:
        write(file, webvtt.parse(webvtt.lines_of(file.webvtt)))
    return len(files)


def write_all() -> int:
    """Makes all of them anew, after a change in how words are compared."""
    db.session.execute(sa.delete(Passage))
    return write_missing()
