"""Zones whose rules change: people keep to the clock, so what it shows stays, and the moments move.

A parliament ends summer time, and the tz database says of an hour next year that it is another moment than it said
when the hour was written. With each session stands how far its clocks were to be ahead of UTC; where that is no longer
so, the session follows. Of all else only moments are kept; they follow when the rules that `KnownZone` holds differ.
What is past stays. A process knows the tz database as it was at its start, so all this happens at a worker's start.
"""

import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.events.revision import changed_rows
from app.events.service import subject
from app.events.signals import Change
from app.extensions import db, insert_into, lock_row
from app.lib import clock
from app.people import audit
from app.people.models import AuditEntry
from app.schedule.models import EventSession, KnownZone
from app.schedule.service import update_session
from app.schedule.signals import clocks_changed


class Drift(NamedTuple):
    """A session to come whose hour is at another moment than the stored one."""

    session: EventSession
    starts_at: datetime
    ends_at: datetime


def changed_sessions() -> list[Drift]:
    return [drift for session in _to_come(EventSession.start_offset.is_not(None)) if (drift := _drift(session))]


def follow() -> list[EventSession]:
    """Moves what the new rules move, and answers the sessions; flushes. Called again, it finds nothing."""
    _write_missing_offsets()
    moved = [drift.session for drift in changed_sessions() if _moved(drift.session)]
    for event in {session.event for session in moved}:
        number = sum(session.event is event for session in moved)
        audit.record(None, "event.clocks", subject(event), zone=event.zone, sessions=number)
    for zone, former in _newly_ruled():
        lately = clock.ago(days=2).date()
        for event in db.session.scalars(sa.select(Event).where(Event.zone == zone, Event.ends_on >= lately)):
            if event.over_at > clock.now():
                clocks_changed.send(event, followed=_following(zone, former))
    db.session.flush()
    return moved


def followed_lately(event: Event) -> bool:
    """Whether sessions of an event have followed new rules within a month, so that organisers should know."""
    lately = AuditEntry.at > clock.ago(days=30)
    noted = sa.exists().where(AuditEntry.action == "event.clocks", AuditEntry.subject == subject(event), lately)
    return bool(db.session.scalar(sa.select(noted)))


def shown_before(moment: datetime, zone: str, since: datetime) -> datetime:
    """What the clocks of a zone were to show at a moment, by the rules that the programmes followed until `since`."""
    known = db.session.get(KnownZone, zone)
    if known is None or known.former is None or known.changed_at < since:
        return clock.local(moment, zone).replace(tzinfo=None)
    return moment.astimezone(_read(known.former)).replace(tzinfo=None)


def _following(zone: str, former: ZoneInfo) -> Callable[[datetime], datetime]:
    def followed(moment: datetime) -> datetime:
        return _moment(moment.astimezone(former), zone, moment) if moment > clock.now() else moment

    return followed


def _to_come(*conditions: sa.ColumnElement[bool]) -> Iterator[EventSession]:
    found = sa.select(EventSession).where(EventSession.starts_at > clock.now(), *conditions)
    yield from db.session.scalars(found.options(orm.joinedload(EventSession.event)).order_by(EventSession.id))


def _drift(session: EventSession) -> Drift | None:
    starts_at, ends_at, zone = session.starts_at, session.ends_at, session.event.zone
    if starts_at is None or ends_at is None or session.start_offset is None or session.end_offset is None:
        return None
    start = _moment(starts_at + timedelta(seconds=session.start_offset), zone, starts_at)
    end = _moment(ends_at + timedelta(seconds=session.end_offset), zone, ends_at)
    if (start, end) == (starts_at, ends_at):
        return None
    return Drift(session, start, end if end > start else start + (ends_at - starts_at))


def _moment(shown: datetime, zone: str, stored: datetime) -> datetime:
    """When the clocks show this; the stored moment, if they do so at it, else the first. An hour that they leap over
    is the one that they leap to."""
    local = shown.replace(tzinfo=clock.zone(zone))
    moments = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return stored if stored in moments else moments[0]


def _moved(session: EventSession) -> bool:
    lock_row(session)  # Another worker that starts at this moment may have moved it.
    if (drift := _drift(session)) is None:
        return False
    update_session(session, None, told_as=Change.CLOCKS, starts_at=drift.starts_at, ends_at=drift.ends_at)
    return True


def _newly_ruled() -> list[tuple[str, ZoneInfo]]:
    """The zones whose rules are others than those that were followed last, with the former; they are known now."""
    known = {row.name: row.rules for row in db.session.execute(sa.select(KnownZone.name, KnownZone.rules))}
    now = {name: _rules(name) for name in clock.zones()}
    _remember({name: rules for name, rules in now.items() if name not in known})
    changed = []
    for name, rules in known.items():
        if now.get(name, rules) == rules:
            continue
        # One worker of several that start at once finds the former rules still there.
        first = db.session.execute(
            sa.update(KnownZone)
            .where(KnownZone.name == name, KnownZone.rules == rules)
            .values(rules=now[name], former=rules, changed_at=clock.now())
        )
        if first.rowcount:  # type: ignore[attr-defined]
            changed.append((name, _read(rules)))
    return changed


def _remember(zones: Mapping[str, bytes]) -> None:
    rows = [{"name": name, "rules": rules, "changed_at": clock.now()} for name, rules in zones.items()]
    if rows:
        db.session.execute(insert_into(KnownZone).on_conflict_do_nothing(), rows)


@cache
def _rules(zone: str) -> bytes:
    """As the tz database has them: that of the system, else of the package, as zoneinfo looks for them."""
    for folder in zoneinfo.TZPATH:
        if (file := Path(folder, zone)).is_file():
            return file.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


@cache
def _read(rules: bytes) -> ZoneInfo:
    return ZoneInfo.from_file(BytesIO(rules))


def _write_missing_offsets() -> None:
    """Of sessions that were written before offsets were: what the rules say today."""
    missing = EventSession.starts_at.is_not(None), EventSession.start_offset.is_(None)
    rows = db.session.execute(
        sa.select(EventSession.id, EventSession.starts_at, EventSession.ends_at, Event.zone).join(Event).where(*missing)
    )
    # Not by the entity: no revision goes up for what nobody sees.
    values = [
        {"id": id_, "start_offset": _offset(starts_at, zone), "end_offset": _offset(ends_at, zone)}
        for id_, starts_at, ends_at, zone in rows
    ]
    if values:
        db.session.execute(sa.update(EventSession), values)


@sa.event.listens_for(orm.Session, "before_flush")
def _write_offsets(session: orm.Session, _context: Any, _instances: Any) -> None:
    """With each time goes its offset, also when the event goes to another zone."""
    with session.no_autoflush:
        for row in changed_rows(session) - set(session.deleted):
            if isinstance(row, EventSession) and _has_changed(row, "starts_at", "ends_at"):
                event = row.event or session.get_one(Event, row.event_id)
                _write_offset(row, event.zone)
            elif isinstance(row, Event) and row.id and _has_changed(row, "zone"):
                for each in session.scalars(sa.select(EventSession).where(EventSession.event_id == row.id)):
                    _write_offset(each, row.zone)


def _has_changed(row: object, *names: str) -> bool:
    return any(sa.inspect(row).attrs[name].history.has_changes() for name in names)


def _write_offset(session: EventSession, zone: str) -> None:
    session.start_offset = _offset(session.starts_at, zone)
    session.end_offset = _offset(session.ends_at, zone)


def _offset(moment: datetime | None, zone: str) -> int | None:
    if moment is None:
        return None
    return int((clock.local(moment, zone).utcoffset() or timedelta()).total_seconds())
