"""Many people who come at once: the rules of `service.enter`, with the places locked once for all.

Everything is one transaction. Their letters are work of their own, begun in it and written some hundred at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.jobs.kinds import Progress, does
from app.jobs.models import Job
from app.jobs.service import start
from app.lib import clock
from app.lib.text import searchable
from app.lib.tokens import new_token
from app.registration import bookings, letters, places, questions, service, waitlist
from app.registration.admission import LIVE
from app.registration.models import (
    LASTING,
    Answer,
    Need,
    Origin,
    Question,
    QuestionKind,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from app.registration.service import Entry
from app.registration.signals import registration_confirmed

BATCH = 1000
LETTERS = "registration.letters"


class Arrived(NamedTuple):
    confirmed: int
    waiting: int


def enter_all(
    event: Event, entries: Sequence[Entry], origin: Origin, *, tell: bool = True, by: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Arrived:  # fmt: skip
    """Everyone gets a place for good while there are any, else the waiting list, in the order given.

    Who is on the way already stays as they are. `by`: the account whose work it is.
    """
    line = places.lock(event)
    for session in sorted({s for entry in entries for s in entry.sessions}, key=lambda session: session.id):
        places.lock(session)
    rows = db.session.execute(
        sa.select(Registration.email, Registration.state).where(
            Registration.event_id == event.id, Registration.email != ""
        )
    )
    states = {row.email: row.state for row in rows}
    new = [entry for entry in entries if entry.email not in states]
    back = [entry for entry in entries if entry.email in states and states[entry.email] not in LIVE]
    returned = [service.enter(event, entry, origin, tell=tell) for entry in back]
    if line.last_number:
        waitlist.serve(event)
    room = 0 if line.last_number and places.number_waiting(event) else places.room(event, line)
    settled = len(new) if room is None else min(room, len(new))
    asked = questions.of_event(event)
    written: list[int] = []
    for start_at in range(0, len(new), BATCH):
        batch = new[start_at : start_at + BATCH]
        here = max(0, min(settled - start_at, len(batch)))
        written += _write(event, batch, origin, here, line.last_number + max(0, start_at - settled), asked)
        progress(start_at + len(batch), len(new))
    line.taken += settled
    line.last_number += len(new) - settled
    db.session.flush()
    if tell and written:
        start(LETTERS, by, subject=f"event:{event.id}", event=event.id, first=written[0], last=written[-1])
    confirmed = settled + sum(registration.is_confirmed for registration in returned)
    return Arrived(confirmed, len(new) + len(returned) - confirmed)


def _write(
    event: Event, batch: Sequence[Entry], origin: Origin, settled: int, last_number: int, asked: list[Question]
) -> Sequence[int]:
    """The first `settled` of them have places; the others get the numbers after the last. Answers their own."""
    moment = clock.now()
    common = {
        "event_id": event.id, "origin": origin, "consented_at": moment, "created_at": moment,
        "agenda_changed_at": moment,
    }  # fmt: skip
    rows = [
        {
            **common, "name": entry.name, "email": entry.email, "country": entry.country, "language": entry.language,
            "zone": entry.zone, "search": searchable(entry.name, entry.email),
            "state": RegistrationState.CONFIRMED if place < settled else RegistrationState.WAITING,
            "confirmed_at": moment if place < settled else None,
            "queue_number": None if place < settled else last_number + place - settled + 1,
        }
        for place, entry in enumerate(batch)
    ]  # fmt: skip
    # Past the mapper, which would take three times as long while everybody else waits.
    inserted = sa.insert(_table(Registration)).returning(Registration.id, sort_by_parameter_order=True)
    ids = db.session.scalars(inserted, rows).all()
    _insert(RegistrationLink, [
        {"token": new_token(), "registration_id": number, "purpose": purpose, "created_at": moment}
        for number in ids for purpose in LASTING
    ])  # fmt: skip
    _insert(Answer, [
        {"registration_id": number, "question_id": question.id, "value": entry.answers[question.id]}
        for number, entry in zip(ids, batch, strict=True) if entry.answers
        for question in questions.visible(asked, entry.answers) if question.id in entry.answers
    ])  # fmt: skip
    needs_asked = next((row for row in asked if row.kind is QuestionKind.NEEDS), None)
    _insert(Need, [
        {"registration_id": number, "kind": kind, "language": language, "note": note}
        for number, entry in zip(ids, batch, strict=True)
        if entry.needs and needs_asked in questions.visible(asked, entry.answers)
        for (kind, language), note in {(kind, language): note for kind, language, note in entry.needs}.items()
    ])  # fmt: skip
    for number, entry in zip(ids[:settled], batch, strict=False):
        for session in entry.sessions:
            if bookings.needs_booking(session) and bookings.is_open(session):
                bookings.book(db.session.get_one(Registration, number), session)
    return ids


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.insert(_table(model)), rows)


def _table(model: type[Any]) -> sa.Table:
    table: sa.Table = model.__table__
    return table


@does(LETTERS, names_people=True)
def _write_letters(job: Job, progress: Progress) -> Iterator[None]:
    """To each what became of them. While these came in, nobody else did."""
    found = (
        sa.select(Registration)
        .where(
            Registration.event_id == job.payload["event"],
            Registration.id.between(job.payload["first"], job.payload["last"]),
        )
        .order_by(Registration.id)
    )  # fmt: skip
    numbers = db.session.scalars(found.with_only_columns(Registration.id)).all()
    for start_at in range(job.done, len(numbers), BATCH):
        batch = numbers[start_at : start_at + BATCH]
        for registration in db.session.scalars(found.where(Registration.id.in_(batch))):
            if registration.is_confirmed:
                registration_confirmed.send(registration)
            elif registration.state is RegistrationState.WAITING:
                letters.tell_standing(registration)
        progress(start_at + len(batch), len(numbers))
        yield
        db.session.expire_all()
