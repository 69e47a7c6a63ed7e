"""What happens to a registration that upper rooms act on, inside the same transaction. Sender: the Registration."""

from blinker import signal

registration_confirmed = signal("registration-confirmed")
"""Its address was proved and its place is for good; also when someone comes back after cancelling."""

registration_cancelled = signal("registration-cancelled")
"""A confirmed registration was given up, by its holder or by an organiser."""

address_changed = signal("address-changed")
"""`previous`: the address before. The new one was proved; the private links are new."""

taken_off_agenda = signal("taken-off-agenda")
"""`session`: an EventSession that is on the person's agenda no more, by their own wish or with the place in it."""
