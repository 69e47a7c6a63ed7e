"""Several people in one draft: what each changes is merged by field, or handed back; nothing is lost or made twice."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.languages.models import DraftCue, DraftState, Linguist, RevisionCause, SubtitleDraft
from app.languages.workbench import beginning, changes, contents, drafts, editing, presence, revisions, thanks, wire
from app.lib import clock
from tests.conftest import NOON
from tests.factories import make_event, make_linguist, make_session


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked for."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(db.engine, "before_cursor_execute", note)


VTT = b"WEBVTT\n\nNOTE kept\n\n" + b"".join(
    b"00:00:%02d.000 --> 00:00:%02d.000\nCue %d\n\n" % (n * 2, n * 2 + 1, n) for n in range(1, 6)
)


@pytest.fixture
def draft(app: Flask) -> SubtitleDraft:
    return beginning.from_file(make_session(make_event()), "en", VTT, "Ana")


@pytest.fixture
def ana(draft: SubtitleDraft) -> Linguist:
    return make_linguist(draft.session.event, name="Ana")


def cue_of(draft: SubtitleDraft, number: int) -> dict[str, Any]:
    """As an editor has it."""
    return next(wire.cue(row) for row in contents.rows_of(draft) if row.text == f"Cue {number}")


def change(cue: dict[str, Any], key: str = "", **fields: Any) -> dict[str, Any]:
    return {"key": key or str(cue["id"]), "id": cue["id"], "version": cue["version"], "was": cue, **fields}


def edit(draft: SubtitleDraft, by: Linguist, *wanted: dict[str, Any], at: int | None = None) -> dict[str, Any]:
    call = changes.read(json.dumps({"at": at, "changes": wanted}).encode())
    answer = wire.outcome(editing.edit(draft, call, by))
    db.session.commit()
    return answer


def faults(draft: SubtitleDraft, by: Linguist, *wanted: Any, **call: Any) -> list[tuple[str, str]]:
    before = [wire.cue(row) for row in contents.rows_of(draft, gone=True)], draft.version
    with pytest.raises(changes.FaultyError) as caught:
        editing.edit(draft, changes.read(json.dumps({"changes": wanted} | call).encode()), by)
    db.session.rollback()
    assert ([wire.cue(row) for row in contents.rows_of(draft, gone=True)], draft.version) == before
    return [(fault.key, str(fault.message)) for fault in caught.value.faults]


def texts(draft: SubtitleDraft) -> list[str]:
    return [cue.text for cue in drafts.document(draft).cues]


# Merging.


def test_different_fields_of_one_cue_merge(draft: SubtitleDraft, ana: Linguist) -> None:
    ion, cue = make_linguist(draft.session.event, name="Ion"), cue_of(draft, 2)
    edit(draft, ana, change(cue, text="Second"))
    answer = edit(draft, ion, change(cue, end=5500))
    assert answer["conflicts"] == []
    merged = answer["saved"][0]["cue"]
    assert (merged["text"], merged["end"], merged["by"]) == ("Second", 5500, "Ion")


def test_the_same_field_is_handed_back_and_the_rest_saved(draft: SubtitleDraft, ana: Linguist) -> None:
    ion, cue = make_linguist(draft.session.event, name="Ion"), cue_of(draft, 2)
    edit(draft, ana, change(cue, text="Hers"))
    answer = edit(draft, ion, change(cue, text="His", end=5500), change(cue_of(draft, 3), text="Third"))
    conflict = answer["conflicts"][0]
    assert (conflict["theirs"]["text"], conflict["yours"]) == ("Hers", {"text": "His"})
    assert texts(draft)[:3] == ["Cue 1", "Hers", "Third"]
    assert drafts.document(draft).cues[1].end_ms == 5500


def test_the_same_change_by_both_is_no_conflict_and_no_new_version(draft: SubtitleDraft, ana: Linguist) -> None:
    cue = cue_of(draft, 2)
    first = edit(draft, ana, change(cue, text="Same"))
    again = edit(draft, ana, change(cue, text="Same"))
    assert (again["conflicts"], again["version"]) == ([], first["version"])


def test_start_and_end_that_pass_each_other_conflict(draft: SubtitleDraft, ana: Linguist) -> None:
    cue = cue_of(draft, 2)  # From 4 to 5 seconds.
    edit(draft, ana, change(cue, start=4800))
    answer = edit(draft, ana, change(cue, end=4500, text="New"))
    assert answer["conflicts"][0]["yours"] == {"end": 4500}
    found = drafts.document(draft).cues[1]
    assert (found.start_ms, found.end_ms, found.text) == (4800, 5000, "New")


def test_words_for_a_deleted_cue_and_the_deletion_of_a_changed_one_are_handed_back(
    draft: SubtitleDraft, ana: Linguist
) -> None:
    second, third = cue_of(draft, 2), cue_of(draft, 3)
    edit(draft, ana, change(second, gone=True), change(third, text="Worked on"))
    answer = edit(draft, ana, change(second, text="Too late"), change(third, gone=True))
    assert [c["yours"] for c in answer["conflicts"]] == [{"text": "Too late"}, {"gone": True}]
    assert answer["conflicts"][0]["theirs"]["gone"]
    assert texts(draft) == ["Cue 1", "Worked on", "Cue 4", "Cue 5"]
    back = answer["conflicts"][0]["theirs"]
    edit(draft, ana, change(back, gone=False, text="Too late"))
    assert texts(draft)[1] == "Too late"


def test_a_cue_that_only_moved_can_still_be_deleted(draft: SubtitleDraft, ana: Linguist) -> None:
    cue = cue_of(draft, 2)
    edit(draft, ana, change(cue, position=cue["position"] + 1))
    assert edit(draft, ana, change(cue, gone=True))["conflicts"] == []


def test_both_halves_of_a_split_are_made_or_none(draft: SubtitleDraft, ana: Linguist) -> None:
    cue, following = cue_of(draft, 2), cue_of(draft, 3)
    half = {"position": (cue["position"] + following["position"]) / 2, "start": 4500, "end": 5000, "text": "half"}
    split = [
        change(cue, end=4500, text="One", together="split"),
        {"key": "new", "id": None, "together": "split", **half},
    ]
    edit(draft, ana, change(cue, text="Somebody else's"))
    answer = edit(draft, ana, *split)
    assert [conflict["key"] for conflict in answer["conflicts"]] == [str(cue["id"]), "new"]
    assert answer["conflicts"][1]["theirs"] is None
    assert answer["saved"] == []
    assert len(texts(draft)) == 5
    split[0] |= change(wire.cue(db.session.get(DraftCue, cue["id"])))
    assert edit(draft, ana, *split)["conflicts"] == []
    assert texts(draft)[1:3] == ["One", "half"]


def test_a_call_that_is_sent_twice_makes_a_cue_once(draft: SubtitleDraft, ana: Linguist) -> None:
    cue = cue_of(draft, 5)
    call = [
        change(cue, text="One", end=10_500, together="s"),
        {"key": "0123456789abcdef", "id": None, "position": 1e6, "start": 10_500, "end": 11_000, "text": "half",
         "together": "s"},
    ]  # fmt: skip
    first, second = edit(draft, ana, *call), edit(draft, ana, *call)
    assert [row["id"] for row in first["saved"]] == [row["id"] for row in second["saved"]]
    assert (second["conflicts"], second["version"]) == ([], first["version"])
    assert texts(draft)[-2:] == ["One", "half"]


def test_two_who_split_at_one_place_both_have_their_cue_and_room_behind_it(draft: SubtitleDraft, ana: Linguist) -> None:
    left, right = cue_of(draft, 1), cue_of(draft, 2)
    for key in ("first", "second"):
        edit(draft, ana, {"key": key, "position": (left["position"] + right["position"]) / 2, "start": 0, "end": 1,
                          "text": key})  # fmt: skip
    assert texts(draft)[:4] == ["Cue 1", "first", "second", "Cue 2"]
    positions = [row.position for row in contents.rows_of(draft)]
    assert positions == [(at + 1) * contents.SPACING for at in range(len(positions))]


def test_halves_never_run_out(draft: SubtitleDraft, ana: Linguist) -> None:
    expected = ["Cue 1"]
    for number in range(60):
        rows = contents.rows_of(draft)
        at = [row.text for row in rows].index("Cue 2")
        place = (rows[at - 1].position + rows[at].position) / 2
        edit(draft, ana, {"key": "n", "position": place, "start": 0, "end": 1, "text": f"n{number}"})
        expected.append(f"n{number}")
    assert texts(draft)[:61] == expected


def test_what_a_reader_hears_since_a_version_is_what_changed(draft: SubtitleDraft, ana: Linguist) -> None:
    whole = wire.since(draft, 0, ana)
    assert (len(whole["cues"]), whole["state"], whole["cues"][0]["block"]) == (6, "in-review", True)
    answer = edit(draft, ana, change(cue_of(draft, 2), gone=True), change(cue_of(draft, 3), text="Drei"))
    news = wire.since(draft, whole["version"], ana)
    assert [(cue["text"], cue["gone"]) for cue in news["cues"]] == [("Cue 2", True), ("Drei", False)]
    assert news["version"] == answer["version"] == whole["version"] + 1
    assert wire.since(draft, news["version"], ana)["cues"] == []


# Around an edit.


def test_an_edit_is_credited_by_the_state_and_an_old_revision_renewed_before_it(
    draft: SubtitleDraft, ana: Linguist
) -> None:
    edit(draft, ana, change(cue_of(draft, 1), text="One"))
    assert [(credit.part.value, credit.name) for credit in thanks.of(draft)] == [("reviewed", "Ana")]
    with clock.stopped_at(NOON + timedelta(minutes=9)):
        edit(draft, ana, change(cue_of(draft, 2), text="Two"))
        assert len(revisions.of(draft)) == 1
    with clock.stopped_at(NOON + timedelta(minutes=10)):
        edit(draft, ana, change(cue_of(draft, 3), text="Three"))
    newest = revisions.of(draft)[0]
    assert newest.cause is RevisionCause.BY_ITSELF
    assert "Two" in newest.webvtt
    assert "Three" not in newest.webvtt


@pytest.mark.parametrize("state", [DraftState.APPROVED, DraftState.PUBLISHED])
def test_what_is_approved_is_not_edited(draft: SubtitleDraft, ana: Linguist, state: DraftState) -> None:
    draft.state = state
    db.session.flush()
    with pytest.raises(contents.ClosedError):
        edit(draft, ana, change(cue_of(draft, 1), text="One"))


def test_who_is_here_and_where_until_they_are_silent(draft: SubtitleDraft, ana: Linguist) -> None:
    ion = make_linguist(draft.session.event, name="Ion")
    presence.note(draft, ion, 3)
    presence.note(draft, ion, 4)
    assert presence.others(draft, ana) == [("Ion", 4)]
    assert presence.others(draft, ion) == []
    with clock.stopped_at(NOON + timedelta(seconds=presence.AWAY_AFTER + 1)):
        assert presence.others(draft, ana) == []


# What is refused, with nothing saved.


@pytest.mark.parametrize(("fields", "said"), [
    ({"start": -1}, "between 0 and 100 hours"), ({"end": 360_000_001}, "between 0 and 100 hours"),
    ({"start": 1.5}, "whole milliseconds"), ({"start": "1"}, "whole milliseconds"), ({"start": True}, "milliseconds"),
    ({"start": None}, "milliseconds"),
    ({"start": 9000}, "ends after it begins"), ({"start": 7, "end": 7}, "ends after"),
    ({"text": 5}, "is a string"), ({"text": None}, "is a string"), ({"text": "ș" * 1025}, "2 KB"),
    ({"settings": "line:0 --> x"}, "one line"), ({"identifier": "x" * 501}, "one line"),
    ({"position": "1"}, "a number"), ({"position": 10**400}, "a number"), ({"gone": 1}, "true or false"),
    ({"source": "x"}, "number of a cue"), ({"source": 999_999}, "not of the draft that is translated"),
    ({"version": "x"}, "based on"), ({"was": []}, ""), ({"was": "x"}, "based on"), ({"id": 10**12}, "number of a cue"),
    ({"id": 999_999}, "not of this draft"), ({"key": "x" * 65}, "short name"), ({"key": {}}, "short name"),
    ({"together": 5}, "based on"),
])  # fmt: skip
def test_a_bad_value_is_named_and_nothing_is_saved(
    draft: SubtitleDraft, ana: Linguist, fields: dict[str, Any], said: str
) -> None:
    if fields == {"was": []}:
        assert edit(draft, ana, change(cue_of(draft, 2), text="x") | fields)["conflicts"] == []
        return
    good = change(cue_of(draft, 1), text="Good")
    found = faults(draft, ana, good, change(cue_of(draft, 2)) | fields)
    assert len(found) == 1
    assert said in found[0][1]


def test_a_call_that_makes_no_sense_is_refused_as_a_whole(draft: SubtitleDraft, ana: Linguist) -> None:
    for data in (b"", b"{", b"[]", b"5", b"null", b'{"changes": {}}', b'{"changes": [5]}', b'{"at": "x"}', b"\xff\xfe",
                 b'{"changes": [{"id": 1, "position": NaN}]}', b'{"at": Infinity}', b"[" * 100_000,
                 b'{"changes": [{"id": 1}, {"id": 1}]}', b'{"changes": [{"key": "a"}]}'):  # fmt: skip
        with pytest.raises(changes.FaultyError):
            changes.read(data)
    assert faults(draft, ana, *[{"key": "n", "position": 1, "start": 0, "end": 1}] * 501)[0][1].startswith(
        "At most 500"
    )


def test_a_cue_of_another_draft_is_not_touched(draft: SubtitleDraft, ana: Linguist) -> None:
    other = beginning.translation(draft, "ro", "Ion")
    db.session.commit()
    foreign = wire.cue(contents.rows_of(other)[1])
    assert faults(draft, ana, change(foreign, text="x"))[0][1] == "This cue is not of this draft."
    own = wire.cue(contents.rows_of(draft)[1])
    assert edit(other, ana, change(foreign, source=own["id"], text="Unu"))["saved"][0]["cue"]["source"] == own["id"]
    assert "not of the draft that is translated" in faults(other, ana, change(foreign, source=foreign["id"]))[0][1]


def test_text_is_kept_so_that_a_file_can_hold_it(draft: SubtitleDraft, ana: Linguist) -> None:
    hard = "</script>\u0000\ud800 <b>x</b>\r\n\r\n--> 00:01\u2028  \nlast "
    edit(draft, ana, change(cue_of(draft, 2), text=hard))
    assert texts(draft)[1] == "</script> <b>x</b>\n--&gt; 00:01\nlast "
    revisions.make(draft, RevisionCause.SAVED)
    assert revisions.of(draft)[0].webvtt.count("-->") == 5


@pytest.mark.parametrize(("text", "good"), [
    ("STYLE\n::cue { color: red }", True), ("NOTE", True), ("NOTES", False), ("::cue {}", False), ("", False),
    ("NOTE\n\nmore", True),
])  # fmt: skip
def test_a_block_is_one_that_the_standard_knows(draft: SubtitleDraft, ana: Linguist, text: str, good: bool) -> None:
    block = {"key": "b", "block": True, "position": 1, "text": text}
    if good:
        assert edit(draft, ana, block)["saved"][0]["cue"]["block"]
    else:
        assert "STYLE, REGION or NOTE" in faults(draft, ana, block)[0][1]


# Cost.


def test_an_edit_asks_the_same_of_a_draft_of_two_thousand_cues(app: Flask, statements: list[str]) -> None:
    asked = []
    for number in (5, 2000):
        lines = "".join(
            f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> 99:00:00.000\n{n}\n\n" for n in range(number)
        )
        draft = beginning.from_file(make_session(make_event()), "en", f"WEBVTT\n\n{lines}".encode(), "Ana")
        ana = make_linguist(draft.session.event)
        cue = wire.cue(contents.rows_of(draft)[2])
        db.session.commit()
        statements.clear()
        half = {"key": "n", "position": cue["position"] + 1, "start": 1, "end": 2, "text": "half"}
        edit(draft, ana, change(cue, text="One"), half, at=cue["id"])
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 12
