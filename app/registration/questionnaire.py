"""How organisers make the questions of a form. Written into the event's trail."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.events import service as events
from app.events.models import Event
from app.extensions import db
from app.lib.text import Translated
from app.people import audit
from app.people.models import Account
from app.registration import questions
from app.registration.models import Answer, Need, Question, QuestionKind, QuestionOption, Registration

Written = Sequence[tuple[int | None, Translated]]
"""The options of a question as they shall be: the number of one that exists, or None, and its words."""


def of_number(event: Event, number: int) -> Question | None:
    return db.session.scalar(sa.select(Question).where(Question.event_id == event.id, Question.id == number))


def add(event: Event, by: Account, kind: QuestionKind, options: Written = (), **facts: Any) -> Question:
    """A new question, the last of those under the same condition."""
    question = Question(event=event, kind=kind, position=_last(event), **facts)
    db.session.add(question)
    _set_options(question, options)
    db.session.flush()
    audit.record(by, "question.added", _subject(question), label=dict(question.label))
    return question


def update(question: Question, by: Account, options: Written | None = None, **facts: Any) -> None:
    """An option that is not written any more goes; answers that named it count as none."""
    before = [(option.id, option.label) for option in question.options]
    changed = events.change(question, facts)
    if options is not None:
        _set_options(question, options)
        if [(option.id, option.label) for option in question.options] != before:
            changed.append("options")
    if changed:
        audit.record(by, "question.edited", _subject(question), label=dict(question.label), changed=changed)
    db.session.flush()


def move(question: Question, by: int) -> None:
    """Up (-1) or down (1) among those that are asked under the same condition."""
    under = questions.by_condition(questions.of_event(question.event))
    events.move(under[question.depends_on_id], question, by)


def remove(question: Question, by: Account) -> None:
    """With the questions that its answers bring up, and with all that was answered."""
    gone = with_dependants(question)
    for row in gone:
        audit.record(by, "question.removed", _subject(row), label=dict(row.label))
    db.session.execute(sa.delete(Answer).where(Answer.question_id.in_([row.id for row in gone])))
    if any(row.kind is QuestionKind.NEEDS for row in gone):
        people = sa.select(Registration.id).where(Registration.event_id == question.event_id)
        db.session.execute(sa.delete(Need).where(Need.registration_id.in_(people)))
    for row in reversed(gone):
        row.depends_on = None
        db.session.delete(row)
        db.session.flush()


def with_dependants(question: Question) -> list[Question]:
    """The question, then those that its answers bring up, and what theirs bring up in turn."""
    options, found = {option.id for option in question.options}, [question]
    for row in questions.of_event(question.event):
        if row.depends_on_id in options:
            found.append(row)
            options.update(option.id for option in row.options)
    return found


def conditions(event: Event, question: Question | None = None) -> list[Question]:
    """The questions whose answers may bring up this one: choices that do not themselves hang on it."""
    own = with_dependants(question) if question else []
    return [row for row in questions.of_event(event) if row.kind.has_options and row not in own]


def _set_options(question: Question, written: Written) -> None:
    known = {option.id: option for option in question.options}
    rows = []
    for position, (number, label) in enumerate(written):
        option = known.get(number) if number else None
        option = option or QuestionOption()
        option.label, option.position = label, position
        rows.append(option)
    question.options = rows
    db.session.flush()


def bringing_up(options: Iterable[QuestionOption]) -> list[QuestionOption]:
    """Those of the options on which another question hangs."""
    numbers = {option.id: option for option in options}
    used = sa.select(Question.depends_on_id).where(Question.depends_on_id.in_(numbers)).distinct()
    return [numbers[number] for number in db.session.scalars(used) if number]


def _last(event: Event) -> int:
    last = sa.select(sa.func.max(Question.position)).where(Question.event_id == event.id)
    return 1 + (db.session.scalar(last) or 0)


def _subject(question: Question) -> str:
    return events.subject(question.event, f"question:{question.id}")
