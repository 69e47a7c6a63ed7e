"""The address of one's own calendar, with what was chosen to stand in it."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import gettext as _

from app.calendar.personal import Show
from app.lib.present import chosen, language_name
from app.lib.urls import absolute
from app.registration import agenda
from app.registration.models import Purpose, Registration
from app.site import versions
from app.site.choice import offer

ALARMS = (5, 10, 15, 30, 60, 24 * 60)
"""Minutes before a session."""

Options = list[tuple[str, str]]


class OwnCalendar(NamedTuple):
    feed: str
    name: str
    given: dict[str, str]
    """What was chosen; nothing else that an address may say."""
    shows: Options
    themes: Options
    languages: Options
    alarms: Options


def own_calendar(registration: Registration, asked: Mapping[str, str]) -> OwnCalendar:
    event = registration.event
    row = versions.event(event.slug)
    offered = offer(row) if row else None
    shows = [(Show.ALL.value, _("The whole programme")), (Show.BOOKED.value, _("Only where I have booked a place"))]
    fields: dict[str, Options] = {
        "show": shows if agenda.chooses_sessions(registration) else [],
        "theme": [(theme.slug, chosen(theme.name)) for theme in offered.themes.values()] if offered else [],
        "language": sorted(((tag, language_name(tag)) for tag in offered.languages), key=lambda each: each[1])
        if offered else [],
        "alarm": [(str(minutes), _before(minutes)) for minutes in ALARMS],
    }  # fmt: skip
    given = {name: value for name in fields if (value := asked.get(name, "")) in dict(fields[name])}
    feed = absolute("calendar.personal", token=registration.token(Purpose.CALENDAR), **given)
    return OwnCalendar(feed, chosen(event.title), given, *fields.values())


def _before(minutes: int) -> str:
    if minutes == 24 * 60:
        return str(_("a day before"))
    if minutes == 60:
        return str(_("an hour before"))
    return str(_("%(minutes)s minutes before", minutes=minutes))
