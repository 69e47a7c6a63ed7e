"""Quiet hours: when people sleep, by the clock of their home."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.reminders.models import Reminding

NIGHT = (22 * 60, 7 * 60)
"""The usual ones, in minutes after midnight."""


class Hours(NamedTuple):
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when on the wall, in minutes after midnight; the same twice: never."""

    begins: int
    ends: int

    def around(self, moment: datetime, zone: str) -> Hours | None:
        """The quiet hours that a moment lies in at a place. They are as long as clocks make them that night."""
        if self.begins == self.ends:
            return None
        today = clock.local(moment, zone).date()
        for day in (today - timedelta(days=1), today):
            morning = day + timedelta(days=self.ends < self.begins)
            hours = Hours(_on_wall(day, self.begins, zone), _on_wall(morning, self.ends, zone))
            if hours.starts_at <= moment < hours.ends_at:
                return hours
        return None


def of(event: Event) -> Quiet:
    chosen = db.session.get(Reminding, event.id)
    return Quiet(chosen.quiet_from, chosen.quiet_to) if chosen else Quiet(*NIGHT)


def _on_wall(day: date, minutes: int, zone: str) -> datetime:
    """An hour that a change of clocks leaves out is taken as much later; of one that comes twice, the first."""
    at = datetime.combine(day, time(*divmod(minutes, 60)))
    return at.replace(tzinfo=clock.local(clock.LONG_AGO, zone).tzinfo).astimezone(clock.LONG_AGO.tzinfo)
