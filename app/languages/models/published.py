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
    __table_args__ = (
        sa.Index(
            "ix_passage_stems", sa.text("to_tsvector('simple', stems)"), postgresql_using="gin"
        ).ddl_if(dialect="postgresql"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("subtitle_file.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    speaker: Mapped[str] = mapped_column(sa.String(200), default="")
    text: Mapped[str] = mapped_column(sa.Text)
    stems: Mapped[str] = mapped_column(sa.Text, default="")
    """The words of speaker and text as `languages.words` compares them; both databases make their index of them."""

    file: Mapped[SubtitleFile] = relationship()


FULL_TEXT = (
    "CREATE VIRTUAL TABLE passage_search USING fts5(stems, content='passage', content_rowid='id', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
    "CREATE TRIGGER passage_comes AFTER INSERT ON passage BEGIN "
    "INSERT INTO passage_search (rowid, stems) VALUES (new.id, new.stems); END",
    "CREATE TRIGGER passage_goes AFTER DELETE ON passage BEGIN "
    "INSERT INTO passage_search (passage_search, rowid, stems) VALUES ('delete', old.id, old.stems); END",
    "CREATE TRIGGER passage_changes AFTER UPDATE OF stems ON passage BEGIN "
    "INSERT INTO passage_search (passage_search, rowid, stems) VALUES ('delete', old.id, old.stems); "
    "INSERT INTO passage_search (rowid, stems) VALUES (new.id, new.stems); END",
)
"""SQLite's index (FTS5). Its triggers are the table's: a migration that copies the table makes them again."""


def _on_sqlite(statement: str) -> sa.ExecutableDDLElement:
    return sa.DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]


for _statement in FULL_TEXT:
    sa.event.listen(Passage.__table__, "after_create", _on_sqlite(_statement))
sa.event.listen(Passage.__table__, "before_drop", _on_sqlite("DROP TABLE IF EXISTS passage_search"))
