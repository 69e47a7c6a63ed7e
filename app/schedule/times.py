"""From what an organiser writes (a day of the programme, two times of the clock) to moments, and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date
from flask_babel import gettext as _

from app.events.models import Event
from app.lib.present import date_locale
from app.schedule.models import EventSession


class TimeRefused(ValueError):  # noqa: N818 - a message for whoever wrote it
    """The times cannot be; `field` (`day`, `start` or `end`) says where, the text why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Slot:
    starts_at: datetime
    ends_at: datetime
    notes: tuple[str, ...] = ()
    """What the organiser should know: a time that the clock shows twice."""


def slot_of(event: Event, day: date, start: time, end: time) -> Slot:
    """The moments of a session on a day of the programme, in the event's zone. Raises TimeRefused.

    A start before the event's `day_change` is meant in the night after the day; so is an end that is not after
    the start. The day's programme ends with the day change, and nothing may go on beyond it.
    """
    if not event.starts_on <= day <= event.ends_on:
        first, last = _date(event.starts_on), _date(event.ends_on)
        raise TimeRefused("day", _("The event lasts from %(first)s to %(last)s.", first=first, last=last))
    changes_at = time(*divmod(event.day_change, 60))
    begins = datetime.combine(day, start) + timedelta(days=start < changes_at)
    ends = datetime.combine(begins.date(), end)
    if ends <= begins:
        ends += timedelta(days=1)
    if ends > datetime.combine(day, changes_at) + timedelta(days=1):
        raise TimeRefused("end", _(
            "It would end before it begins, or after %(hour)s, when the day's programme is over.",
            hour=f"{changes_at:%H:%M}",
        ))  # fmt: skip
    slot = Slot(_moment(event, begins, "start"), _moment(event, ends, "end"), _notes(event, begins, ends))
    if slot.ends_at <= slot.starts_at:
        raise TimeRefused("end", _("It would end before it begins, since the clocks change in between."))
    return slot


def times_of(session: EventSession) -> tuple[date, time, time] | None:
    """The day of the programme and the two times of the clock, as an organiser writes them."""
    if session.starts_at is None or session.ends_at is None:
        return None
    zone = session.event.tzinfo
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return session.event.day_of(session.starts_at), start.time().replace(fold=0), end.time().replace(fold=0)


def _moment(event: Event, local: datetime, field: str) -> datetime:
    moment = local.replace(tzinfo=event.tzinfo).astimezone(UTC)
    if moment.astimezone(event.tzinfo).replace(tzinfo=None) != local:
        raise TimeRefused(field, _(
            "On %(day)s the clocks in %(zone)s go forward and never show %(hour)s. Choose another time.",
            day=_date(local.date()), zone=event.zone, hour=f"{local:%H:%M}",
        ))  # fmt: skip
    return moment


def _notes(event: Event, *locals_: datetime) -> tuple[str, ...]:
    twice = (local for local in locals_ if _is_shown_twice(event, local))
    return tuple(
        _("On %(day)s the clocks in %(zone)s go back and show %(hour)s twice; the first time is taken.",
          day=_date(local.date()), zone=event.zone, hour=f"{local:%H:%M}")
        for local in twice
    )  # fmt: skip


def _is_shown_twice(event: Event, local: datetime) -> bool:
    first, second = (local.replace(tzinfo=event.tzinfo, fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def _date(day: date) -> str:
    return format_date(day, "medium", locale=date_locale())
