"""Three editors in one draft, each with news of its own age, whatever they do in whatever order.

The model knows of every field what it was last accepted to be. No accepted change is ever lost, versions rise, and
whoever asks for what changed since the last time ends with the cues that the database has.
"""

import json
import os
from itertools import pairwise
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.extensions import db
from app.languages.formats import webvtt
from app.languages.models import DraftCue, Linguist, SubtitleDraft
from app.languages.workbench import beginning, changes, contents, editing, revisions, wire
from tests.factories import make_event, make_linguist, make_session

SOAK = bool(os.environ.get("SOAK"))
EXAMPLES, STEPS = (300, 60) if SOAK else (6, 25)
EDITORS = 3
FIELDS = ("start", "end", "text", "position", "gone")

Cue = dict[str, Any]
_who, _which, _words = st.integers(0, EDITORS - 1), st.integers(0, 20), st.sampled_from(["one", "two", "a\nb", ""])


class Editors(RuleBasedStateMachine):
    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    @initialize()
    def begin(self) -> None:
        lines = b"".join(b"00:%02d.000 --> 00:%02d.000\nCue %d\n\n" % (n * 4, n * 4 + 2, n) for n in range(5))
        event = make_event()
        self.draft: SubtitleDraft = beginning.from_file(make_session(event), "en", b"WEBVTT\n\n" + lines, "Ana")
        self.people: list[Linguist] = [make_linguist(event) for _ in range(EDITORS)]
        db.session.commit()
        self.seen: list[dict[int, Cue]] = [{} for _ in range(EDITORS)]
        self.since = [0] * EDITORS
        self.accepted: dict[int, Cue] = {}
        """By cue: the fields as they were last accepted."""
        self.versions = [self.draft.version]
        self.made = 0
        for who in range(EDITORS):
            self.poll(who)

    # What an editor does.

    @rule(who=_who)
    def poll(self, who: int) -> None:
        news = wire.since(self.draft, self.since[who], self.people[who])
        self.since[who] = news["version"]
        for cue in news["cues"]:
            assert cue["version"] >= self.seen[who].get(cue["id"], cue)["version"]
            self.seen[who][cue["id"]] = cue

    @rule(who=_who, which=_which, words=_words)
    def write(self, who: int, which: int, words: str) -> None:
        if cue := self._cue(who, which):
            self._send(who, self._change(cue, text=words))

    @rule(who=_who, which=_which, start=st.integers(-3, 3), end=st.integers(-3, 3))
    def time(self, who: int, which: int, start: int, end: int) -> None:
        if cue := self._cue(who, which):
            fields = {"start": cue["start"] + 500 * start, "end": cue["end"] + 500 * end}
            fields = {name: value for name, value in fields.items() if value != cue[name]}
            if 0 <= fields.get("start", cue["start"]) < fields.get("end", cue["end"]):
                self._send(who, self._change(cue, **fields))

    @rule(who=_who, which=_which)
    def delete(self, who: int, which: int) -> None:
        if cue := self._cue(who, which):
            self._send(who, self._change(cue, gone=True))

    @rule(who=_who, which=_which, repeated=st.booleans())
    def split(self, who: int, which: int, repeated: bool) -> None:
        cue = self._cue(who, which)
        if cue is None or cue["end"] - cue["start"] < 2:
            return
        later = [other["position"] for other in self._here(who) if other["position"] > cue["position"]]
        middle = (cue["start"] + cue["end"]) // 2
        self.made += 1
        call = [
            self._change(cue, end=middle, text=cue["text"][:2], together="split"),
            {"key": f"a name that is long {self.made}", "id": None, "together": "split", "start": middle,
             "end": cue["end"], "text": cue["text"][2:],
             "position": (cue["position"] + min(later, default=cue["position"] + 2)) / 2},
        ]  # fmt: skip
        first = self._send(who, *call)
        if repeated and not first["conflicts"]:
            again = self._send(who, *call)
            assert [row["id"] for row in again["saved"]] == [row["id"] for row in first["saved"]]
            assert (again["version"], again["conflicts"]) == (first["version"], [])

    @rule(who=_who, which=_which)
    def merge(self, who: int, which: int) -> None:
        here = self._here(who)
        at = which % len(here) if here else 0
        if at + 1 < len(here):
            left, right = here[at : at + 2]
            text = f"{left['text']}\n{right['text']}".strip("\n")[:80]
            end = max(left["end"], right["end"])
            self._send(who, self._change(left, text=text, end=end, together="merge"),
                       self._change(right, gone=True, together="merge"))  # fmt: skip

    @rule(who=_who, by=st.integers(1, 2000))
    def shift(self, who: int, by: int) -> None:
        moved = [self._change(cue, start=cue["start"] + by, end=cue["end"] + by) for cue in self._here(who)]
        if moved:
            self._send(who, *moved)

    @rule(who=_who, which=_which)
    def restore(self, who: int, which: int) -> None:
        kept = revisions.of(self.draft)
        revision = kept[which % len(kept)]
        before = webvtt.write(contents.document(self.draft))
        made = revisions.restore(revision, self.people[who])
        db.session.commit()
        assert made.webvtt == revision.webvtt
        assert before in [each.webvtt for each in revisions.of(self.draft)]  # Nothing is lost by it.
        self.versions.append(self.draft.version)
        self.accepted = {row.id: self._fields(row) for row in self._rows()}

    # How it asks.

    def _here(self, who: int) -> list[Cue]:
        there = (cue for cue in self.seen[who].values() if not cue["gone"])
        return sorted(there, key=lambda cue: (cue["position"], cue["id"]))

    def _cue(self, who: int, which: int) -> Cue | None:
        here = self._here(who)
        return here[which % len(here)] if here else None

    def _change(self, cue: Cue, **fields: Any) -> dict[str, Any]:
        return {"key": str(cue["id"]), "id": cue["id"], "version": cue["version"], "was": cue, **fields}

    def _send(self, who: int, *wanted: dict[str, Any]) -> dict[str, Any]:
        before = {row.id: self._fields(row) for row in self._rows()}
        call = changes.read(json.dumps({"at": None, "changes": wanted}).encode())
        answer = wire.outcome(editing.edit(self.draft, call, self.people[who]))
        db.session.commit()
        held = {conflict["key"]: conflict["yours"] for conflict in answer["conflicts"]}
        after = {row.id: self._fields(row) for row in self._rows()}
        numbers = {row["key"]: row["id"] for row in answer["saved"]}
        for change in wanted:
            number = change["id"] or numbers.get(change["key"])
            fields = {name: change[name] for name in FIELDS if name in change}
            agreed = {name: value for name, value in fields.items() if name not in held.get(change["key"], {})}
            # All that was asked for is either there or handed back.
            if number is not None and change["key"] in numbers and change["id"]:
                assert {name: after[number][name] for name in agreed} == agreed
            # What another accepted meanwhile is never overwritten.
            for name in agreed if change["id"] else ():
                if before[number][name] != change["was"][name]:
                    assert before[number][name] == change[name]
        # What is tied together is made all or none, and words for what is deleted are handed back.
        torn = {change.get("together") for change in wanted if change["key"] in held} - {None}
        assert all(change["key"] in held for change in wanted if change.get("together") in torn)
        for change in wanted:
            if change["id"] and before[change["id"]]["gone"] and not change["was"]["gone"]:
                asked_for = {name: change[name] for name in FIELDS if name in change}
                assert change["key"] in held or asked_for == {name: before[change["id"]][name] for name in asked_for}
        # Nobody else's fields have changed.
        asked = {(change["id"], name) for change in wanted for name in FIELDS if name in change}
        for number, fields in before.items():
            for name in set(FIELDS) - {"position"}:
                if (number, name) not in asked:
                    assert after[number][name] == fields[name]
        assert (answer["version"] > self.versions[-1]) == (after != before)
        self.accepted = after
        self.versions.append(answer["version"])
        return answer

    def _rows(self) -> list[DraftCue]:
        return contents.rows_of(self.draft, gone=True)

    def _fields(self, row: DraftCue) -> Cue:
        cue = wire.cue(row)
        return {name: cue[name] for name in FIELDS}

    # What always holds.

    @invariant()
    def what_was_accepted_is_there(self) -> None:
        if getattr(self, "accepted", None):
            assert {row.id: self._fields(row) for row in self._rows()} == self.accepted

    @invariant()
    def versions_rise(self) -> None:
        assert all(earlier <= later for earlier, later in pairwise(getattr(self, "versions", ())))

    @invariant()
    def every_cue_ends_after_it_begins_and_can_be_written(self) -> None:
        if hasattr(self, "draft"):
            rows = contents.rows_of(self.draft)
            assert all(row.start_ms < row.end_ms for row in rows)
            text = webvtt.write(contents.document(self.draft))
            assert webvtt.parse(webvtt.lines_of(text)).blocks == contents.document(self.draft).blocks

    def teardown(self) -> None:
        if hasattr(self, "draft"):
            there = [wire.cue(row) for row in contents.rows_of(self.draft)]
            for who in range(EDITORS):
                self.poll(who)
                assert self._here(who) == there
        db.session.rollback()
        db.session.expunge_all()


def test_three_editors_lose_nothing_and_end_with_the_same_cues(app: Flask) -> None:
    run_state_machine_as_test(
        lambda: Editors(app),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
