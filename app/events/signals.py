"""What changes in an event that upper rooms act on, inside the same transaction."""

import enum

from blinker import signal


class Change(enum.StrEnum):
    MOVED = "moved"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESTORED = "restored"
    CLOCKS = "clocks"  # The rules of the event's clocks: it keeps its hour there, and is at another one elsewhere.


event_changed = signal("event-changed")
"""Sender: the Event; `change`: Change. Sent when a whole event is cancelled, postponed or takes place after all."""

capacity_changed = signal("event-capacity-changed")
"""Sender: the Event, with its new capacity."""
