"""The door: what people are checked in to, the list of those who may come in, and check-ins that were made off line."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.text import searchable
from app.registration import attendance
from app.registration.models import Attendance, Purpose, Registration, RegistrationLink, RegistrationState, Source
from app.schedule.models import EventSession

PAGE = 50
MOST_AT_ONCE = 500
"""Check-ins in one request of a device that was off line."""


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody is checked in to: a day of the event, or one session."""

    key: str
    """The day (ISO), or the session's part of its address."""
    day: date
    session: EventSession | None = None


def targets(event: Event) -> list[Target]:
    """The days of the event, then its sessions in the order of time."""
    sessions = [
        Target(each.slug, event.day_of(each.starts_at), each)
        for each in attendance.counted_sessions(event)
        if each.starts_at
    ]
    return [Target(day.isoformat(), day) for day in event.days] + sessions


def target(event: Event, key: str) -> Target | None:
    return next((each for each in targets(event) if each.key == key), None)


def usual(event: Event) -> Target:
    """Today, or the first day where today is none of the event's."""
    today = event.day_of(clock.now())
    day = today if today in event.days else event.starts_on
    return Target(day.isoformat(), day)


def is_today(event: Event) -> bool:
    return event.day_of(clock.now()) in event.days


def since(registration: Registration, at: Target) -> datetime | None:
    """When the person was checked in there; None while they were not."""
    return db.session.scalar(
        sa.select(Attendance.first_at).where(Attendance.registration_id == registration.id, _is_to(at))
    )


def listed(
    event: Event, at: Target, sought: str, page: int
) -> tuple[Sequence[tuple[Registration, datetime | None]], int]:
    """A page of the confirmed people by name, each with when they came; and how many there are."""
    people = confirmed(event)
    if sought:
        # By name alone: whoever stands at the door is not told addresses, and so cannot try them either.
        name = sa.func.substr(
            Registration.search, 1, sa.func.length(Registration.search) - sa.func.length(Registration.email)
        )
        people.append(name.contains(searchable(sought), autoescape=True))
    number = db.session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*people)) or 0
    came = sa.and_(Attendance.registration_id == Registration.id, _is_to(at))
    rows = db.session.execute(
        sa.select(Registration, Attendance.first_at)
        .outerjoin(Attendance, came)
        .where(*people)
        .order_by(Registration.name, Registration.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [(registration, first_at) for registration, first_at in rows], number


def number_in(event: Event, at: Target) -> int:
    rows = sa.select(sa.func.count()).select_from(Attendance).join(Registration)
    return db.session.scalar(rows.where(Registration.event_id == event.id, _is_to(at))) or 0


def kept_list(event: Event) -> dict[str, object]:
    """What a device keeps to go on without a network: names, a digest of each ticket, and who came to what.

    A ticket's own token stays here, since a device at the door is put down and picked up by others.
    """
    people = db.session.execute(
        sa.select(Registration.id, Registration.name, RegistrationLink.token)
        .join(RegistrationLink)
        .where(*confirmed(event), RegistrationLink.purpose == Purpose.TICKET, RegistrationLink.revoked_at.is_(None))
        .order_by(Registration.name, Registration.id)
    )
    came: dict[str, list[int]] = {each.key: [] for each in targets(event)}
    for registration_id, day, slug in db.session.execute(
        sa.select(Attendance.registration_id, Attendance.day, EventSession.slug)
        .join(Registration)
        .outerjoin(EventSession, EventSession.id == Attendance.session_id)
        .where(Registration.event_id == event.id)
    ):
        came.setdefault(slug or day.isoformat(), []).append(registration_id)
    return {"people": [[number, name, digest(token)] for number, name, token in people], "came": came}


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def sync(event: Event, items: Iterable[object]) -> list[str]:
    """Enters what a device did, in its order; answers for each: `new`, `known`, `undone` or `refused`.

    Sent twice, the second time changes nothing.
    """
    wanted = list(items)
    numbers = {item["number"] for item in wanted if isinstance(item, dict) and _is_number(item.get("number"))}
    people = {
        registration.id: registration
        for registration in db.session.scalars(
            sa.select(Registration).where(*confirmed(event), Registration.id.in_(numbers))
        )
    }
    known = {each.key: each for each in targets(event)}
    return [_enter(item, people, known) for item in wanted]


def _enter(item: object, people: dict[int, Registration], known: dict[str, Target]) -> str:
    if not isinstance(item, dict) or not _is_number(item.get("number")) or not isinstance(item.get("target"), str):
        return "refused"
    registration, at = people.get(item["number"]), known.get(item["target"])
    if registration is None or at is None:
        return "refused"
    if item.get("act") == "undo":
        attendance.undo(registration, at.session, at.day)
        return "undone"
    new = attendance.check_in(registration, at.session, at.day, Source.DOOR, _moment(item.get("at")))
    return "new" if new else "known"


def _is_number(value: object) -> bool:
    """Whether a row may have it."""
    return type(value) is int and 0 < value < 10**9


def _moment(written: object) -> datetime | None:
    """A moment as scripts write it; None for anything else, and then it is now."""
    try:
        at = datetime.fromisoformat(str(written))
        return at.astimezone(UTC).replace(microsecond=0) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def confirmed(event: Event) -> list[sa.ColumnElement[bool]]:
    return [Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED]


def _is_to(at: Target) -> sa.ColumnElement[bool]:
    if at.session is not None:
        return Attendance.session_id == at.session.id
    return sa.and_(Attendance.session_id.is_(None), Attendance.day == at.day)
