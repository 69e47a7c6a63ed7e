"""What the times of a schedule mean: its zone, the instants of its sessions, where its days change."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.exchange.frab import Conference, Report, Session, Unreadable
from app.lib import clock

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_HOURS = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2}))?")
_ISO_DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")


def choose_zone(conference: Conference, option: str, known: str, report: Report) -> str:
    """The zone that counts: the file's, else the option's, else that of the event as it stands, else UTC.

    A name that only has stray blanks is repaired; one that the tz database does not know is passed over when
    something else names a zone, and refused otherwise, since every local time would be a guess.
    """
    if option and not clock.is_zone(option):
        raise Unreadable("", _("“%(zone)s” is no zone of the tz database, such as Europe/Bucharest.", zone=option))
    said = conference.zone
    if said and clock.is_zone(said):
        return said
    if repaired := "".join(said.split()):
        if clock.is_zone(repaired):
            report.note(_("The name of the zone was repaired"), conference.place, f"{said} → {repaired}")
            return repaired
        if not (option or known):
            raise Unreadable(
                conference.place,
                _("“%(zone)s” is no zone of the tz database; name the right one with the import.", zone=said),
            )
        sentence = _("The file's zone is unknown; another one counts")
        report.note(sentence, conference.place, f"{said} → {option or known}")
    if option or known:
        return option or known
    report.note(_("Neither the file nor the import names a zone: UTC is taken"), conference.place)
    return "UTC"


def instants(
    session: Session, zone: ZoneInfo, day_change: int, slot: timedelta, report: Report
) -> tuple[datetime, datetime]:
    """First and last moment of a session. Its duration is elapsed time, also over a change of the clock."""
    begins = _begin(session, zone, day_change, report)
    ends = _moment(session.end, zone, session.place, "end") if session.end else begins + _length(session)
    if ends < begins:
        raise Unreadable(session.place, _("The session ends before it begins."))
    if ends == begins:
        report.note(_("Without a duration: one time slot was taken"), session.place, f"{slot}")
        ends = begins + slot
    return begins, ends


def _begin(session: Session, zone: ZoneInfo, day_change: int, report: Report) -> datetime:
    if "T" not in session.date and " " not in session.date:
        return _by_day(session, zone, day_change, report)
    begins = _moment(session.date, zone, session.place, "date")
    written = datetime.fromisoformat(session.date)
    if session.start and written.time().replace(microsecond=0) != _time(session.start, session.place):
        said = f"{session.start} / {session.date}"
        report.note(_("“start” disagrees with “date”; “date” with its offset counts"), session.place, said)
    if written.tzinfo is None:
        report.note(_("“date” has no offset; the event's zone was taken"), session.place, session.date)
    elif written.utcoffset() != begins.astimezone(zone).utcoffset():
        report.note(_("The offset of “date” is not that of the zone; the offset counts"), session.place, session.date)
    return begins


def _by_day(session: Session, zone: ZoneInfo, day_change: int, report: Report) -> datetime:
    """By the date of the day; an item after midnight belongs to the day that it follows."""
    day = parse_day(session.date or session.day, session.place)
    if not session.start:
        raise Unreadable(session.place, _("The session has neither “date” nor “start”."))
    start = _time(session.start, session.place)
    if not session.date and start.hour * 60 + start.minute < day_change:
        day += timedelta(days=1)
    local = datetime.combine(day, start, zone)
    begins = local.astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        report.note(_("The clock skips this time; the moment after the change was taken"), session.place, session.start)
    return begins


def _moment(said: str, zone: ZoneInfo, place: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
        # A year at the edge of the calendar has no neighbours to convert into.
        if not 1900 <= moment.year <= 2200:
            raise ValueError
    except ValueError as fault:
        raise Unreadable(place, _("“%(name)s” is no date and time: %(value)s", name=name, value=said[:60])) from fault
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)


def parse_day(said: str, place: str) -> date:
    try:
        day = date.fromisoformat(said[:10])
        if not 1900 <= day.year <= 2200:
            raise ValueError
    except ValueError as fault:
        raise Unreadable(place, _("This is no date: %(value)s", value=said[:60] or "–")) from fault
    return day


def _time(said: str, place: str) -> time:
    match = _CLOCK.fullmatch(said)
    try:
        if match is None:
            raise ValueError
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return time(hours, minutes, seconds)
    except ValueError as fault:
        raise Unreadable(place, _("“start” is no time of day: %(value)s", value=said[:60])) from fault


def _length(session: Session) -> timedelta:
    if not session.duration:
        return timedelta()
    length = parse_duration(session.duration)
    if length is None:
        raise Unreadable(session.place, _("“duration” is no length of time: %(value)s", value=session.duration[:60]))
    return length


def parse_duration(said: str) -> timedelta | None:
    """`1:30`, `01:30`, `01:30:00` or `PT1H30M`; hours may pass 24."""
    if match := _HOURS.fullmatch(said):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if said != "P" and (match := _ISO_DURATION.fullmatch(said)):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return None


def time_slot(conference: Conference) -> timedelta:
    return parse_duration(conference.timeslot) or timedelta(minutes=5)


def find_day_change(conference: Conference, zone: ZoneInfo) -> int:
    """Minutes after midnight at which the file's days end: as it says, else as its days' last moments show."""
    if conference.day_change and (said := parse_duration(conference.day_change)) is not None:
        return int(said.total_seconds()) // 60 % 1440
    latest, starts = 0, set()
    for day in conference.days:
        midnight = datetime.combine(parse_day(day.date, day.place), time())
        if day.end:
            end = _moment(day.end, zone, day.place, "end").astimezone(zone).replace(tzinfo=None)
            latest = max(latest, int((end - midnight).total_seconds()) // 60 - 1440)
        if day.start:
            start = _moment(day.start, zone, day.place, "start").astimezone(zone).replace(tzinfo=None)
            starts.add(int((start - midnight).total_seconds()) // 60)
    # Some write a day's end as the last minute that belongs to it.
    return latest + 1 if latest + 1 in starts else min(latest, 1439)
