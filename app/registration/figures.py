"""What the charts of an event show, counted by the database."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.events.models import Event, EventKind, Theme
from app.extensions import db
from app.lib import clock
from app.registration import questions
from app.registration.listing import looked_through
from app.registration.models import (
    AgendaItem,
    Answer,
    Attendance,
    Origin,
    Question,
    QuestionOption,
    Registration,
    RegistrationState,
    Step,
    Visit,
)
from app.schedule.models import EventSession

Bars = list[tuple[Any, int]]
"""What is counted, and how many; the most frequent first."""


class Funnel(NamedTuple):
    """From the event's page to the event, of who came through the form."""

    page: int
    form: int
    registered: int
    confirmed: int
    attended: int


def per_day(event: Event) -> list[tuple[date, int]]:
    """Registrations of each day (UTC) from the first to the last, none left out."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    at = Registration.created_at if is_sqlite else sa.func.timezone("UTC", Registration.created_at)
    day = sa.cast(sa.func.date(at), sa.String)
    rows = db.session.execute(
        sa.select(day, sa.func.count()).where(Registration.event_id == event.id).group_by(day).order_by(day)
    ).all()
    if not rows:
        return []
    numbers = {date.fromisoformat(row[0]): row[1] for row in rows}
    first, last = min(numbers), max(*numbers, min(clock.now().date(), event.ends_on))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(each, numbers.get(each, 0)) for each in days]


def by_column(event: Event, column: InstrumentedAttribute[str]) -> Bars:
    """How many confirmed people a value of the column has."""
    number = sa.func.count()
    found = db.session.execute(
        sa.select(column, number).where(*_confirmed(event)).group_by(column).order_by(number.desc(), column)
    )
    return [(value, count) for value, count in found]


def by_theme(event: Event) -> Bars:
    """How many confirmed people chose a session of each theme; a webinar is attended whole."""
    if event.kind is not EventKind.CONFERENCE:
        return []
    number = sa.func.count(AgendaItem.registration_id.distinct())
    found = db.session.execute(
        sa.select(EventSession.theme_id, number)
        .join(AgendaItem.session)
        .join(AgendaItem.registration)
        .where(*_confirmed(event), EventSession.theme_id.is_not(None))
        .group_by(EventSession.theme_id)
    )
    numbers = {theme_id: int(count) for theme_id, count in found}
    themes = db.session.scalars(sa.select(Theme).where(Theme.id.in_(numbers)))
    return sorted(((theme, numbers[theme.id]) for theme in themes), key=lambda row: (-row[1], row[0].position))


def by_answer(event: Event) -> list[tuple[Question, Bars]]:
    """How many confirmed people gave each answer that could be chosen."""
    return [
        (question, _options(event, question)) for question in questions.of_event(event) if question.kind.has_options
    ]


def _options(event: Event, question: Question) -> Bars:
    # Equal answers are counted together as they are written, and taken apart here: there are few different ones.
    written = sa.cast(Answer.value, sa.Text)
    found = db.session.execute(
        sa.select(written, sa.func.count())
        .join(Answer.registration)
        .where(Answer.question_id == question.id, *_confirmed(event))
        .group_by(written)
    )
    numbers: Counter[int] = Counter()
    for text, count in found:
        value = json.loads(text)
        for option in value if isinstance(value, list) else [value]:
            numbers[option] += count
    options: Sequence[QuestionOption] = question.options
    return [(option, numbers[option.id]) for option in options]


def funnel(event: Event) -> Funnel:
    found = db.session.execute(
        sa.select(Visit.step, sa.func.sum(Visit.number)).where(Visit.event_id == event.id).group_by(Visit.step)
    )
    visited = {step: int(number) for step, number in found}
    by_form = looked_through(
        sa.select(sa.func.count(), sa.func.count(Registration.confirmed_at)).where(
            Registration.event_id == event.id, Registration.origin == Origin.FORM
        )
    )
    was_there = sa.exists().where(Attendance.registration_id == Registration.id)
    registered, confirmed = db.session.execute(by_form).one()
    attended, _ = db.session.execute(by_form.where(was_there)).one()
    page, form = visited.get(Step.PAGE, 0), visited.get(Step.FORM, 0)
    return Funnel(page, form, registered, confirmed, attended)


def _confirmed(event: Event) -> tuple[sa.ColumnElement[bool], ...]:
    return Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
