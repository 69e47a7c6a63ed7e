"""A rule as organisers read it: a sentence, when it goes out next, and to how many."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import gettext as _

from app.events.models import Event, EventState, Standing
from app.extensions import db
from app.lib import clock
from app.reminders import audiences, choosing, occasions
from app.reminders.audiences import Audience
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind
from app.schedule.models import EventSession

UNITS = {"days": 24 * 60, "hours": 60, "minutes": 1}
"""In minutes, the longest first."""


@dataclass(frozen=True, slots=True)
class Said:
    rule: Rule
    when: str
    to: str
    next_at: datetime | None
    """By the rule alone, before quiet hours; None: it has been, or cannot be said yet."""
    number: int | None
    """Of people who would get it; None: it will be known when the event is over."""


def said(event: Event, rule: Rule) -> Said:
    """The sessions that come next decide for a rule about sessions."""
    next_at, session_id = _next(event, rule)
    to = choosing.said(event, audience_of(rule))
    if rule.audience is AudienceKind.PRESENT:
        to = _("Who attended; all, where nobody’s attendance is known")
    return Said(rule, when(rule), to, next_at, _number(event, rule, session_id))


def audience_of(rule: Rule) -> Audience:
    return Audience(rule.audience, rule.audience_value)


def when(rule: Rule) -> str:
    time = in_words(abs(rule.minutes))
    if rule.kind is RuleKind.RECORDING:
        return str(_("when recordings or subtitles have come; those of %(time)s are one letter", time=time))
    sentences = {
        Anchor.EVENT_START: _("%(time)s before the event begins", time=time),
        Anchor.SESSION_START: _("%(time)s before a session begins", time=time),
        Anchor.EVENT_END: _("%(time)s after the event ends", time=time),
        Anchor.SESSION_END: _("%(time)s after a session ends", time=time),
    }
    return str(sentences[rule.anchor])


def in_words(minutes: int) -> str:
    """In the longest unit that it is a whole number of: 3 days, 36 hours, 30 minutes."""
    number, unit = in_unit(minutes)
    return str(format_unit(number, f"duration-{unit.removesuffix('s')}", locale=get_locale() or "en"))


def in_unit(minutes: int) -> tuple[int, str]:
    if not minutes:
        return 0, "minutes"
    return next((minutes // length, name) for name, length in UNITS.items() if minutes % length == 0)


def _next(event: Event, rule: Rule) -> tuple[datetime | None, int | None]:
    """The moment, and the session that it is about."""
    moment, shift = clock.now(), timedelta(minutes=rule.minutes)
    is_open = event.state is not EventState.ARCHIVED and event.takes_place and rule.is_on
    if not is_open or rule.kind is RuleKind.RECORDING:
        return None, None
    if rule.anchor in (Anchor.EVENT_START, Anchor.EVENT_END):
        anchor = occasions.beginning(event).starts_at if rule.minutes < 0 else occasions.ending(event)
        return (anchor + shift, None) if anchor + shift > moment else (None, None)
    column = EventSession.starts_at if rule.anchor is Anchor.SESSION_START else EventSession.ends_at
    first = db.session.execute(
        sa.select(EventSession.id, column.label("anchor"))
        .where(EventSession.event_id == event.id, EventSession.standing == Standing.CONFIRMED, column > moment - shift)
        .where(*_concerned(rule))
        .order_by(column, EventSession.id)
        .limit(1)
    ).first()
    return (first.anchor + shift, first.id) if first else (None, None)


def _concerned(rule: Rule) -> list[sa.ColumnElement[bool]]:
    if rule.audience is AudienceKind.THEME:
        return [EventSession.theme_id == int(rule.audience_value)]
    if rule.audience is AudienceKind.BOOKED and rule.audience_value:
        return [EventSession.id == int(rule.audience_value)]
    return []


def _number(event: Event, rule: Rule, session_id: int | None) -> int | None:
    if rule.audience in (AudienceKind.PRESENT, AudienceKind.ABSENT):
        return None
    if session_id is None:
        return audiences.count(event, audience_of(rule))
    return len(audiences.addresses(event, audience_of(rule), sessions=[session_id]))
