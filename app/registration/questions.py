"""What the form of an event asks, and what people answered.

A question is asked of everyone, or of those who chose a certain option of another one. What is not asked is neither
required nor kept.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.lib.text import is_language, language_name, pick
from app.registration import admission
from app.registration.models import Answer, Need, NeedKind, Question, QuestionKind, QuestionOption, Registration

LONGEST = {QuestionKind.TEXT: 500, QuestionKind.LONG_TEXT: 5000}
LONGEST_NOTE = 500
Wish = tuple[NeedKind, str, str]
"""Kind, language and note of a need."""


def of_event(event: Event) -> list[Question]:
    """In the order of the form: a question stands after the one whose answer brings it up."""
    found = db.session.scalars(
        sa.select(Question)
        .where(Question.event_id == event.id)
        .order_by(Question.position, Question.id)
        .options(orm.selectinload(Question.options))
    ).all()
    under = by_condition(found)
    ordered: list[Question] = []

    def take(questions: Iterable[Question]) -> None:
        for question in questions:
            ordered.append(question)
            for option in question.options:
                take(under.get(option.id, ()))

    take(under.get(None, ()))
    return ordered


def by_condition(questions: Iterable[Question]) -> dict[int | None, list[Question]]:
    """The questions that each option brings up; under None, those that everyone is asked."""
    under: dict[int | None, list[Question]] = defaultdict(list)
    for question in questions:
        under[question.depends_on_id].append(question)
    return dict(under)


def visible(questions: Iterable[Question], answers: Mapping[int, Any]) -> list[Question]:
    """Those that are asked of somebody who gave these answers."""
    chosen: set[int | None] = {None}
    asked = []
    for question in questions:
        if question.depends_on_id in chosen:
            asked.append(question)
            if question.kind.has_options:
                chosen.update(_chosen(answers.get(question.id)))
    return asked


def store(registration: Registration, answers: Mapping[int, Any], needs: Iterable[Wish] = ()) -> None:
    """Replaces what somebody answered. What was not asked, or is no answer to its question, is left out."""
    if not admission.terms(registration.event).asks:
        return
    questions = of_event(registration.event)
    kept = {row.id: fit for row in questions if (fit := _fitting(row, answers.get(row.id))) is not None}
    asked = visible(questions, kept)
    db.session.execute(sa.delete(Answer).where(Answer.registration_id == registration.id))
    db.session.execute(sa.delete(Need).where(Need.registration_id == registration.id))
    given = [
        {"registration_id": registration.id, "question_id": question.id, "value": kept[question.id]}
        for question in asked
        if question.id in kept
    ]
    if given:
        db.session.execute(sa.insert(Answer), given)
    wished = _fitting_needs(needs) if any(row.kind is QuestionKind.NEEDS for row in asked) else []
    if wished:
        db.session.execute(sa.insert(Need), [{"registration_id": registration.id} | row for row in wished])
    db.session.expire(registration, ["answers", "needs"])


def values_of(questions: Sequence[Question], registration_ids: Collection[int]) -> dict[int, dict[int, Any]]:
    """What each of these people answered, by the number of the question; needs stand under theirs as `Wish`es.

    Two queries, however many people; keep it to some thousands at once.
    """
    found: dict[int, dict[int, Any]] = {number: {} for number in registration_ids}
    if not questions:
        return found
    columns = (Answer.registration_id, Answer.question_id, Answer.value)
    for number, question_id, value in db.session.execute(sa.select(*columns).where(Answer.registration_id.in_(found))):
        found[number][question_id] = value
    asks_needs = next((row for row in questions if row.kind is QuestionKind.NEEDS), None)
    if asks_needs is not None:
        wished = sa.select(Need.registration_id, Need.kind, Need.language, Need.note)
        for number, *wish in db.session.execute(wished.where(Need.registration_id.in_(found)).order_by(Need.id)):
            found[number].setdefault(asks_needs.id, []).append(tuple(wish))
    return found


def written(registration: Registration, asked: Sequence[Question], language: str) -> list[tuple[Question, Any, str]]:
    """The questions that this person was asked, what they answered, and that in words."""
    values = values_of(asked, [registration.id])[registration.id]
    shown = visible(asked, values)
    return [(row, values.get(row.id), text_of(row, values.get(row.id), language)) for row in shown]


def text_of(question: Question, value: Any, language: str) -> str:
    """An answer in one line, for tables: options in the language, dates as ISO 8601, files by name."""
    if value is None:
        return ""
    if question.kind.has_options:
        labels = {option.id: pick(option.label, (language,)).text for option in question.options}
        return "; ".join(labels[number] for number in _chosen(value) if number in labels)
    if question.kind is QuestionKind.NEEDS:
        return "; ".join(_wish_in_words(*wish, language) for wish in value)
    if question.kind is QuestionKind.FILE:
        return str(value["name"])
    if question.kind is QuestionKind.CONSENT:
        return _yes(language)
    return str(value)


def answer_of(registration: Registration, question_id: int) -> Answer | None:
    return db.session.get(Answer, (registration.id, question_id))


def number_of_answers(question: Question) -> int:
    """How many people answered a question."""
    if question.kind is QuestionKind.NEEDS:
        wishes = sa.select(sa.func.count(sa.distinct(Need.registration_id))).join(Need.registration)
        return db.session.scalar(wishes.where(Registration.event_id == question.event_id)) or 0
    answers = sa.select(sa.func.count()).select_from(Answer).where(Answer.question_id == question.id)
    return db.session.scalar(answers) or 0


def _chosen(value: Any) -> list[int]:
    """The options that an answer names, be it one or several."""
    return value if isinstance(value, list) else [value] if isinstance(value, int) else []


def _fitting(question: Question, value: Any) -> Any:
    """The value as it is stored, or None when it is no answer to this question."""
    match question.kind:
        case QuestionKind.TEXT | QuestionKind.LONG_TEXT:
            return value[: LONGEST[question.kind]] if isinstance(value, str) and value else None
        case QuestionKind.NUMBER:
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case QuestionKind.CHOICE:
            return value if value in _numbers(question.options) else None
        case QuestionKind.CHOICES:
            given = _chosen(value)
            return [number for number in _numbers(question.options) if number in given] or None
        case QuestionKind.DATE:
            return value if isinstance(value, str) and is_date(value) else None
        case QuestionKind.FILE:
            return value if isinstance(value, dict) and value.keys() == {"key", "name"} else None
        case QuestionKind.CONSENT:
            return True if value is True else None
    return None


def _fitting_needs(needs: Iterable[Wish]) -> list[dict[str, Any]]:
    """One row for each kind and language, in the order given."""
    wished = {
        (NeedKind(kind), language): note[:LONGEST_NOTE]
        for kind, language, note in needs
        if not language or (len(language) <= 35 and is_language(language))
    }
    return [{"kind": kind, "language": language, "note": note} for (kind, language), note in wished.items()]


def _numbers(options: Iterable[QuestionOption]) -> list[int]:
    return [option.id for option in options]


def is_date(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _wish_in_words(kind: NeedKind, tag: str, note: str, language: str) -> str:
    said = ", ".join(part for part in (language_name(tag, language) if tag else "", note) if part)
    with force_locale(language):
        return f"{kind.label}: {said}" if said else kind.label


@lru_cache(maxsize=64)
def _yes(language: str) -> str:
    with force_locale(language):
        return str(_("Yes"))
