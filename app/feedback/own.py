"""What speakers see of what was said about their sessions: bars, where enough people answered.

Speakers know their listeners, and those were told who reads their answers. So texts stay with the organisers, names
anyway, and a question that fewer than `ENOUGH` people answered shows their number alone, also where feedback is not
anonymous.
"""

from typing import NamedTuple

import sqlalchemy as sa

from app.extensions import db
from app.feedback.models import AnswerKind
from app.feedback.results import Figures, Results
from app.registration import attendance
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker

ENOUGH = 5


class Own(NamedTuple):
    session: EventSession
    number: int
    """Of replies."""
    figures: list[Figures]


def of_speaker(speaker: Speaker) -> list[Own]:
    """Their sessions that somebody said something about, in the order of time."""
    results = Results(speaker.event)
    theirs = set(db.session.scalars(sa.select(Appearance.session_id).where(Appearance.speaker_id == speaker.id)))
    return [
        Own(session, number, _shown(results, session))
        for session in attendance.counted_sessions(speaker.event)
        if session.id in theirs and (number := results.number(session))
    ]


def _shown(results: Results, session: EventSession) -> list[Figures]:
    found = results.figures(session)
    return [each for each in found if each.number >= ENOUGH and each.question.kind is not AnswerKind.TEXT]
