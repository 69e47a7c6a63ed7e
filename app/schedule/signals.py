"""What changes in a session that upper rooms act on, inside the same transaction."""

from blinker import signal

session_changed = signal("session-changed")
"""Sender: the EventSession; `change`: events.signals.Change; `previous_start`: its start before a move, else None."""

clocks_changed = signal("clocks-changed")
"""Sender: an Event that is not over, whose zone has new rules; `followed`: tells of a moment when the clocks show now
what they were to show at it. Sessions have moved already."""

session_moved = signal("session-moved")
"""Sender: the EventSession with its new time, or none; `previous`: its start and end before, each None where it had
none. Sent for every move, also of what nobody knows of yet."""

capacity_changed = signal("session-capacity-changed")
"""Sender: the EventSession, with its new capacity."""

session_left = signal("session-left")
"""Sender: an EventSession that the public saw and that leaves the programme, still with all its rows; `former`: the
FormerSession that stays."""

session_returned = signal("session-returned")
"""Sender: a new EventSession, not written yet, that takes back the guid of `former`, a FormerSession that goes."""

session_merged = signal("session-merged")
"""Sender: an EventSession that is about to be deleted; `into`: the one that it becomes a part of; `former`: what stays
of it, None where the public never saw it."""

session_split = signal("session-split")
"""Sender: the EventSession, whose end is earlier now; `second`: the new one that goes on from there."""
