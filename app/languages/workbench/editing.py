"""One call of an editor: changes to cues, merged with what others changed since the editor last heard of them.

A call is one transaction under the draft's lock and has one version. A change names the version of the cue that it
is based on, and the fields as they were. Where somebody else changed the same field meanwhile, the change is not
made but handed back beside what is there: nothing of either side is lost, and people decide. Everything else is
saved. Splitting, merging, shifting and stretching are changes of several cues, which can be tied `together`.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.languages.models import DraftCue, Linguist, SubtitleDraft
from app.languages.workbench import contents, positions, revisions, thanks
from app.languages.workbench.changes import LONG_KEY, Call, Change, Fault, FaultyError

CONTENT = ("start_ms", "end_ms", "text", "settings", "identifier")
TIMES = frozenset(("start_ms", "end_ms"))
WRITTEN = frozenset(("text", "settings", "identifier", "is_block"))
EMPTY = {"is_block": False, "is_gone": False, "start_ms": 0, "end_ms": 0, "text": "", "identifier": "", "settings": ""}


class Saved(NamedTuple):
    key: str
    cue: DraftCue


class Conflict(NamedTuple):
    key: str
    cue: DraftCue | None
    """As it is now. None: a new cue, which was tied to a change that conflicts."""
    yours: dict[str, Any]
    """The columns as they were to be."""


class Outcome(NamedTuple):
    version: int
    saved: list[Saved]
    conflicts: list[Conflict]


class Judged(NamedTuple):
    change: Change
    cue: DraftCue | None
    clash: frozenset[str] = frozenset()
    """The columns that somebody else changed otherwise."""
    is_repeated: bool = False
    """A new cue that was made before, when the answer was lost on its way."""

    @property
    def agreed(self) -> dict[str, Any]:
        fields = {} if self.is_repeated else self.change.fields
        return {name: value for name, value in fields.items() if name not in self.clash}

    @property
    def is_news(self) -> bool:
        return self.cue is None or any(getattr(self.cue, name) != value for name, value in self.agreed.items())


def edit(draft: SubtitleDraft, call: Call, by: Linguist) -> Outcome:
    """Raises ClosedError; FaultyError, after which the caller rolls back."""
    contents.lock(draft)
    judged = _judged(draft, call)
    torn = {one.change.together for one in judged if one.clash} - {""}
    judged = [
        one._replace(clash=frozenset(one.change.fields)) if one.change.together in torn else one for one in judged
    ]  # fmt: skip
    saved = _save(draft, [one for one in judged if one.agreed or not one.clash], by)
    conflicts = [
        Conflict(one.change.key, one.cue, {name: v for name, v in one.change.fields.items() if name in one.clash})
        for one in judged if one.clash
    ]  # fmt: skip
    return Outcome(draft.version, saved, conflicts)


def _judged(draft: SubtitleDraft, call: Call) -> list[Judged]:
    present, made = _present(draft, call)
    foreign = [change for change in call.changes if change.cue_id not in present and change.cue_id is not None]
    faults = [Fault(change.key, _l("This cue is not of this draft.")) for change in foreign]
    faults += _refused_sources(draft, call)
    if faults:
        raise FaultyError(*faults)
    judged = []
    for change in call.changes:
        if change.cue_id is not None:
            cue = present[change.cue_id]
            judged.append(Judged(change, cue, _clash(change, cue)))
        else:
            judged.append(Judged(change, made.get(change.key), is_repeated=change.key in made))
    return judged


def _present(draft: SubtitleDraft, call: Call) -> tuple[dict[int, DraftCue], dict[str, DraftCue]]:
    """The cues that are to change, by number; and those that an earlier sending of this call has made, by name."""
    numbers = [change.cue_id for change in call.changes if change.cue_id is not None]
    keys = {c.key for c in call.changes if c.cue_id is None and len(c.key) >= LONG_KEY}
    if not numbers and not keys:
        return {}, {}
    rows = db.session.scalars(
        sa.select(DraftCue)
        .where(DraftCue.draft_id == draft.id, sa.or_(DraftCue.id.in_(numbers), DraftCue.key.in_(keys)))
        .execution_options(populate_existing=True)
    ).all()
    return {row.id: row for row in rows}, {row.key: row for row in rows if row.key in keys and row.key}


def _refused_sources(draft: SubtitleDraft, call: Call) -> list[Fault]:
    named = [(change.key, change.fields.get("source_cue_id")) for change in call.changes]
    wanted = {number for _, number in named if number is not None}
    if not wanted:
        return []
    known = sa.select(DraftCue.id).where(DraftCue.draft_id == draft.source_id, DraftCue.id.in_(wanted))
    strange = wanted - set(db.session.scalars(known))
    message = _l("This cue is not of the draft that is translated.")
    return [Fault(key, message) for key, number in named if number in strange]


def _clash(change: Change, cue: DraftCue) -> frozenset[str]:
    if cue.version <= change.version:
        return frozenset()
    wanted = {name for name, value in change.fields.items() if getattr(cue, name) != value}
    if cue.is_gone and wanted and change.was.get("is_gone") is not True:
        return frozenset(change.fields)  # Words for a cue that somebody deleted.
    if "is_gone" in wanted and any(_is_other(change, cue, name) for name in CONTENT):
        return frozenset(change.fields)  # Somebody worked on what was to be deleted.
    clash = {name for name in wanted if _is_other(change, cue, name)}
    start, end = (change.fields[name] if name in wanted - clash else getattr(cue, name) for name in CONTENT[:2])
    if not cue.is_block and end <= start:
        clash |= wanted & TIMES  # One moved the start and one the end, past each other.
    return frozenset(clash)


def _is_other(change: Change, cue: DraftCue, name: str) -> bool:
    return name not in change.was or bool(change.was[name] != getattr(cue, name))


def _save(draft: SubtitleDraft, judged: list[Judged], by: Linguist) -> list[Saved]:
    if not any(one.is_news for one in judged):
        return [Saved(one.change.key, one.cue) for one in judged if one.cue]
    revisions.keep_now_and_then(draft)
    version = contents.advance(draft)
    saved = []
    faults: list[Fault] = []
    for one in judged:
        cue = one.cue or _new(draft, one.change, version, by)
        contents.put(cue, version, by.name, **one.agreed)
        faults += [Fault(one.change.key, message) for message in _wrong(cue, one.agreed)]
        saved.append(Saved(one.change.key, cue))
    if faults:
        raise FaultyError(*faults)
    db.session.add_all(row for _, row in saved)
    db.session.flush()
    taken = [one.agreed["position"] for one in judged if "position" in one.agreed]
    if taken and positions.keep_apart(draft, taken, version):
        _read_again(saved)
    thanks.give_for_edit(draft, by)
    return saved


def _new(draft: SubtitleDraft, change: Change, version: int, by: Linguist) -> DraftCue:
    key = change.key if len(change.key) >= LONG_KEY else None
    return DraftCue(draft_id=draft.id, key=key, version=version, changed_by=by.name, **(EMPTY | change.fields))


def _wrong(cue: DraftCue, changed: dict[str, Any]) -> list[LazyString]:
    if not cue.is_block and cue.end_ms <= cue.start_ms and (changed.keys() & TIMES or cue.id is None):
        return [_l("A cue ends after it begins.")]
    if cue.is_gone or not changed.keys() & WRITTEN or contents.can_be_written(cue):
        return []
    if cue.is_block:
        return [_l("A block begins with STYLE, REGION or NOTE.")]
    return [_l("A file cannot hold this cue as it is written.")]


def _read_again(saved: list[Saved]) -> None:
    numbers = [row.id for _, row in saved]
    again = sa.select(DraftCue).where(DraftCue.id.in_(numbers)).execution_options(populate_existing=True)
    db.session.scalars(again).all()
