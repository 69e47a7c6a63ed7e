"""When and to whom an event's registration is open."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.events.models import Event, EventState
from app.extensions import db
from app.lib import clock
from app.lib.memory import Memory
from app.registration.models import AccessCode, Admission, Question, Registration, RegistrationState
from app.schedule.models import EventSession

LIVE = (
    RegistrationState.REQUESTED, RegistrationState.WAITING, RegistrationState.PENDING, RegistrationState.CONFIRMED
)  # fmt: skip


def of(event: Event) -> Admission:
    """What the organisers set, or what holds where they set nothing (not stored)."""
    found = db.session.get(Admission, event.id)
    return found or Admission(
        event_id=event.id, by_code=False, by_approval=False, offer_hours=24, certificates=False, certificate_minutes=30
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What the form needs to know of an event; kept for each of its revisions, since every visitor asks for it."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    by_code: bool = False
    by_approval: bool = False
    asks: bool = False
    """It has questions of its own."""
    books: bool = False
    """It has sessions with places."""

    @property
    def moments(self) -> set[datetime]:
        """When its pages say something else by themselves."""
        return {moment for moment in (self.opens_at, self.closes_at) if moment}


_terms: Memory[tuple[int, int, datetime], Terms] = Memory("terms", 1024)


def terms(event: Event) -> Terms:
    key = (event.id, event.revision, event.changed_at)
    return _terms.get(key) or _terms.keep(key, _read(event))


def _read(event: Event) -> Terms:
    asks = sa.exists().where(Question.event_id == event.id)
    books = sa.exists().where(EventSession.event_id == event.id, EventSession.capacity.is_not(None))
    more = db.session.execute(sa.select(asks, books)).one()
    row = of(event)
    return Terms(row.opens_at, row.closes_at, row.by_code, row.by_approval, *more)


def is_open(event: Event) -> bool:
    if event.state is not EventState.PUBLISHED or not event.takes_place or clock.now() >= event.over_at:
        return False
    when = terms(event)
    is_early = when.opens_at is not None and clock.now() < when.opens_at
    return not is_early and (when.closes_at is None or clock.now() < when.closes_at)


def code_in_force(event: Event, text: str) -> AccessCode | None:
    """The code that people wrote, if it still lets somebody in. Exact under the lock of the event's places."""
    code = db.session.scalar(
        sa.select(AccessCode).where(
            AccessCode.event_id == event.id, sa.func.lower(AccessCode.code) == text.strip().lower()
        )
    )
    return code if code is not None and code.is_in_force and has_use_left(code) else None


def lets_back_in(registration: Registration) -> bool:
    """Whether the code that somebody came with is not used up by others since they gave their place back."""
    code = db.session.get(AccessCode, registration.code_id) if registration.code_id else None
    return code is None or has_use_left(code)


def has_use_left(code: AccessCode) -> bool:
    return code.most_uses is None or uses(code) < code.most_uses


def uses(code: AccessCode) -> int:
    """Registrations that stand on it now."""
    found = sa.select(sa.func.count()).where(Registration.code_id == code.id, Registration.state.in_(LIVE))
    return db.session.scalar(found) or 0
