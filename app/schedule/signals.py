"""What changes in a session that upper rooms act on, inside the same transaction."""

from blinker import signal

session_changed = signal("session-changed")
"""Sender: the EventSession; `change`: events.signals.Change; `previous_start`: its start before a move, else None."""

session_moved = signal("session-moved")
"""Sender: the EventSession with its new time, or none; `previous`: its start and end before, each None where it had
none. Sent for every move, also of what nobody knows of yet."""

capacity_changed = signal("session-capacity-changed")
"""Sender: the EventSession, with its new capacity."""
