"""Who is reminded of what and when, what organisers write, and the news that people are still to be told."""

from app.reminders.models.audience import AudienceKind
from app.reminders.models.ledger import Publication, SessionReminder
from app.reminders.models.message import Addressee, Message, MessageState
from app.reminders.models.news import News, TrackNews
from app.reminders.models.rule import Anchor, Reminding, Rule, RuleKind

__all__ = [
    "Addressee",
    "Anchor",
    "AudienceKind",
    "Message",
    "MessageState",
    "News",
    "Publication",
    "Reminding",
    "Rule",
    "RuleKind",
    "SessionReminder",
    "TrackNews",
]
