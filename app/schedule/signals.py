"""What changes in a session that upper rooms act on, inside the same transaction."""

from blinker import signal

session_changed = signal("session-changed")
"""Sender: the EventSession; `change`: events.signals.Change; `previous_start`: its start before a move, else None."""

capacity_changed = signal("session-capacity-changed")
"""Sender: the EventSession, with its new capacity."""
