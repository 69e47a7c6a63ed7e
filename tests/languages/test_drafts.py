"""Drafts of subtitles: how they begin, that nothing of a file is lost, their revisions, states and publishing."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.languages import subtitles
from app.languages.captions import cues as captions
from app.languages.captions import writing
from app.languages.formats import webvtt
from app.languages.formats.intake import take_in
from app.languages.formats.remarks import RefusedError, Said
from app.languages.formats.webvtt import Block, Cue, Document
from app.languages.guard import may_edit
from app.languages.models import (
    DraftCue,
    DraftRevision,
    DraftState,
    Linguist,
    RevisionCause,
    SubtitleDraft,
    TrackKind,
    TrackState,
)
from app.languages.workbench import beginning, contents, differences, drafts, revisions, states, thanks
from app.lib import clock
from app.schedule.models import EventSession
from tests.conftest import NOON
from tests.factories import make_event, make_linguist, make_session, make_stream, make_track

FULL = b"""WEBVTT - A talk
Kind: captions

STYLE
::cue(b) { color: peachpuff }

REGION
id:fred
width:40%

NOTE for the reviewer

opening
00:00:01.000 --> 00:00:02.500 region:fred align:start
<v Ada>Good <b>morning</b> &amp; welcome

00:00:03.000 --> 100:00:04.000 line:0
Two
lines

00:00:05.000 --> 00:00:06.000

