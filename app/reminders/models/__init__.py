"""Who is reminded of what and when, what organisers write, and the news that people are still to be told."""

from app.reminders.models.audience import AudienceKind
from app.reminders.models.message import Message, MessageState
from app.reminders.models.news import AgendaReminder, News, TrackNews
from app.reminders.models.rule import Anchor, Reminding, Rule, RuleKind

__all__ = [
    "AgendaReminder",
    "Anchor",
    "AudienceKind",
    "Message",
    "MessageState",
    "News",
    "Reminding",
    "Rule",
    "RuleKind",
    "TrackNews",
]
