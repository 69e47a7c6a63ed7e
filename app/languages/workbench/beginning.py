"""How a draft begins: empty, from a file, from what was published, from the live captions, or as a translation."""

import sqlalchemy as sa

from app.extensions import db, lock_row
from app.languages import subtitles
from app.languages.captions import writing
from app.languages.formats.intake import take_in
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.webvtt import Document
from app.languages.models import (
    CaptionCue,
    CaptionStream,
    CreditPart,
    CueState,
    DraftCue,
    DraftState,
    LanguageTrack,
    Linguist,
    RevisionCause,
    SubtitleDraft,
    SubtitleFile,
)
from app.languages.workbench import contents, drafts, revisions, thanks
from app.lib import clock
from app.schedule.models import EventSession

QUIET_MINUTES = 5
"""After a session's end, and after its last caption, until its captions become a draft."""


class DraftExistsError(Exception):
    """The session has a draft in this language; it stands in `draft`."""

    def __init__(self, draft: SubtitleDraft) -> None:
        super().__init__(draft.id)
        self.draft = draft


def empty(session: EventSession, language: str, by: str) -> SubtitleDraft:
    """Raises DraftExistsError, as all of these do."""
    draft = _new(session, language, DraftState.TRANSCRIBING)
    revisions.make(draft, RevisionCause.BEGUN, by)
    return draft


def from_file(session: EventSession, language: str, data: bytes, by: str) -> SubtitleDraft:
    """From subtitles in any format, or from a transcript in plain text, which is to be timed. Raises RefusedError."""
    taken = take_in(data, language, plain_text=True)
    is_timed = all(remark.said is not Said.NO_TIMES for remark in taken.remarks)
    draft = _new(session, language, DraftState.IN_REVIEW if is_timed else DraftState.TIMING)
    _fill(draft, taken.document, RevisionCause.TAKEN_IN, by, taken.remarks)
    return draft


def from_published(file: SubtitleFile, by: str) -> SubtitleDraft:
    """To correct it."""
    draft = _new(file.session, file.language, DraftState.IN_REVIEW)
    _fill(draft, subtitles.document_of(file), RevisionCause.TAKEN_IN, by)
    for part, name in file.credits:
        thanks.give_again(draft, CreditPart(part), name)
    return draft


def translation(source: SubtitleDraft, language: str, by: str) -> SubtitleDraft:
    """The cues of another draft with their times, each beside the one it is to translate, without words yet."""
    draft = _new(source.session, language, DraftState.TRANSLATING, source)
    version = contents.advance(draft)
    draft.head = source.head
    for row in contents.rows_of(source):
        facts = contents.facts_of(contents.block_of(row))
        text = row.text if row.is_block else ""
        db.session.add(DraftCue(draft_id=draft.id, position=row.position, source_cue_id=row.id, version=version,
                                changed_by=by[:200], **(facts | {"text": text})))  # fmt: skip
    db.session.flush()
    revisions.make(draft, RevisionCause.BEGUN, by)
    return draft


def from_captions(stream: CaptionStream, by: str = "") -> SubtitleDraft:
    """What was captioned while the session ran, with the names of who typed it."""
    track = stream.track
    source = drafts.find(track.session, stream.source.track.language) if stream.source else None
    state = DraftState.TRANSLATING if stream.source else DraftState.TRANSCRIBING
    draft = _new(track.session, track.language, state, source)
    _fill(draft, writing.document(stream), RevisionCause.CAPTIONS, by)
    if source is not None:
        _put_beside(draft, source, stream)
    part = CreditPart.TRANSLATED if stream.source else CreditPart.TRANSCRIBED
    for linguist in _typists(stream):
        thanks.give(draft, linguist, part)
    stream.drafted_at = clock.now()
    db.session.flush()
    return draft


def take_into(draft: SubtitleDraft, data: bytes, by: Linguist) -> list[Remark]:
    """A file in the place of all that a draft holds, which stays as a revision. Raises RefusedError, ClosedError."""
    taken = take_in(data, draft.language, plain_text=True)
    contents.lock(draft)
    revisions.keep_what_is_there(draft)
    _fill(draft, taken.document, RevisionCause.TAKEN_IN, by.name, taken.remarks)
    thanks.give_for_edit(draft, by)
    return taken.remarks


def due() -> list[CaptionStream]:
    """Streams of sessions that are over, with captions that nobody has begun to turn into subtitles.

    What was translated comes after what it translates. Of machine translation no draft is made: it can be made anew.
    """
    quiet_since = clock.ago(minutes=QUIET_MINUTES)
    final = sa.exists().where(CaptionCue.stream_id == CaptionStream.id, CaptionCue.state == CueState.FINAL)
    begun = sa.exists().where(
        SubtitleDraft.session_id == LanguageTrack.session_id, SubtitleDraft.language == LanguageTrack.language
    )
    return list(
        db.session.scalars(
            sa.select(CaptionStream)
            .join(CaptionStream.track)
            .join(LanguageTrack.session)
            .where(
                CaptionStream.drafted_at.is_(None), CaptionStream.by_machine.is_(False),
                CaptionStream.changed_at <= quiet_since, EventSession.ends_at <= quiet_since, final, ~begun,
            )
            .order_by(CaptionStream.source_id.is_not(None), CaptionStream.id)
        )
    )  # fmt: skip


def begin_due(stream: CaptionStream) -> SubtitleDraft | None:
    """A draft of one of `due`, if nobody else was faster."""
    lock_row(stream)
    if stream.drafted_at is not None:
        return None
    try:
        return from_captions(stream)
    except DraftExistsError:
        return None


def _new(session: EventSession, language: str, state: DraftState, source: SubtitleDraft | None = None) -> SubtitleDraft:
    lock_row(session)
    if found := drafts.find(session, language):
        raise DraftExistsError(found)
    draft = SubtitleDraft(session=session, language=language, state=state, source=source)
    db.session.add(draft)
    db.session.flush()
    return draft


def _fill(
    draft: SubtitleDraft, document: Document, cause: RevisionCause, by: str, remarks: list[Remark] | None = None
) -> None:
    contents.replace(draft, document, by)
    revisions.make(draft, cause, by, remarks)


def _put_beside(draft: SubtitleDraft, source: SubtitleDraft, stream: CaptionStream) -> None:
    """Each cue beside the one it translates: in a draft from captions, a cue has its caption's number as identifier."""
    captions = sa.select(CaptionCue.id, CaptionCue.source_id).where(CaptionCue.stream_id == stream.id)
    translated = {str(number): str(of) for number, of in db.session.execute(captions)}
    rows = {row.identifier: row.id for row in contents.rows_of(source)}
    for row in contents.rows_of(draft):
        row.source_cue_id = rows.get(translated.get(row.identifier, ""))


def _typists(stream: CaptionStream) -> list[Linguist]:
    typed = sa.select(CaptionCue.linguist_id).where(
        CaptionCue.stream_id == stream.id, CaptionCue.state == CueState.FINAL
    )
    return list(db.session.scalars(sa.select(Linguist).where(Linguist.id.in_(typed)).order_by(Linguist.id)))
