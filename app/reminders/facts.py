"""What the placeholders of organisers' texts stand for, for one person and one event."""

from app.lib.present import chosen
from app.reminders.occasions import beginning
from app.reminders.recipients import Recipient
from app.reminders.wording import span
from app.reminders.words import Facts


def facts_of(to: Recipient) -> Facts:
    """Of every letter; who sends another sort adds its own."""
    return {
        "name": to.person.name,
        "event": lambda: chosen(to.event.title),
        "begins": lambda: span(beginning(to.event).starts_at, None, to.person.zone),
        "page": to.page,
    }
