"""The form of an event: its settings and its questions, and how organisers change them.

Nothing is stored until an organiser changes something or somebody answers. From the first reply on, words can be
mended and nothing else: what people have said keeps its meaning.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.events import service as events
from app.events.models import Event
from app.extensions import db, insert_into
from app.feedback import defaults
from app.feedback.models import About, AnswerKind, FeedbackForm, FeedbackQuestion, FeedbackReply, Option
from app.lib.text import Translated
from app.lib.tokens import new_token
from app.people import audit
from app.people.models import Account

Written = Sequence[tuple[str | None, Translated]]
"""The options of a question as they shall be: the key of one that exists, or None, and its words."""


class Answered(Exception):  # noqa: N818 - news for the organiser
    """There are replies, so this cannot change any more."""


def form_of(event: Event) -> FeedbackForm:
    """What the organisers set, or what holds where they set nothing (not stored)."""
    return db.session.get(FeedbackForm, event.id) or defaults.form(event)


def questions_of(event: Event) -> list[FeedbackQuestion]:
    """About the event, then about sessions, each in the organisers' order."""
    if db.session.get(FeedbackForm, event.id) is None:
        return defaults.questions(event)
    asked = sa.select(FeedbackQuestion).where(FeedbackQuestion.event_id == event.id)
    found = db.session.scalars(asked.order_by(FeedbackQuestion.position, FeedbackQuestion.id)).all()
    return sorted(found, key=lambda question: question.about is About.SESSION)


def question_of(event: Event, key: str) -> FeedbackQuestion | None:
    return next((question for question in questions_of(event) if question.key == key), None)


def has_replies(event: Event) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(FeedbackReply.event_id == event.id))))


def settled(event: Event, *, to_change: bool = False) -> FeedbackForm:
    """Stores the form as it is, and keeps organisers from changing it before this transaction has ended.

    `to_change`: an organiser's own transaction, which waits for the replies under way.
    """
    new = insert_into(FeedbackForm).values(event_id=event.id).on_conflict_do_nothing().returning(FeedbackForm.event_id)
    if db.session.scalar(new) is not None:
        db.session.add_all(defaults.questions(event))
        db.session.flush()
    stored = sa.select(FeedbackForm).where(FeedbackForm.event_id == event.id).with_for_update(read=not to_change)
    return db.session.scalars(stored.execution_options(populate_existing=True)).one()


def change_form(event: Event, by: Account, **facts: Any) -> None:
    """Raises Answered when it is anonymity that shall change after somebody has answered."""
    form = settled(event, to_change=True)
    if facts.get("is_anonymous", form.is_anonymous) != form.is_anonymous and has_replies(event):
        raise Answered
    if changed := events.change(form, facts):
        audit.record(by, "feedback.changed", events.subject(event), changed=", ".join(changed))
    db.session.flush()


def add(
    event: Event, by: Account, about: About, kind: AnswerKind, options: Written = (), **facts: Any
) -> FeedbackQuestion:  # fmt: skip
    """A new question, the last of those about the same thing. Raises Answered."""
    _unanswered(event)
    position = 1 + max((question.position for question in questions_of(event)), default=0)
    question = FeedbackQuestion(
        event_id=event.id, about=about, kind=kind, options=_as_options(options), position=position, **facts
    )
    db.session.add(question)
    db.session.flush()
    audit.record(by, "feedback.question-added", _subject(event, question), label=dict(question.label))
    return question


def update(event: Event, by: Account, key: str, options: Written = (), **facts: Any) -> None:
    """Mends the words, or changes the options. Raises Answered when replies may name one that would go or come."""
    settled(event, to_change=True)
    question = question_of(event, key)
    if question is None:
        return
    written = _as_options(options)
    if [option["key"] for option in written] != [option["key"] for option in question.options] and has_replies(event):
        raise Answered
    if changed := events.change(question, facts | {"options": written}):
        subject = _subject(event, question)
        audit.record(by, "feedback.question-edited", subject, label=dict(question.label), changed=changed)
    db.session.flush()


def move(event: Event, key: str, by: int) -> None:
    """Up (-1) or down (1) among those about the same thing. Raises Answered."""
    _unanswered(event)
    questions = questions_of(event)
    if question := next((each for each in questions if each.key == key), None):
        events.move([each for each in questions if each.about is question.about], question, by)


def remove(event: Event, by: Account, key: str) -> None:
    """Raises Answered."""
    _unanswered(event)
    if question := question_of(event, key):
        audit.record(by, "feedback.question-removed", _subject(event, question), label=dict(question.label))
        db.session.delete(question)
        db.session.flush()


def _unanswered(event: Event) -> None:
    settled(event, to_change=True)
    if has_replies(event):
        raise Answered


def _as_options(written: Written) -> list[Option]:
    return [{"key": key or new_token()[:12], "label": dict(label)} for key, label in written]


def _subject(event: Event, question: FeedbackQuestion) -> str:
    return events.subject(event, f"feedback-question:{question.id}")
