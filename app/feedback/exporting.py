"""All replies as a table: a reply a line, in no order that tells when it came."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.feedback import choices, questionnaire
from app.feedback.models import FeedbackAnswer, FeedbackQuestion, FeedbackReply
from app.feedback.results import Results
from app.lib.present import chosen
from app.registration.sheets import guarded
from app.schedule.models import EventSession


def csv_of(event: Event) -> bytes:
    """RFC 4180, with the mark by which spreadsheets know UTF-8; nothing in it is taken for a formula.

    Of replies that are anonymous and few, as `results` say, there are none, nor is their language told.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for cells in _lines(event):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _lines(event: Event) -> Iterator[Sequence[str | int]]:
    results = Results(event)
    asked = questionnaire.questions_of(event)
    who = [] if results.is_anonymous else [_("Name"), _("E-mail address")]
    yield [_("About"), *who, _("Language"), *(chosen(question.label) for question in asked)]
    for reply in _replies(event):
        if results.is_hidden(reply.session):
            continue
        by = reply.registration
        values = {row.question_id: row.value for row in reply.answers}
        yield [
            reply.session.slug if reply.session else event.slug,
            *([by.name if by else "", by.email if by else ""] if who else []),
            reply.language if results.tells_language(reply.session, reply.language) else "",
            *(_cell(question, values.get(question.id)) for question in asked),
        ]


def _replies(event: Event) -> Sequence[FeedbackReply]:
    return db.session.scalars(
        sa.select(FeedbackReply)
        .outerjoin(FeedbackReply.session)
        .where(FeedbackReply.event_id == event.id)
        .order_by(EventSession.starts_at.is_not(None), EventSession.starts_at, EventSession.id, FeedbackReply.id)
        .options(
            orm.contains_eager(FeedbackReply.session), orm.joinedload(FeedbackReply.registration),
            orm.selectinload(FeedbackReply.answers).load_only(FeedbackAnswer.question_id, FeedbackAnswer.value),
        )
    ).all()  # fmt: skip


def _cell(question: FeedbackQuestion, value: Any) -> str | int:
    offered = choices.of(question)
    if value is None or not offered:
        return value or ""
    given = value if isinstance(value, list) else [value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return "; ".join(chosen(choice.label) for choice in offered if choice.value in given)
