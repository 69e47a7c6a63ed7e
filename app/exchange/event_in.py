"""The event that a schedule is of: made if it is new, and what the file says of it as a whole."""

from collections import Counter
from datetime import date

from flask_babel import gettext as _

from app.events.models import Event, EventKind, EventState, new_guid
from app.exchange import times
from app.exchange.frab import Conference, Report, Schedule, Unreadable, bare
from app.exchange.values import languages_of, merged
from app.extensions import db
from app.lib import text

MOST_DAYS = 366


def default_slug(conference: Conference) -> str:
    return text.slug(conference.acronym or conference.title, "event")


def new_event(schedule: Schedule, slug: str) -> Event:
    """A draft in the languages that the file names, else in those of its sessions, the most spoken first."""
    spoken = (languages_of(session.language, "", Report()) for session in schedule.sessions)
    counts = Counter(tag for tags in spoken for tag in tags)
    languages = [*_languages(schedule.conference), *(tag for tag, _number in counts.most_common())]
    event = Event(
        slug=slug or default_slug(schedule.conference), guid=new_guid(), kind=EventKind.CONFERENCE,
        state=EventState.DRAFT, title={}, languages=list(dict.fromkeys(languages)) or ["en"], source={},
    )  # fmt: skip
    db.session.add(event)
    return event


def describe(event: Event, said: Conference, zone: str, report: Report, *, is_empty: bool) -> None:
    """What the event is by the file: its title, zone and days; an empty one takes its languages too."""
    if is_empty and (languages := _languages(said)):
        event.languages = languages
    title = said.title or said.acronym
    if not title:
        raise Unreadable(said.place, _("The conference has no title."))
    event.title = merged({} if is_empty else event.title, title, event.language, said.texts.get("title", {}))
    event.zone = zone
    event.day_change = times.find_day_change(said, event.tzinfo)
    event.starts_on, event.ends_on = _days(said, report)
    event.source = bare({
        "acronym": said.acronym, "base_url": said.base_url, "url": said.url, "timeslot": said.timeslot,
        "imported": True, **said.extra,
    })  # fmt: skip


def _languages(said: Conference) -> list[str]:
    return [tag for tag in said.languages if text.is_language(tag)]


def _days(said: Conference, report: Report) -> tuple[date, date]:
    days = [times.parse_day(day.date, day.place) for day in said.days]
    edges = [times.parse_day(value, said.place) for value in (said.start, said.end) if value]
    if not (days or edges):
        raise Unreadable(said.place, _("The schedule has no days."))
    first, last = min(days or edges), max(days or edges)
    if (last - first).days >= MOST_DAYS:
        days_said = f"{first} – {last}"
        raise Unreadable(said.place, _("The schedule's days span more than a year: %(days)s", days=days_said))
    if said.days_count is not None and days and said.days_count != len(days):
        report.note(_("The stated number of days is not that of the days in the file"), said.place,
                    f"{said.days_count} / {len(days)}")  # fmt: skip
    return first, last
