"""What people reply. Anonymous replies are given once; those that bear a name can be changed until the form closes."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.extensions import db, lock_row
from app.feedback import questionnaire, sections
from app.feedback.models import FeedbackAnswer, FeedbackReceipt, FeedbackReply
from app.feedback.sections import Section
from app.lib.present import chosen
from app.registration.models import Registration
from app.schedule.models import EventSession

Answers = Mapping[int, Any]
"""Values by the number of their question."""


def lock(registration: Registration) -> None:
    """Before a reply is read and written: nobody sends another for this person, nor changes what is asked."""
    lock_row(registration)
    questionnaire.settled(registration.event)


def answered(registration: Registration) -> set[str]:
    """The names of the sections that this person has answered."""
    return set(_receipts(registration))


def open_sections(registration: Registration) -> list[Section]:
    """What this person can answer now: what is over, and was not answered for good."""
    if sections.is_closed(registration.event):
        return []
    found = [section for section in sections.of(registration) if section.is_open]
    if found and questionnaire.form_of(registration.event).is_anonymous:
        done = answered(registration)
        return [section for section in found if section.name not in done]
    return found


def store(registration: Registration, given: Mapping[Section, Answers], language: str) -> None:
    """Writes the replies of sections that are open; the caller has called `lock`. No answers are no reply."""
    is_anonymous = questionnaire.form_of(registration.event).is_anonymous
    for section, answers in given.items():
        if not is_anonymous:
            _take_back(registration, section)
        if answers:
            db.session.add(FeedbackReceipt(registration_id=registration.id, about=section.name))
            reply = FeedbackReply(
                event_id=registration.event_id, session_id=section.session.id if section.session else None,
                registration_id=None if is_anonymous else registration.id, language=language,
            )  # fmt: skip
            reply.answers = [FeedbackAnswer(question_id=number, value=value) for number, value in answers.items()]
            db.session.add(reply)
    db.session.flush()


def stored(registration: Registration) -> dict[str, dict[int, Any]]:
    """What this person answered under their name, by the names of the sections."""
    return {_section_of(reply): {row.question_id: row.value for row in reply.answers} for reply in _of(registration)}


def dossier(registration: Registration) -> dict[str, list[dict[str, Any]]]:
    """The same for the person, who asks what is stored about them; and of what is kept that they have answered."""
    return {"feedback": _told(registration), "feedback_given": [_receipt(row) for row in _receipts(registration)]}


def _told(registration: Registration) -> list[dict[str, Any]]:
    return [
        {
            "session": chosen(reply.session.title) if reply.session else None,
            "answers": [
                {"question": chosen(row.question.label), "answer": _in_words(row)}
                for row in sorted(reply.answers, key=lambda row: row.question.position)
            ],
        }
        for reply in _of(registration)
    ]


def _receipts(registration: Registration) -> Sequence[str]:
    theirs = sa.select(FeedbackReceipt.about).where(FeedbackReceipt.registration_id == registration.id)
    return db.session.scalars(theirs.order_by(FeedbackReceipt.about)).all()


def _receipt(about: str) -> dict[str, Any]:
    """About the event (None) or a session, which may be gone."""
    kind, _colon, number = about.partition(":")
    session = db.session.get(EventSession, int(number)) if number else None
    return {"about": kind, "session": chosen(session.title) if session else None}


def _in_words(answer: FeedbackAnswer) -> Any:
    if not answer.question.kind.has_options:
        return answer.value
    labels = {option["key"]: chosen(option["label"]) for option in answer.question.options}
    named = answer.value if isinstance(answer.value, list) else [answer.value]
    return [labels.get(key, key) for key in named]


def _of(registration: Registration) -> list[FeedbackReply]:
    theirs = sa.select(FeedbackReply).where(FeedbackReply.registration_id == registration.id)
    with_answers = orm.selectinload(FeedbackReply.answers).joinedload(FeedbackAnswer.question)
    return list(db.session.scalars(theirs.order_by(FeedbackReply.session_id.nulls_first()).options(with_answers)))


def _section_of(reply: FeedbackReply) -> str:
    return f"session:{reply.session_id}" if reply.session_id else "event"


def _take_back(registration: Registration, section: Section) -> None:
    session_id = section.session.id if section.session else None
    for statement in (
        sa.delete(FeedbackReply).where(
            FeedbackReply.registration_id == registration.id, FeedbackReply.session_id.is_not_distinct_from(session_id)
        ),
        sa.delete(FeedbackReceipt).where(
            FeedbackReceipt.registration_id == registration.id, FeedbackReceipt.about == section.name
        ),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