NOTE the end
"""


@pytest.fixture
def session(app: Flask) -> EventSession:
    return make_session(make_event())


@pytest.fixture
def linguist(session: EventSession) -> Linguist:
    return make_linguist(session.event, "en:A ro:A", name="Ana")


def written(draft: SubtitleDraft) -> str:
    return webvtt.write(drafts.document(draft))


def stand(draft: SubtitleDraft, state: DraftState) -> None:
    draft.state = state
    db.session.flush()


def texts(draft: SubtitleDraft) -> list[str]:
    return [cue.text for cue in drafts.document(draft).cues]


# Beginning.


def test_a_file_becomes_a_draft_with_every_block_setting_and_identifier(session: EventSession) -> None:
    draft = beginning.from_file(session, "en", FULL, "Ana")
    assert written(draft) == webvtt.write(take_in(FULL, "en").document)
    assert "region:fred align:start" in written(draft)
    assert revisions.of(draft)[0].cause is RevisionCause.TAKEN_IN


def test_what_was_repaired_stays_beside_the_revision(session: EventSession) -> None:
    draft = beginning.from_file(session, "en", FULL.replace(b"00:00:05.000 -->", b"0:00:05,0 -->"), "Ana")
    said = [(remark.line, remark.said) for remark in revisions.remarks_of(revisions.of(draft)[0])]
    assert (21, Said.ROUGH_TIME) in said


def test_a_transcript_in_plain_text_becomes_cues_to_be_timed(session: EventSession) -> None:
    draft = beginning.from_file(session, "en", b"Good morning.\n\nWelcome to the library.\n", "Ana")
    assert texts(draft) == ["Good morning.", "Welcome to the library."]
    assert draft.state is DraftState.TIMING
    assert all(cue.start_ms < cue.end_ms for cue in drafts.document(draft).cues)


def test_a_file_that_cannot_be_read_begins_nothing(session: EventSession) -> None:
    with pytest.raises(RefusedError):
        beginning.from_file(session, "en", b"\x89PNG\r\n\x1a\n\x00", "Ana")
    db.session.rollback()
    assert drafts.of(session) == []


def test_there_is_one_draft_for_a_session_and_language(session: EventSession) -> None:
    first = beginning.empty(session, "en", "Ana")
    with pytest.raises(beginning.DraftExistsError) as caught:
        beginning.from_file(session, "en", FULL, "Ion")
    assert caught.value.draft is first
    assert beginning.empty(session, "ro", "Ion").language == "ro"


def test_a_translation_has_the_times_of_its_source_and_no_words(session: EventSession) -> None:
    source = beginning.from_file(session, "en", FULL, "Ana")
    draft = beginning.translation(source, "ro", "Ion")
    assert draft.state is DraftState.TRANSLATING
    assert texts(draft) == ["", "", ""]
    assert [cue.start_ms for cue in drafts.document(draft).cues] == [1000, 3000, 5000]
    rows = contents.rows_of(draft)
    assert [row.source_cue_id for row in rows] == [row.id for row in contents.rows_of(source)]
    assert [row.text for row in rows if row.is_block] == [row.text for row in contents.rows_of(source) if row.is_block]
    assert drafts.progress([source, draft]) == {source.id: (2, 3), draft.id: (0, 3)}


def test_a_translated_file_taken_into_a_translation_stays_beside_its_source(
    session: EventSession, linguist: Linguist
) -> None:
    source = beginning.from_file(session, "en", FULL, "Ana")
    draft = beginning.translation(source, "ro", "Ion")
    beside = {row.start_ms: row.source_cue_id for row in contents.rows_of(draft)}
    beginning.take_into(draft, FULL.replace(b"Two\nlines", "Două rânduri".encode()), linguist)
    after = {row.start_ms: (row.source_cue_id, row.text) for row in contents.rows_of(draft)}
    assert after[3000] == (beside[3000], "Două rânduri")


def test_what_was_published_can_be_corrected_with_the_names_of_who_made_it(session: EventSession) -> None:
    document = take_in(FULL, "en").document
    file = subtitles.publish(session, "en", document, credits=[("transcribed", "Ana"), ("reviewed", "Ion")])
    draft = beginning.from_published(file, "Maria")
    assert drafts.document(draft).blocks == document.blocks
    assert [(credit.part.value, credit.name) for credit in thanks.of(draft)] == [
        ("transcribed", "Ana"), ("reviewed", "Ion"),
    ]  # fmt: skip


def test_captions_become_a_draft_by_themselves_once_the_session_is_over(app: Flask) -> None:
    session = make_session(make_event(), starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    ana = make_linguist(session.event, name="Ana")
    stream, silent = make_stream(session, "en"), make_stream(session, "ro")
    with clock.stopped_at(NOON + timedelta(minutes=20)):
        captions.say(stream, "Hello & welcome", ana)
        captions.say(stream, "still gues", ana, partial=True)
    db.session.commit()
    for minutes, expected in ((40, []), (64, []), (65, [stream])):
        with clock.stopped_at(NOON + timedelta(minutes=minutes)):
            assert beginning.due() == expected
    with clock.stopped_at(NOON + timedelta(minutes=66)):
        draft = beginning.begin_due(stream)
        db.session.commit()
        assert texts(draft) == ["Hello &amp; welcome"]
        assert [(credit.part.value, credit.name) for credit in thanks.of(draft)] == [("transcribed", "Ana")]
        assert beginning.due() == []
        assert beginning.begin_due(stream) is None
        drafts.delete(draft)
        assert beginning.due() == []  # Whoever deletes it does not want it back.
    assert drafts.find(session, silent.track.language) is None


def test_translated_captions_stand_beside_the_ones_they_translate(app: Flask) -> None:
    session = make_session(make_event(), starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    stream = make_stream(session, "en")
    translated = make_stream(session, "ro", source=stream)
    first = captions.say(stream, "Hello")
    second = captions.say(stream, "Goodbye")
    captions.say(translated, "La revedere", source=second)
    captions.say(translated, "Bună", source=first)
    source, draft = beginning.from_captions(stream), beginning.from_captions(translated)
    by_text = {row.id: row.text for row in contents.rows_of(source)}
    assert draft.source is source
    assert {(row.text, by_text[row.source_cue_id]) for row in contents.rows_of(draft)} == {
        ("La revedere", "Goodbye"), ("Bună", "Hello"),
    }  # fmt: skip


# Round trip.


_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=30)
_LINE = _WORDS.filter(lambda line: line.strip() and "-->" not in line)
_TEXT = st.lists(_LINE, max_size=3).map("\n".join)
_TIMES = st.tuples(st.integers(0, 10**12), st.integers(1, 10**6)).map(lambda pair: (pair[0], sum(pair)))
_SETTING = st.sampled_from(["", "line:0", "align:start size:50%", "region:fred", "position:10%,line-left unknown:1"])
_CUE = st.builds(
    lambda times, text, name, setting: Cue(*times, text, name, setting), _TIMES, _TEXT, st.just("") | _LINE, _SETTING
)
_BLOCK = st.builds(
    lambda kind, text: Block(f"{kind}\n{text}" if text else kind), st.sampled_from(["STYLE", "REGION", "NOTE"]), _TEXT
)
_DOCUMENT = st.builds(
    Document, st.just("") | _LINE.map(lambda line: f" {line}"), st.lists(_CUE | _BLOCK, min_size=1, max_size=8)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_DOCUMENT)
def test_a_draft_gives_back_every_cue_setting_and_block(session: EventSession, document: Document) -> None:
    text = webvtt.write(document)
    document = webvtt.parse(webvtt.lines_of(text))
    draft = SubtitleDraft(session=session, language="en")
    db.session.add(draft)
    db.session.flush()
    contents.replace(draft, document, "Ana")
    db.session.expire_all()
    assert drafts.document(draft) == document
    assert written(draft) == text
    assert webvtt.parse(webvtt.lines_of(written(draft))).blocks == document.blocks
    db.session.rollback()


def test_every_real_file_comes_back_from_a_draft_as_it_was_taken_in(session: EventSession, shared: Path) -> None:
    read = 0
    for path in sorted((shared / "data" / "subtitles").rglob("*")):
        if not path.is_file() or path.stat().st_size > 20_000:
            continue
        try:
            taken = take_in(path.read_bytes(), "en")
        except RefusedError:
            continue
        draft = beginning.empty(session, f"x-{read}", "Ana")
        contents.replace(draft, taken.document, "Ana")
        assert written(draft) == taken.webvtt, path.name
        read += 1
        db.session.rollback()
    assert read > 80


# Revisions.


def test_a_revision_is_put_back_exactly_and_nothing_is_lost(session: EventSession, linguist: Linguist) -> None:
    draft = beginning.from_file(session, "en", FULL, "Ana")
    first = revisions.of(draft)[0]
    numbers = [row.id for row in contents.rows_of(draft)]
    beginning.take_into(draft, b"WEBVTT\n\n00:00:03.000 --> 100:00:04.000\nChanged\n\n00:09.000 --> 00:10.000\nNew\n",
                        linguist)  # fmt: skip
    row = contents.rows_of(draft)[0]
    row.position = 1e9  # Moved to the end by hand.
    draft.version += 1
    db.session.flush()
    assert texts(draft) == ["New", "Changed"]
    revisions.restore(first, linguist)
    assert written(draft) == first.webvtt
    assert [row.id for row in contents.rows_of(draft)] == numbers
    kept = revisions.of(draft)
    assert [revision.cause.value for revision in kept] == ["restored", "by-itself", "taken-in", "taken-in"]
    revisions.restore(kept[1], linguist)
    assert texts(draft) == ["New", "Changed"]


def test_the_difference_names_cues_added_removed_and_changed_with_their_words(
    session: EventSession, linguist: Linguist
) -> None:
    draft = beginning.from_file(session, "en", b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning all\n\n"
                                b"00:03.000 --> 00:04.000\nSecond\n", "Ana")  # fmt: skip
    beginning.take_into(draft, b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood evening all\n\n"
                        b"00:05.000 --> 00:06.000\nThird\n", linguist)  # fmt: skip
    new, old = revisions.of(draft)[:2]
    rows = differences.between(differences.at(old), differences.at(new))
    assert [(row.kind, [(piece.text, piece.mark) for piece in row.pieces]) for row in rows] == [
        ("changed", [("Good ", ""), ("morning", "removed"), ("evening", "added"), (" all", "")]),
        ("removed", [("Second", "removed")]),
        ("added", [("Third", "added")]),
    ]
    assert differences.between(differences.at(new), differences.now(draft)) == []


def test_words_of_a_script_without_spaces_are_compared_by_character() -> None:
    pieces = differences.words("図書館へようこそ", "図書室へようこそ")
    assert [tuple(piece) for piece in pieces] == [
        ("図書", ""), ("館", "removed"), ("室", "added"), ("へようこそ", ""),
    ]  # fmt: skip


# States.


def test_an_original_goes_from_transcribing_to_published_and_names_who_did_it(session: EventSession) -> None:
    ana, ion = make_linguist(session.event, name="Ana"), make_linguist(session.event, name="Ion")
    track = make_track(session, language="en", kind=TrackKind.SUBTITLES)
    draft = beginning.from_file(session, "en", FULL, "Ana")
    stand(draft, DraftState.TRANSCRIBING)
    for state, by in (("timing", ana), ("in-review", ana), ("approved", ion), ("published", ion)):
        states.move(draft, DraftState(state), by)
    file = subtitles.of(session, "en")
    assert file.webvtt == written(draft)
    assert file.credits == [
        ["transcribed", "Ana"], ["timed", "Ana"], ["reviewed", "Ion"], ["approved", "Ion"],
    ]  # fmt: skip
    assert track.state is TrackState.DONE
    last = revisions.last_publishing(draft)
    assert last.made_by == "Ion"
    assert last.warnings > 0  # A cue of a hundred hours, and one without words.


def test_reopened_subtitles_stay_published_until_the_next_publishing(session: EventSession, linguist: Linguist) -> None:
    draft = beginning.from_file(session, "en", FULL, "Ana")
    stand(draft, DraftState.APPROVED)
    states.move(draft, DraftState.PUBLISHED, linguist)
    before = subtitles.of(session, "en").webvtt
    with pytest.raises(contents.ClosedError):
        beginning.take_into(draft, b"WEBVTT\n\n00:01.000 --> 00:02.000\nOther\n", linguist)
    with pytest.raises(contents.ClosedError):
        revisions.restore(revisions.of(draft)[0], linguist)
    states.move(draft, DraftState.IN_REVIEW, linguist)
    beginning.take_into(draft, b"WEBVTT\n\n00:01.000 --> 00:02.000\nOther\n", linguist)
    assert subtitles.of(session, "en").webvtt == before
    states.move(draft, DraftState.APPROVED, linguist)
    states.move(draft, DraftState.PUBLISHED, linguist)
    assert "Other" in subtitles.of(session, "en").webvtt


def test_moves_are_those_of_an_original_or_of_a_translation(session: EventSession, linguist: Linguist) -> None:
    source = beginning.empty(session, "en", "Ana")
    draft = beginning.translation(source, "ro", "Ana")
    seen = {draft.state}
    waiting = [draft.state]
    while waiting:
        draft.state = waiting.pop()
        new = set(states.moves_of(draft)) - seen
        seen |= new
        waiting += new
    assert seen == set(DraftState) - {DraftState.TRANSCRIBING, DraftState.TIMING}
    stand(source, DraftState.IN_REVIEW)
    assert states.moves_of(source) == [DraftState.APPROVED, DraftState.TIMING]
    for wrong in (DraftState.PUBLISHED, DraftState.IN_REVIEW, DraftState.TRANSLATING):
        with pytest.raises(states.MoveError):
            states.move(source, wrong, linguist)


def test_who_reviews_their_own_words_is_known(session: EventSession) -> None:
    ana, ion = make_linguist(session.event, name="Ana"), make_linguist(session.event, name="Ion")
    draft = beginning.empty(session, "en", "Ana")
    states.move(draft, DraftState.IN_REVIEW, ana)
    assert [states.made_it_alone(draft, one) for one in (ana, ion)] == [True, False]


# Who may.


def test_the_list_of_drafts_is_what_the_guard_permits(app: Flask) -> None:
    event, other = make_event(), make_event()
    sessions = [make_session(event), make_session(event), make_session(other)]
    found = [beginning.empty(each, language, "Ana") for each in sessions for language in ("en", "ro", "pt-BR")]
    people = [
        make_linguist(event, "en:A pt:B"), make_linguist(event, "ro:C", coordinates=True),
        make_linguist(event, "ro:A", crafts=[TrackKind.INTERPRETATION]), make_linguist(other, "ro:A"),
    ]  # fmt: skip
    make_track(sessions[1], language="ro", kind=TrackKind.SUBTITLES, linguist=people[2])
    for person in people:
        assert {d.id for d in drafts.open_to(person)} == {d.id for d in found if may_edit(person, d)}
    assert len(drafts.open_to(people[2])) == 1


def test_a_deleted_draft_leaves_nothing_behind_but_what_was_published(
    session: EventSession, linguist: Linguist
) -> None:
    draft = beginning.from_file(session, "en", FULL, "Ana")
    translated = beginning.translation(draft, "ro", "Ana")
    stand(draft, DraftState.APPROVED)
    states.move(draft, DraftState.PUBLISHED, linguist)
    db.session.commit()
    drafts.delete(draft)
    db.session.commit()
    db.session.expire_all()
    assert subtitles.of(session, "en") is not None
    assert translated.source_id is None
    assert {row.draft_id for row in db.session.scalars(sa.select(DraftCue))} == {translated.id}
    assert {row.draft_id for row in db.session.scalars(sa.select(DraftRevision))} == {translated.id}


def test_a_stream_without_captions_is_an_empty_file(session: EventSession) -> None:
    assert writing.webvtt_of(make_stream(session, "en")) == "WEBVTT\n"
