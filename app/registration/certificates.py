"""Certificates of attendance: who earned one, what it says, and the letters that bring them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db, insert_into
from app.lib import clock
from app.lib.text import pick
from app.lib.tokens import new_token
from app.mail.models import Letter
from app.mail.service import enqueue_all, letter_row
from app.registration import admission, attendance
from app.registration.models import Certificate, Registration, RegistrationState
from app.schedule.models import EventSession

LETTER = "registration.certificate"


def are_ready(event: Event) -> bool:
    """Certificates are wanted, and the last session is over: nobody's hours grow any more."""
    return admission.of(event).certificates and event.takes_place and clock.now() >= ends_at(event)


def ends_at(event: Event) -> datetime:
    ends = [session.ends_at for session in attendance.counted_sessions(event) if session.ends_at]
    return max(ends, default=event.over_at)


def is_enough(event: Event, sessions: Iterable[EventSession]) -> bool:
    return attendance.minutes(sessions) >= max(admission.of(event).certificate_minutes, 1)


def is_earned(registration: Registration) -> bool:
    """Whether the person would get one now."""
    return are_ready(registration.event) and is_enough(registration.event, _heard(registration))


def _heard(registration: Registration) -> list[EventSession]:
    return attendance.attended(registration.event, [registration.id]).get(registration.id, [])


def of(registration: Registration) -> Certificate | None:
    return db.session.scalar(sa.select(Certificate).where(Certificate.registration_id == registration.id))


def by_code(code: str) -> Certificate | None:
    return db.session.scalar(sa.select(Certificate).where(Certificate.code == code))


def issue(registration: Registration) -> Certificate | None:
    """The person's certificate, made when it is first asked for; None while there is none to be had.

    What it says stays, also when the name in the registration is changed: see `renew`.
    """
    found = of(registration)
    if found is not None or not registration.is_confirmed or not is_earned(registration):
        return found
    _insert([_row(registration, _heard(registration))])
    return of(registration)


def renew(registration: Registration) -> Certificate | None:
    """Says again, at the same address, what is known now: a mended name, an attendance marked later."""
    certificate = of(registration)
    if certificate is None or not is_earned(registration):
        return None
    row = _row(registration, _heard(registration))
    for name in ("name", "language", "minutes", "sessions", "issued_at"):
        setattr(certificate, name, row[name])
    db.session.flush()
    return certificate


def _row(registration: Registration, sessions: list[EventSession]) -> dict[str, object]:
    event, told = registration.event, []
    for session in sessions:
        title = pick(session.title, (registration.language,))
        day = event.day_of(session.starts_at) if session.starts_at else event.starts_on
        told.append({"title": title.text, "language": title.language, "day": day.isoformat()})
    return {
        "code": new_token(), "event_id": event.id, "registration_id": registration.id, "name": registration.name,
        "language": registration.language, "minutes": attendance.minutes(sessions), "sessions": told,
        "issued_at": clock.now(),
    }  # fmt: skip


def _insert(rows: list[dict[str, object]]) -> None:
    """Who has one keeps it."""
    if rows:
        db.session.execute(insert_into(Certificate).on_conflict_do_nothing(index_elements=["registration_id"]), rows)


# To everyone at once.


@dataclass(frozen=True, slots=True)
class Sending:
    """Who of the confirmed people gets a certificate by mail, and who does not and why."""

    due: list[Registration]
    sent: int
    """Had the letter before."""
    without_address: int
    too_short: int
    absent: int


def sending(event: Event) -> Sending:
    """What sending would do now."""
    was_sent = sa.exists().where(Letter.key == sa.literal(f"{LETTER}:") + sa.cast(Registration.id, sa.String))
    rows = db.session.execute(
        sa.select(Registration, was_sent)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.id)
    )
    heard = attendance.attended(event)
    due, sent, without_address, too_short, absent = [], 0, 0, 0, 0
    for registration, had_letter in rows:
        if had_letter:
            sent += 1
        elif not heard.get(registration.id):
            absent += 1
        elif not is_enough(event, heard[registration.id]):
            too_short += 1
        elif not registration.email:
            without_address += 1
        else:
            due.append(registration)
    return Sending(due, sent, without_address, too_short, absent)


def send(event: Event) -> int:
    """Writes to everyone who earned one and has not been written to; tells how many. Nobody gets two letters."""
    if not are_ready(event):
        return 0
    due, heard = sending(event).due, attendance.attended(event)
    _insert([_row(registration, heard[registration.id]) for registration in due])
    enqueue_all([
        letter_row(
            LETTER, str(registration.id), registration.email, language=registration.language,
            recipient_name=registration.name, about=f"event:{registration.event_id}", registration=registration.id,
        )
        for registration in due
    ])  # fmt: skip
    return len(due)
