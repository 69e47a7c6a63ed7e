"""What people are told of a session: whether it takes place as announced weighs on it from its event, too."""

from app.events.models import Standing
from app.lib.text import Translated

_WEIGHT = {Standing.CONFIRMED: 0, Standing.POSTPONED: 1, Standing.CANCELLED: 2}


def heavier(own: Standing, of_event: Standing) -> Standing:
    return max(own, of_event, key=_WEIGHT.__getitem__)


def reason(own: Standing, said: Translated, of_event: Standing, said_of_event: Translated) -> Translated:
    """Why, in the words of the session where they are about what is told, else of its event."""
    told = heavier(own, of_event)
    if told is Standing.CONFIRMED:
        return {}
    return said if own is told and said else said_of_event
