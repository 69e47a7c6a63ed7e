"""Deleting what is known of people: of one who wishes it, or of everyone when the organisers' time has come.

What goes: the registration with its answers and their files, needs, bookings, agenda, attendance, links and
certificate; the invitation of the address; the tables that were exported or brought lately; and the name and the
address in the letters, of which those that still wait are dropped. What stays is numbers: how many were deleted, when
and why, and how many letters were sent.

Files cannot be brought back, so they go last: the caller commits, then hands them to `forget`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.events.models import Event, Standing
from app.extensions import db
from app.jobs import service as jobs
from app.lib import clock, storage
from app.mail import inbox
from app.mail.models import Letter, LetterCopy, LetterState, Received, Suppression
from app.mail.suppression import SAID_BY_SERVERS
from app.people import audit
from app.people.models import Account
from app.registration import codes as codes_of
from app.registration import places, service
from app.registration.models import (
    HOLDING,
    AccessCode,
    Admission,
    Answer,
    Booking,
    Certificate,
    Claim,
    Erasure,
    Question,
    QuestionKind,
    Registration,
)
from app.schedule.models import EventSession

SCHEDULE, WISH, ORGANISER = "schedule", "wish", "organiser"
BATCH = 1000
"""Registrations that one transaction deletes, so that nobody else waits for long."""

Files = list[str]


def erase(registration: Registration) -> Files:
    """At the wish of the person: the place is passed on first. Answers with the files to forget after the commit."""
    event, email = registration.event, registration.email
    service.cancel(registration)
    files = remove(registration)
    _delete_invitations(event, AccessCode.email == email)
    inbox.forget(email)
    db.session.add(Erasure(event=event, number=1, cause=WISH))
    db.session.flush()
    return files


def remove(registration: Registration) -> Files:
    """The row of one that has ended, with all that belongs to it. Letters went to former addresses, too."""
    files = _delete(registration.event, [registration.id], sa.true())
    db.session.expunge(registration)
    return files


def forget(files: Iterable[str]) -> None:
    for key in files:
        storage.forget(key)


# By the organisers' schedule.


def due_at(event: Event) -> datetime | None:
    """When what the event knows of people is deleted; None: until an organiser does it.

    A postponed event is not over, whatever its old dates say.
    """
    admission = db.session.get(Admission, event.id)
    if admission is None or admission.keep_days is None or event.standing is Standing.POSTPONED:
        return None
    return event.over_at + timedelta(days=admission.keep_days)


def due() -> list[Event]:
    """Events whose time has come and that still know somebody."""
    known = sa.or_(
        sa.exists().where(Registration.event_id == Event.id),
        sa.exists().where(AccessCode.event_id == Event.id, AccessCode.email != ""),
        sa.exists().where(Certificate.event_id == Event.id),
    )
    moment = clock.now()
    ended = sa.select(Event).join(Admission).where(Admission.keep_days.is_not(None), known)
    # A day of a zone ends up to half a day before or after that of UTC.
    over = ended.where(Event.ends_on <= moment.date() + timedelta(days=1)).order_by(Event.id)
    return [event for event in db.session.scalars(over) if (at := due_at(event)) and at <= moment]


def number_of(event: Event) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Registration.event_id == event.id)) or 0


def sweep() -> dict[Event, int]:
    """Deletes everything that is due; how many registrations of which event. Commits each batch."""
    return {event: erase_all(event, SCHEDULE) for event in due()}


def erase_all(event: Event, cause: str, by: Account | None = None) -> int:
    """Deletes all registrations of an event, and its invitations; how many. Commits each batch and may be repeated."""
    total = 0
    while True:
        numbers = _first(event)
        files = _erase_batch(event, numbers, cause, by)
        db.session.commit()
        forget(files)
        total += len(numbers)
        if len(numbers) < BATCH:
            return total


def records(event: Event) -> list[Erasure]:
    """What was deleted so far, the latest first."""
    return list(
        db.session.scalars(sa.select(Erasure).where(Erasure.event_id == event.id).order_by(Erasure.id.desc()).limit(50))
    )


def _erase_batch(event: Event, numbers: list[int], cause: str, by: Account | None) -> Files:
    places.lock(event)
    is_last = len(numbers) < BATCH
    addresses = db.session.scalars(sa.select(Registration.email).where(Registration.id.in_(numbers))).all()
    _give_back_places(event, numbers)
    files = _delete(event, numbers, Letter.recipient.in_(addresses))
    if is_last:
        _delete_the_rest(event)
    if numbers or is_last:
        db.session.add(Erasure(event=event, number=len(numbers), cause=cause))
        audit.record(by, "registration.erased", f"event:{event.id}", number=len(numbers), cause=cause)
    db.session.flush()
    return files


def _first(event: Event) -> list[int]:
    found = sa.select(Registration.id).where(Registration.event_id == event.id).order_by(Registration.id).limit(BATCH)
    return list(db.session.scalars(found))


def _give_back_places(event: Event, numbers: list[int]) -> None:
    """The event is over, so nobody waits for them; but the count stays right."""
    held = sa.select(sa.func.count()).where(Registration.id.in_(numbers), Registration.state.in_(HOLDING))
    places.free(event, db.session.scalar(held) or 0)
    booked = db.session.execute(
        sa.select(Booking.session_id, sa.func.count())
        .where(Booking.registration_id.in_(numbers), Booking.claim != Claim.WAITING)
        .group_by(Booking.session_id)
        .order_by(Booking.session_id)
    ).all()
    for session_id, number in booked:
        places.free(db.session.get_one(EventSession, session_id), number)


def _delete(event: Event, numbers: Collection[int], letters: sa.ColumnElement[bool]) -> Files:
    """Deletes registrations, with all that the database knows to belong to them; `letters` says where theirs are."""
    theirs = _file_keys(Answer.registration_id.in_(numbers))
    about = (Letter.payload[name].as_integer() for name in ("registration", "registration_id"))
    _blank(letters & sa.or_(*(number.in_(numbers) for number in about)))
    _execute(sa.delete(Certificate).where(Certificate.registration_id.in_(numbers)))
    _execute(sa.delete(Registration).where(Registration.id.in_(numbers)))
    jobs.drop_naming_people(f"event:{event.id}")
    # Who sent the form twice with one file, under two addresses, named it twice.
    return list(theirs - _file_keys(Answer.value["key"].as_string().in_(theirs)))


def _file_keys(which: sa.ColumnElement[bool]) -> set[str]:
    answers = sa.select(Answer.value).join(Question).where(Question.kind == QuestionKind.FILE, which)
    return {value["key"] for value in db.session.scalars(answers)}


def _delete_invitations(event: Event, condition: sa.ColumnElement[bool]) -> None:
    invited = sa.select(AccessCode.id).where(AccessCode.event_id == event.id, AccessCode.email != "", condition)
    codes = list(db.session.scalars(invited))
    is_invitation = Letter.kind == codes_of.INVITATION
    _blank(is_invitation & Letter.payload["code"].as_integer().in_(codes))
    _execute(sa.delete(AccessCode).where(AccessCode.id.in_(codes)))


def _delete_the_rest(event: Event) -> None:
    """Who was invited and never came, what organisers noted about codes, and letters to addresses left behind."""
    _delete_invitations(event, sa.true())
    _execute(sa.update(AccessCode).where(AccessCode.event_id == event.id).values(note=""))
    _execute(sa.delete(Certificate).where(Certificate.event_id == event.id))
    for name in ("registration", "registration_id"):
        number = Letter.payload[name].as_integer()
        _blank(number.is_not(None) & ~sa.exists().where(Registration.id == number))


def _blank(letters: sa.ColumnElement[bool]) -> None:
    """Takes the person out of letters and of what came back; that one was sent for this event stays.

    That servers refused an address goes, too: they say it again. That nothing is wanted there stays as it is.
    """
    _execute(sa.delete(Suppression).where(
        Suppression.email.in_(sa.select(sa.func.lower(Letter.recipient)).where(letters)),
        Suppression.grounds.in_(SAID_BY_SERVERS),
    ))  # fmt: skip
    _execute(sa.update(Received).where(Received.letter_id.in_(sa.select(Letter.id).where(letters))).values(detail=""))
    _execute(sa.delete(LetterCopy).where(LetterCopy.letter_id.in_(sa.select(Letter.id).where(letters))))
    went = Letter.state.in_((LetterState.SENT, LetterState.BOUNCED))
    _execute(
        sa.update(Letter)
        .where(letters)
        .values(
            recipient="", recipient_name="", domain="", payload={}, subject="", last_error="",
            state=sa.case((went, Letter.state), else_=LetterState.DROPPED),
        )
    )  # fmt: skip


def _execute(statement: sa.Delete | sa.Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
