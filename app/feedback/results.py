"""What people said, counted by the database.

Where feedback is anonymous, a few replies would tell whose they are: fewer than `FEWEST` about the event or about a
session show their number alone, and so does a language whose replies, or those of all that are left, are as few.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.feedback import choices, questionnaire
from app.feedback.choices import Choice
from app.feedback.models import About, AnswerKind, FeedbackAnswer, FeedbackQuestion, FeedbackReply
from app.registration import attendance
from app.registration.models import Registration, RegistrationState
from app.schedule.models import EventSession

FEWEST = 3
MOST_TEXTS = 500
"""Of a question on a page; a table has all."""

Bars = list[tuple[Choice, int]]
Key = tuple[int, int | None]
"""A question, and the session that it was asked about."""


@dataclass(frozen=True)
class Said:
    """One text."""

    text: str
    by: Registration | None
    """None where feedback is anonymous."""


@dataclass(frozen=True)
class Figures:
    """What was answered to one question."""

    question: FeedbackQuestion
    number: int
    bars: Bars
    texts: list[Said]

    @property
    def mean(self) -> float | None:
        """Of a rating."""
        return mean(self.bars) if self.question.kind is AnswerKind.RATING else None


@dataclass(frozen=True)
class Line:
    """A session in the table of all."""

    session: EventSession
    number: int
    mean: float | None
    """Of the first rating that is asked; None where nobody rated, and where too few did."""


class Results:
    """Of an event, of the replies in one language or (empty) in all."""

    def __init__(self, event: Event, language: str = "") -> None:
        self.event, self.language = event, language
        self.is_anonymous = questionnaire.form_of(event).is_anonymous
        self.questions = questionnaire.questions_of(event)
        self._numbers = _numbers(event)
        self.languages = sorted({tag for number in self._numbers for tag in self._shown_languages(number)})
        self._counted = _counted(event, language)

    def number(self, session: EventSession | None = None) -> int:
        """Of replies."""
        counts = self._numbers.get(session.id if session else None, {})
        return counts.get(self.language, 0) if self.language else sum(counts.values())

    def is_hidden(self, session: EventSession | None = None) -> bool:
        """Too few replies to show more than their number."""
        if not self.is_anonymous:
            return False
        if self.language:
            return not self.tells_language(session, self.language)
        return self.number(session) < FEWEST

    def tells_language(self, session: EventSession | None, language: str) -> bool:
        """Whether it may be said of a reply in which language it is."""
        return language in self._shown_languages(session.id if session else None)

    def figures(self, session: EventSession | None = None) -> list[Figures]:
        """Each question about the event, or about a session; nothing where they are too few."""
        if self.is_hidden(session):
            return []
        about = About.SESSION if session else About.EVENT
        asked = [question for question in self.questions if question.about is about]
        return [self._figures(question, session) for question in asked]

    def lines(self) -> list[Line]:
        """Every session that somebody said something about, the best first; after them those with too few ratings."""
        sessions = attendance.counted_sessions(self.event)
        found = [self._line(session) for session in sessions if self.number(session)]
        return sorted(found, key=lambda line: (line.mean is None, -(line.mean or 0), -line.number))

    def _line(self, session: EventSession) -> Line:
        ratings = (row for row in self.questions if row.about is About.SESSION and row.kind is AnswerKind.RATING)
        rating = next(ratings, None)
        bars = self._bars(rating, session.id) if rating and not self.is_hidden(session) else []
        return Line(session, self.number(session), mean(bars))

    def _figures(self, question: FeedbackQuestion, session: EventSession | None) -> Figures:
        if question.kind is AnswerKind.TEXT:
            said = _said(self.event, question, session, self.language)
            texts = _texts(said)
            number = len(texts) if len(texts) < MOST_TEXTS else _number(said)
            return Figures(question, number, [], texts)
        session_id = session.id if session else None
        number = sum(self._counted.get((question.id, session_id), {}).values())
        return Figures(question, number, self._bars(question, session_id), [])

    def _bars(self, question: FeedbackQuestion, session_id: int | None) -> Bars:
        numbers: Counter[Any] = Counter()
        for written, count in self._counted.get((question.id, session_id), {}).items():
            value = json.loads(written)
            for each in value if isinstance(value, list) else [value]:
                numbers[each] += count
        return [(choice, numbers[choice.value]) for choice in choices.of(question)]

    def _shown_languages(self, session_id: int | None) -> set[str]:
        counts = self._numbers.get(session_id, {})
        return shown_languages(counts) if self.is_anonymous else set(counts)


def mean(bars: Bars) -> float | None:
    number = sum(count for _choice, count in bars)
    return sum(choice.value * count for choice, count in bars) / number if number else None


def shown_languages(counts: Mapping[str, int]) -> set[str]:
    """Those of which an organiser may see the replies apart, without seeing by subtraction those of a few others."""
    shown = sorted((tag for tag, number in counts.items() if number >= FEWEST), key=lambda tag: counts[tag])
    rest = sum(number for tag, number in counts.items() if tag not in shown)
    return set(shown[1:] if 0 < rest < FEWEST else shown)


def number_asked(event: Event) -> int:
    """Confirmed people."""
    state = Registration.state == RegistrationState.CONFIRMED
    return db.session.scalar(sa.select(sa.func.count()).where(Registration.event_id == event.id, state)) or 0


def _numbers(event: Event) -> dict[int | None, dict[str, int]]:
    """Replies about the event (None) and about each session, by language."""
    found: dict[int | None, dict[str, int]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(FeedbackReply.session_id, FeedbackReply.language, sa.func.count())
        .where(FeedbackReply.event_id == event.id)
        .group_by(FeedbackReply.session_id, FeedbackReply.language)
    )
    for session_id, language, number in rows:
        found[session_id][language] = number
    return dict(found)


def _counted(event: Event, language: str) -> dict[Key, dict[str, int]]:
    """How often each answer was given that is no text."""
    # Equal answers are counted together as they are written: there are few different ones.
    written = sa.cast(FeedbackAnswer.value, sa.Text)
    rows = db.session.execute(
        sa.select(FeedbackAnswer.question_id, FeedbackReply.session_id, written, sa.func.count())
        .join(FeedbackAnswer.reply)
        .join(FeedbackAnswer.question)
        .where(*_of(event, language), FeedbackQuestion.kind != AnswerKind.TEXT)
        .group_by(FeedbackAnswer.question_id, FeedbackReply.session_id, written)
    )
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for question_id, session_id, value, number in rows:
        found[question_id, session_id][value] = number
    return dict(found)


def _said(
    event: Event, question: FeedbackQuestion, session: EventSession | None, language: str
) -> sa.Select[tuple[Any, Registration | None]]:  # fmt: skip
    return (
        sa.select(FeedbackAnswer.value, Registration)
        .join(FeedbackAnswer.reply)
        .outerjoin(FeedbackReply.registration)
        .where(*_of(event, language), FeedbackAnswer.question_id == question.id)
        .where(FeedbackReply.session_id.is_not_distinct_from(session.id if session else None))
    )


def _texts(said: sa.Select[tuple[Any, Registration | None]]) -> list[Said]:
    """In the order of the alphabet, not of their coming; of very many, some by chance."""
    rows = db.session.execute(said.order_by(FeedbackReply.id).limit(MOST_TEXTS))
    return sorted((Said(text, by) for text, by in rows), key=lambda each: (each.text.casefold(), each.text))


def _number(rows: sa.Select[Any]) -> int:
    return db.session.scalar(rows.with_only_columns(sa.func.count())) or 0


def _of(event: Event, language: str) -> tuple[sa.ColumnElement[bool], ...]:
    of_event = FeedbackReply.event_id == event.id
    return (of_event, FeedbackReply.language == language) if language else (of_event,)
