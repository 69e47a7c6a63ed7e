"""What happens to a language track that upper rooms act on, inside the same transaction. Sender: the LanguageTrack."""

from blinker import signal

track_fell_through = signal("track-fell-through")
"""Nobody can count on it any more."""

track_came_back = signal("track-came-back")
"""It is there after all."""

track_assigned = signal("track-assigned")
"""Somebody else is responsible for it now, or nobody."""
