"""The search over transcripts finds inflected words, on both databases."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events.models import EventState
from app.extensions import db
from app.languages import marks, passages, search, subtitles, words
from app.languages.models import Passage, SubtitleFile
from app.schedule.models import EventSession
from tests.factories import make_event, make_session

pytestmark = pytest.mark.both_databases

SAID = {
    "en": "<v Ada>Libraries are open to everyone.\n\nThe reader borrowed an e-book.",
    "ro": "Bibliotecile sunt deschise tuturor.\n\nCititoarea a împrumutat o carte în ședință.",
    "ru": "Библиотеки открыты для всех.\n\nЧитательница ещё не вернула книгу.",
    "uk": "Бібліотека відкрита.",
    "ar": "المكتبات مفتوحة للجميع",
    "ja": "図書館はみんなに開かれている",
    "hi": "पुस्तकालय सबके लिए खुला है",
}


def webvtt(said: str) -> bytes:
    cues = (f"00:{n:02}:05.000 --> 00:{n:02}:09.000\n{text}\n" for n, text in enumerate(said.split("\n\n")))
    return "\n".join(("WEBVTT\n", *cues)).encode()


def publish(session: EventSession, **said: str) -> None:
    for language, text in said.items():
        subtitles.keep(session, language, webvtt(text), "a.vtt")
    db.session.commit()


@pytest.fixture
def session(app: Flask) -> EventSession:
    session = make_session(make_event(slug="occupy"), slug="opening", title={"en": "Opening"})
    publish(session, **SAID)
    return session


def found(written: str, language: str = "", **where: int) -> list[tuple[str, int]]:
    hits = search.passages(words.query(written), language, **where)
    return sorted((hit.passage.file.language, hit.passage.start_ms // 1000) for hit in hits)


FOUND = {
    "library": [("en", 5)], "LIBRARIES": [("en", 5)], "borrows reader": [("en", 65)], "Ada open": [("en", 5)],
    "e-books": [("en", 65)], "book e": [("en", 65)], '"book e"': [],
    "bibliotecilor": [("ro", 5)], "biblioteci deschise": [("ro", 5)], "imprumutate sedinta": [("ro", 65)],
    "библиотеками": [("ru", 5)], "книгой еще": [("ru", 65)], "бібліотека": [("uk", 5)],
    "للمكتبات": [("ar", 5)], "المكتبة": [("ar", 5)], "図書館": [("ja", 5)], "館図": [], "पुस्तकालय": [("hi", 5)],
    '"open to everyone"': [("en", 5)], "„open to everyone”": [("en", 5)], '"everyone open"': [],
    "library -open": [], "library -closed": [("en", 5)], "-library": [], "": [], "   ": [], "nowhere": [],
}  # fmt: skip


def test_words_are_found_in_every_form(session: EventSession) -> None:
    assert {written: found(written) for written in FOUND} == FOUND


HOSTILE = [
    '"', '""', "'", "*", "a*", "NEAR(a b)", "NEAR(", "AND", "OR", "a AND", "NOT", "stems:a", "{a b}:c", "^a", "(((",
    "a)", "\\", "%", "&", "|", "!", "<->", ":*", "a:*", "or", "or or", "-", "--", '-"', '"-', "\u202e\ufeff", "\ud800",
    "'; DROP TABLE passage; --", "a" * 10_000, '"a ' * 3000, "((" * 5000, "а" * 10_000 + "*",
]  # fmt: skip


def test_a_query_of_any_syntax_is_only_words(session: EventSession) -> None:
    """The database finds in each just what the words, taken as words, are in."""
    kept = db.session.scalars(sa.select(Passage)).all()
    for written in [*HOSTILE, *(f"library {hostile}" for hostile in HOSTILE)]:
        query = words.query(written)
        expected = [p for p in kept if marks.matches(query, f"{p.speaker} {p.text}", p.file.language)]
        assert found(written) == sorted((p.file.language, p.start_ms // 1000) for p in expected), written[:60]


def test_one_language_and_one_event_can_be_chosen(session: EventSession) -> None:
    other = make_session(make_event(), title={"en": "Other"})
    publish(other, en="A library on wheels.", de="Die library ist offen.")
    assert found("library") == [("de", 5), ("en", 5), ("en", 5)]
    assert found("library", "de") == [("de", 5)]
    assert found("library", event_id=session.event_id) == [("en", 5)]
    assert search.languages(other.event_id) == ["de", "en"]


def test_drafts_are_never_found(session: EventSession) -> None:
    session.event.state = EventState.DRAFT
    db.session.commit()
    assert found("library") == []
    assert search.languages() == []


def test_passages_follow_the_file(session: EventSession) -> None:
    publish(session, en="Only museums.")
    assert (found("library"), found("museum")) == ([], [("en", 5)])
    subtitles.remove(subtitles.of(session, "en"))
    db.session.commit()
    assert found("museum") == []
    db.session.delete(session)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passage)) == 0
    assert found("библиотека") == []


def test_what_an_older_version_published_is_found_once_its_passages_are_made(session: EventSession) -> None:
    db.session.execute(sa.delete(Passage))
    db.session.commit()
    assert found("library") == []
    assert passages.write_missing() == len(SAID)
    assert passages.write_missing() == 0
    assert found("library") == [("en", 5)]
    assert passages.write_all() == len(SAID)
    assert found("library") == [("en", 5)]


def test_hits_stand_by_session_with_the_best_first(session: EventSession) -> None:
    other = make_session(session.event, title={"en": "Other"})
    publish(other, en="\n\n".join(["A word on the library."] * 5))
    publish(make_session(session.event), en="Library, library, library.")
    seen = search.recordings(words.query("library"))
    assert (seen.passages, seen.sessions, seen.pages) == (7, 3, 1)
    assert [(len(row.hits), row.more) for row in seen.recordings if row.session is other] == [(3, 2)]
    assert seen.recordings[0].hits[0].passage.text == "Library, library, library."
    assert search.recordings(words.query("library"), page=2).recordings == []


def test_a_real_file_is_found_by_what_is_said_in_it(app: Flask, shared: Path) -> None:
    session = make_session(make_event())
    file = next((shared / "data/subtitles/fosdem2024").glob("*-3319-*.vtt"))
    subtitles.keep(session, "en", file.read_bytes(), file.name)
    db.session.commit()
    query = words.query("watches")
    hits = search.passages(query, limit=500)
    text = db.session.scalars(sa.select(SubtitleFile)).one()
    expected = [
        passage.id for passage in db.session.scalars(sa.select(Passage))
        if marks.matches(query, f"{passage.speaker} {passage.text}", text.language)
    ]  # fmt: skip
    assert sorted(hit.passage.id for hit in hits) == expected
    assert expected
