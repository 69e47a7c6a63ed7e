"""What everybody can read: the published subtitles of a recording, and their passages as the search finds them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Event, Shown
from app.extensions import Model
from app.lib import clock
from app.schedule.models import EventSession


class SubtitleFile(Shown, Model):
    """Published subtitles of a session's recording in one language, kept as WebVTT."""

    __tablename__ = "subtitle_file"
    __table_args__ = (sa.UniqueConstraint("session_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(35))
    webvtt: Mapped[str] = mapped_column(sa.Text)
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    """Of the file that was brought; empty when they were made here."""
    encoding: Mapped[str] = mapped_column(sa.String(20), default="utf-8")
    """What the bytes of the file that was brought were read as."""
    repairs: Mapped[list[list[int | str]]] = mapped_column(sa.JSON, default=list)
    """Line and `Said` of each remark that the file was taken in with."""
    credits: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    """`CreditPart` and name of everybody who made them."""
    uploaded_at: Mapped[datetime] = mapped_column(clock.UtcDateTime, default=clock.now)

    session: Mapped[EventSession] = relationship()

    def shown_in(self) -> Event:
        return self.session.event


class Passage(Model):
    """A paragraph of a transcript, as the search over transcripts finds it."""

    __tablename__ = "passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_file.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    speaker: Mapped[str] = mapped_column(sa.String(200), default="")
    text: Mapped[str] = mapped_column(sa.Text)
    stems: Mapped[str] = mapped_column(sa.Text, default="")
    """The words of speaker and text as `languages.words` compares them; both databases make their index of them."""

    file: Mapped[SubtitleFile] = relationship()


FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE passage_full_text USING fts5(stems, content='passage', content_rowid='id', "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
        "CREATE TRIGGER passage_comes AFTER INSERT ON passage BEGIN "
        "INSERT INTO passage_full_text (rowid, stems) VALUES (new.id, new.stems); END",
        "CREATE TRIGGER passage_goes AFTER DELETE ON passage BEGIN "
        "INSERT INTO passage_full_text (passage_full_text, rowid, stems) VALUES ('delete', old.id, old.stems); END",
        "CREATE TRIGGER passage_changes AFTER UPDATE OF stems ON passage BEGIN "
        "INSERT INTO passage_full_text (passage_full_text, rowid, stems) VALUES ('delete', old.id, old.stems); "
        "INSERT INTO passage_full_text (rowid, stems) VALUES (new.id, new.stems); END",
    ),
    "postgresql": (
        "ALTER TABLE passage ADD COLUMN full_text tsvector GENERATED ALWAYS AS (to_tsvector('simple', stems)) STORED",
        "CREATE INDEX ix_passage_full_text ON passage USING gin (full_text)",
    ),
}
"""Each database's index of the stems. A migration that copies the table on SQLite must make its triggers again."""


def _on(dialect: str, statement: str) -> sa.ExecutableDDLElement:
    return sa.DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


for _dialect, _statements in FULL_TEXT.items():
    for _statement in _statements:
        sa.event.listen(Passage.__table__, "after_create", _on(_dialect, _statement))
sa.event.listen(Passage.__table__, "before_drop", _on("sqlite", "DROP TABLE IF EXISTS passage_full_text"))
