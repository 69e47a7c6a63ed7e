"""How letters tell a time: in the reader's zone first, with the event's beside it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.events.models import Event
from app.languages.models import LanguageTrack
from app.lib import clock
from app.lib.present import day, hour, offset, zone_name
from app.schedule.models import EventSession


@dataclass(frozen=True, slots=True)
class Item:
    """A session in a letter."""

    session: EventSession
    times: list[str]
    tracks: list[LanguageTrack]
    """Its interpretation channels."""
    way_in: str = ""
    """The reader's own page to join it; speakers have none."""
    is_open: bool = True
    """False where it has few places, and the reader none of them."""


def span(starts_at: datetime, ends_at: datetime | None, zone: str) -> str:
    """Wednesday, 10 March 2027, 10:00–11:00 (Kyiv)."""
    date = day(clock.local(starts_at, zone).date())
    if ends_at is None:
        return str(_("%(day)s, %(start)s (%(zone)s)", day=date, start=hour(starts_at, zone), zone=zone_name(zone)))
    return str(_(
        "%(day)s, %(start)s–%(end)s (%(zone)s)",
        day=date, start=hour(starts_at, zone), end=hour(ends_at, zone), zone=zone_name(zone),
    ))  # fmt: skip


def times(starts_at: datetime, ends_at: datetime | None, zone: str, event: Event) -> list[str]:
    """In the reader's zone, and in the event's where its clocks show another time."""
    zones = [zone] if offset(zone, starts_at) == offset(event.zone, starts_at) else [zone, event.zone]
    return [span(starts_at, ends_at, each) for each in zones]
