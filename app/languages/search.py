"""The search over the transcripts of all recordings, in the full text of the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, EventState
from app.extensions import db
from app.languages import marks, transcript, words
from app.languages.marks import Piece
from app.languages.models import Passage, SubtitleFile
from app.languages.words import Query
from app.schedule.models import EventSession

MOST = 500
"""The best passages that a search looks at; another word finds the others."""
SESSIONS_A_PAGE = 10
PASSAGES_A_SESSION = 3

_STEMS: sa.ColumnClause[str] = sa.literal_column("passage.full_text")
_FULL_TEXT = sa.table("passage_full_text", sa.column("rowid"), sa.column("rank"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and the part of it to be shown."""

    passage: Passage
    excerpt: list[Piece]

    @property
    def time(self) -> str:
        return transcript.time(self.passage.start_ms)


@dataclass(frozen=True, slots=True)
class Recording:
    """A session in whose recording something was found: the best hits, and how many more there are."""

    session: EventSession
    hits: list[Hit]
    more: int


@dataclass(frozen=True, slots=True)
class Found:
    recordings: list[Recording] = field(default_factory=list)
    """Those of one page."""
    passages: int = 0
    sessions: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-self.sessions // SESSIONS_A_PAGE))

    @property
    def is_cut(self) -> bool:
        return self.passages >= MOST


def recordings(query: Query, language: str = "", event_id: int | None = None, page: int = 1) -> Found:
    """What a search finds in published events, by session, the best first."""
    by_session: dict[int, list[int]] = {}
    for passage, session in _found(query, language, event_id, MOST):
        by_session.setdefault(session, []).append(passage)
    chosen = list(by_session.values())[(page - 1) * SESSIONS_A_PAGE :][:SESSIONS_A_PAGE]
    shown = _read(number for found in chosen for number in found[:PASSAGES_A_SESSION])
    on_page = []
    for found in chosen:
        hits = [_hit(query, shown[number]) for number in found[:PASSAGES_A_SESSION]]
        on_page.append(Recording(hits[0].passage.file.session, hits, len(found) - len(hits)))
    return Found(on_page, sum(map(len, by_session.values())), len(by_session))


def passages(query: Query, language: str = "", event_id: int | None = None, limit: int = 20) -> list[Hit]:
    """The best passages of published events, whatever the session."""
    found = [passage for passage, _session in _found(query, language, event_id, limit)]
    shown = _read(found)
    return [_hit(query, shown[number]) for number in found]


def languages(event_id: int | None = None) -> list[str]:
    """In which languages there are transcripts to be searched."""
    of_event = sa.true() if event_id is None else EventSession.event_id == event_id
    return list(
        db.session.scalars(
            sa.select(SubtitleFile.language).distinct().join(EventSession).join(Event)
            .where(Event.state != EventState.DRAFT, of_event).order_by(SubtitleFile.language)
        )
    )  # fmt: skip


def _found(query: Query, language: str, event_id: int | None, most: int) -> list[tuple[int, int]]:
    """Passage and session, the best first."""
    tags = [language] if language else languages(event_id)
    if not query.terms or not tags:
        return []
    wanted = sa.select(Passage.id, SubtitleFile.session_id).select_from(Passage)
    if db.session.get_bind().dialect.name == "postgresql":
        asked = sa.func.websearch_to_tsquery(sa.literal_column("'simple'"), _in_websearch(query, tags))
        wanted = wanted.where(_STEMS.bool_op("@@")(asked)).order_by(sa.func.ts_rank(_STEMS, asked).desc())
    else:
        wanted = (
            wanted.join(_FULL_TEXT, _FULL_TEXT.c.rowid == Passage.id)
            .where(sa.literal_column("passage_full_text").op("MATCH")(_in_fts5(query, tags)))
            .order_by(_FULL_TEXT.c.rank)
        )
    wanted = wanted.join(SubtitleFile).join(EventSession).join(Event).where(Event.state != EventState.DRAFT)
    if language:
        wanted = wanted.where(SubtitleFile.language == language)
    if event_id is not None:
        wanted = wanted.where(Event.id == event_id)
    found = db.session.execute(wanted.order_by(Passage.id).limit(most))
    return [(passage, session) for passage, session in found]


def _in_websearch(query: Query, tags: Iterable[str]) -> str:
    """The query in the words of each language, for `websearch_to_tsquery`; a stem has no character of its syntax."""
    said = (
        " ".join(f'-"{stems}"' if is_excluded else f'"{stems}"' for stems, is_excluded in _stems(query, tag))
        for tag in tags
    )
    return " or ".join(dict.fromkeys(filter(None, said)))


def _in_fts5(query: Query, tags: Iterable[str]) -> str:
    """The same as FTS5 reads it (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
    said = []
    for tag in tags:
        terms = _stems(query, tag)
        wanted = " AND ".join(f'"{stems}"' for stems, is_excluded in terms if not is_excluded)
        excluded = "".join(f' NOT "{stems}"' for stems, is_excluded in terms if is_excluded)
        said.append(f"({wanted}){excluded}")
    return " OR ".join(f"({each})" for each in dict.fromkeys(said))


def _stems(query: Query, tag: str) -> list[tuple[str, bool]]:
    return [(words.indexed(term.text, tag), term.is_excluded) for term in query.terms]


def _read(numbers: Iterable[int]) -> dict[int, Passage]:
    wanted = sa.select(Passage).where(Passage.id.in_(list(numbers))).options(
        orm.joinedload(Passage.file).options(
            orm.defer(SubtitleFile.webvtt), orm.joinedload(SubtitleFile.session).joinedload(EventSession.event)
        )
    )  # fmt: skip
    return {passage.id: passage for passage in db.session.scalars(wanted)}


def _hit(query: Query, passage: Passage) -> Hit:
    return Hit(passage, marks.excerpt(query, passage.text, passage.file.language))
