"""The demonstration keeps the rules that the site keeps."""

import pytest
import sqlalchemy as sa

from app.cli import demo
from app.events.models import Event
from app.extensions import db
from app.languages.captions import cues
from app.languages.models import CaptionStream, DraftState, SubtitleDraft, SubtitleFile
from app.languages.rota import conflicts, telling
from app.languages.rota import material as materials
from app.lib import clock
from app.mail import copies, outbox
from app.mail.models import Letter, LetterState
from app.registration.models import Answering, Booking, Places, Registration, RegistrationState, Reply
from app.reminders import messages
from app.reminders.models import Message, MessageState
from app.schedule.models import FormerSession

pytestmark = pytest.mark.usefixtures("app")


def test_its_people_are_in_every_state_counted_rightly_and_nobody_writes_to_them() -> None:
    demo.load()
    states = set(db.session.scalars(sa.select(Registration.state)))
    assert states == set(RegistrationState)
    for line in db.session.scalars(sa.select(Places)):
        rows: list[Registration] | list[Booking]
        if line.event_id is not None:
            rows = list(db.session.scalars(sa.select(Registration).where(Registration.event_id == line.event_id)))
        else:
            rows = list(db.session.scalars(sa.select(Booking).where(Booking.session_id == line.session_id)))
        assert line.taken == sum(row.holds_place for row in rows)
    assert set(outbox.sweep()) == {LetterState.DROPPED}


def test_its_letters_met_every_fate_and_what_was_said_can_be_read() -> None:
    demo.load()
    sent, planned = db.session.scalars(sa.select(Message).order_by(Message.id)).all()
    fates = messages.progress_of(sent).fates
    assert set(+fates) == {
        LetterState.SENT, LetterState.BOUNCED, LetterState.FAILED, LetterState.UNSURE, LetterState.DROPPED,
    }  # fmt: skip
    assert fates.total() == sent.recipients
    letter = db.session.scalars(sa.select(Letter).where(Letter.state == LetterState.BOUNCED)).one()
    copy = copies.of(letter)
    assert copy is not None
    assert letter.recipient_name in copy.text
    assert planned.state is MessageState.SCHEDULED
    # A session that became part of another leads there, and three people are told.
    assert db.session.scalars(sa.select(FormerSession)).one().became is not None
    assert {each.partstat for each in db.session.scalars(sa.select(Reply))} == set(Answering)


def test_loading_it_again_changes_nothing() -> None:
    demo.load()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Registration))
    demo.load()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) == before


def test_its_languages_are_at_every_stage_and_keep_the_rules() -> None:
    demo.load()
    for slug in ("occupy-library-next", "dialogue-competencies"):
        event = db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()
        # One keynote has nobody for Russian; whoever is in the rota was told so.
        assert {conflict.kind for conflict in conflicts.of(materials.of(event))} <= {conflicts.Kind.NOBODY}
        assert telling.to_tell(event) == []

    streams = db.session.scalars(sa.select(CaptionStream)).all()
    arabic, english = sorted(streams, key=lambda stream: stream.track.language)
    session = english.track.session
    assert session.starts_at is not None
    assert session.ends_at is not None
    assert session.starts_at < clock.now() < session.ends_at
    assert (arabic.track.language, arabic.source) == ("ar", english)
    said, translated = cues.spoken(english), cues.spoken(arabic)
    assert len(said) == english.version == english.places
    assert [cue.source_id for cue in translated] == [cue.id for cue in said[: len(translated)]]

    drafts = {draft.state for draft in db.session.scalars(sa.select(SubtitleDraft))}
    assert drafts == {DraftState.PUBLISHED, DraftState.TRANSLATING, DraftState.IN_REVIEW}
    assert all(file.credits for file in db.session.scalars(sa.select(SubtitleFile)))
