"""A letter as it will be, with the facts of now and a reader who is made up: to look at, and to send as a test."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, Standing
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, renders
from app.mail.service import enqueue
from app.people.models import Account
from app.registration import admission
from app.reminders import after_letters, reminder_letters
from app.reminders.audiences import Person
from app.reminders.message_letters import NOBODY
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind
from app.reminders.occasions import beginning
from app.reminders.recipients import Recipient
from app.reminders.rule_letters import Frame
from app.schedule.models import Appearance, EventSession, SessionKind

TEST = "reminders.rule-test"
MOST = 3
"""Sessions in a preview."""
ROLES = {AudienceKind.SPEAKERS: "speaker", AudienceKind.INTERPRETERS: "linguist"}


def send_test(rule: Rule, to: Account, language: str, zone: str) -> None:
    """As a reader of a language in a zone gets it, to whoever asks for it; sent each time."""
    enqueue(
        TEST, f"{rule.id}:{to.id}:{clock.now_exactly().timestamp()}", to.email, recipient_name=to.name,
        language=language, about=f"event:{rule.event_id}", rule=rule.id, reads=language, zone=zone,
    )  # fmt: skip


@renders(TEST, Priority.AWAITED)
def _test(letter: Letter) -> Content:
    rule = db.session.get(Rule, letter.payload["rule"])
    if rule is None:
        raise Stale("the reminder is gone")
    content = preview(rule, letter.recipient_name, letter.payload["reads"], letter.payload["zone"])
    if content is None:
        raise Stale("there is nothing yet that it could tell of")
    return replace(content, subject=_("Test: %(subject)s", subject=content.subject))


def preview(rule: Rule, name: str, language: str, zone: str) -> Content | None:
    """With the locale of the letter's language in force; None while the programme has nothing to tell of."""
    event = rule.event
    person = Person(ROLES.get(rule.audience, "registration"), NOBODY, "", name, language, zone)
    frame, sessions = Frame(rule, Recipient(event, person)), _sessions(event, rule)
    match rule.kind:
        case RuleKind.REMINDER if rule.anchor is Anchor.EVENT_START:
            return reminder_letters.before_event(frame, beginning(event), sessions)
        case RuleKind.REMINDER:
            return reminder_letters.before_sessions(frame, sessions[:1]) if sessions else None
        case RuleKind.THANKS:
            return after_letters.thanks(frame, True, sessions, admission.of(event).certificates)
        case RuleKind.FEEDBACK:
            return after_letters.feedback(frame)
        case RuleKind.RECORDING:
            return after_letters.recordings(frame, sessions) if sessions else None


def _sessions(event: Event, rule: Rule) -> Sequence[EventSession]:
    """What the letter could tell of: the next sessions with a time, else the first; of speakers' letters, spoken in."""
    is_over = sa.case((EventSession.ends_at <= clock.now(), 1), else_=0)
    wanted = (
        sa.select(EventSession)
        .where(
            EventSession.event_id == event.id, EventSession.starts_at.is_not(None),
            EventSession.standing == Standing.CONFIRMED, EventSession.kind != SessionKind.BREAK,
        )
        .order_by(is_over, EventSession.starts_at, EventSession.id)
        .limit(MOST)
    )  # fmt: skip
    if rule.audience is AudienceKind.SPEAKERS:
        wanted = wanted.where(sa.exists().where(Appearance.session_id == EventSession.id))
    return db.session.scalars(wanted).all()
