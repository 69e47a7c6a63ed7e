"""For whom organisers look at a letter before it goes out."""

from flask import current_app, request

from app.events.guard import acting_account
from app.events.models import Event
from app.lib import clock


def reader(event: Event) -> tuple[str, str]:
    """Whose letter is shown: of a language and a zone as the address or the form says."""
    language, zone = request.values.get("language", ""), request.values.get("zone", "")
    return language if language in languages(event) else event.language, zone if clock.is_zone(zone) else event.zone


def languages(event: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*event.languages, *current_app.config["LANGUAGES"])))


def zones(event: Event) -> tuple[str, ...]:
    """To look at the times from: here, with the organiser, and on both sides of the world."""
    return tuple(dict.fromkeys((
        event.zone, acting_account().zone or event.zone, "UTC", "America/New_York", "Asia/Kolkata", "Asia/Tokyo",
    )))  # fmt: skip
