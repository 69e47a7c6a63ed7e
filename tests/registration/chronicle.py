"""What the database itself notes of registrations, bookings and places, in the order in which it happened.

Triggers write it, in the transaction of what they note, so no process can forget or invent anything. Whoever changes
a waiting list has locked its places, so the order of the entries is that of the list.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.mail.models import Letter
from app.registration import bookings, waitlist
from app.registration.models import (
    HOLDING,
    AgendaItem,
    Booking,
    Claim,
    Places,
    Registration,
    RegistrationState,
)
from app.schedule.models import EventSession

LONG_PAST = datetime(2000, 1, 1, tzinfo=UTC)
"""The end of a hold that a test lets run out."""

# A row that is written before its place in the order is known is nobody's hold yet.
STATE = "CASE WHEN {row}.state = 'pending' AND {row}.held_until IS NULL THEN 'new' ELSE {row}.state END"
CLAIM = "{row}.claim"
RUN_OUT = "CASE WHEN {row}.held_until < '2001-01-01' THEN ' run out' ELSE '' END"
CAPACITY = (
    "COALESCE((SELECT capacity FROM event WHERE id = NEW.event_id),"
    " (SELECT capacity FROM event_session WHERE id = NEW.session_id))"
)
ENTRY = "INSERT INTO chronicle (noun, number, line, before, after, place) SELECT {values} WHERE {condition}"


def _entries() -> list[tuple[str, str, str]]:
    """Table, deed, and what is noted of it."""
    entries = []
    for noun, line, state in (("registration", "event_id", STATE), ("booking", "session_id", CLAIM)):
        place = "queue_number" if noun == "registration" else "number"
        old, new = state.format(row="OLD"), state.format(row="NEW")
        run_out = RUN_OUT.format(row="OLD") if noun == "booking" else "''"
        entries += [
            (noun, "INSERT", ENTRY.format(
                values=f"'{noun}', NEW.id, NEW.{line}, '', {new}, NEW.{place}", condition="1 = 1")),
            (noun, "UPDATE", ENTRY.format(
                values=f"'{noun}', NEW.id, NEW.{line}, {old}, {new}, COALESCE(NEW.{place}, OLD.{place})",
                condition=f"{old} <> {new}")),
            (noun, "DELETE", ENTRY.format(
                values=f"'{noun}', OLD.id, OLD.{line}, {old}, 'gone' || {run_out}, OLD.{place}", condition="1 = 1")),
        ]  # fmt: skip
    entries.append(("places", "UPDATE", ENTRY.format(
        values="'overbooked', NEW.id, NEW.id, '', '', NEW.taken",
        condition=f"NEW.taken > OLD.taken AND NEW.taken > {CAPACITY}")))  # fmt: skip
    return entries


def begin() -> None:
    is_postgresql = db.engine.dialect.name == "postgresql"
    key = "BIGSERIAL PRIMARY KEY" if is_postgresql else "INTEGER PRIMARY KEY AUTOINCREMENT"
    _run(
        f"CREATE TABLE chronicle (id {key}, noun TEXT, number INTEGER, line INTEGER,"
        " before TEXT, after TEXT, place INTEGER)"
    )
    for table, deed, entry in _entries():
        name = f"note_{table}_{deed.lower()}"
        if is_postgresql:
            _run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {entry}; RETURN NULL; END $$")
            _run(f"CREATE TRIGGER {name} AFTER {deed} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            _run(f"CREATE TRIGGER {name} AFTER {deed} ON {table} BEGIN {entry}; END")
    db.session.commit()


def _run(statement: str) -> None:
    db.session.connection().exec_driver_sql(statement)


def settle() -> None:
    """Serves every list until nothing is left to do."""
    for _ in range(3):
        for event in waitlist.due():
            waitlist.serve(event)
            db.session.commit()
        for session in bookings.due():
            bookings.serve(session)
            db.session.commit()


def check() -> None:
    """Everything that must hold when all is quiet, whatever happened before."""
    entries = db.session.execute(sa.text("SELECT * FROM chronicle ORDER BY id")).all()
    assert [entry for entry in entries if entry.noun == "overbooked"] == []
    nobody_was_skipped(entries)
    everyone_was_told_once(entries)
    for event in db.session.scalars(sa.select(Event)):
        _check_line(event, sa.select(Registration.state, Registration.queue_number, Registration.held_until).where(
            Registration.event_id == event.id), HOLDING, RegistrationState.WAITING)  # fmt: skip
    for session in db.session.scalars(sa.select(EventSession)):
        _check_line(session, sa.select(Booking.claim, Booking.number, Booking.held_until).where(
            Booking.session_id == session.id), (Claim.BOOKED, Claim.OFFERED), Claim.WAITING)  # fmt: skip
    # Places in sessions belong to people who have one in the event, and are on their agenda.
    stray = sa.select(Booking.id).join(Registration).where(Registration.state.not_in(HOLDING))
    assert db.session.scalars(stray).all() == []
    booked = sa.select(Booking.registration_id, Booking.session_id).where(Booking.claim == Claim.BOOKED)
    on_agenda = sa.select(AgendaItem.registration_id, AgendaItem.session_id)
    assert set(db.session.execute(booked)) == set(db.session.execute(on_agenda))


def _check_line(subject, rows: sa.Select, holding: tuple, waiting) -> None:
    found = db.session.execute(rows).all()
    of_subject = Places.event_id if isinstance(subject, Event) else Places.session_id
    taken = db.session.scalar(sa.select(Places.taken).where(of_subject == subject.id)) or 0
    assert taken == sum(row[0] in holding for row in found)
    numbers = [row[1] for row in found if row[0] is waiting]
    assert None not in numbers
    assert len(numbers) == len(set(numbers))
    assert not numbers or (subject.capacity is not None and taken >= subject.capacity)
    held = [row[2] for row in found if row[0] in (RegistrationState.PENDING, Claim.OFFERED)]
    assert all(until is not None and until > clock.now() for until in held)


def nobody_was_skipped(entries) -> None:
    """Whoever was given a place had the lowest number of all who waited, or nobody waited."""
    lines: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for entry in entries:
        waiting = lines[entry.noun, entry.line]
        own = waiting.pop(entry.number, None)
        if entry.after == "waiting":
            assert entry.place > max(waiting.values(), default=0), entry
            waiting[entry.number] = entry.place
        elif entry.before not in ("pending", "offered") and entry.after in ("pending", "offered", "booked"):
            assert own is None or own == entry.place
            assert not waiting or (own is not None and own < min(waiting.values())), entry


def everyone_was_told_once(entries) -> None:
    """The letters that were written are those that what happened asks for: none missing, none twice."""
    due: Counter[tuple[str, int]] = Counter()
    passed_on_or_given_up = set()
    for entry in entries:
        kind = _letter_of(entry)
        if kind == "registration.booking-passed-on":
            passed_on_or_given_up.add((kind, entry.number))
        elif kind:
            due[kind, entry.number] += 1
    written: Counter[tuple[str, int]] = Counter()
    for letter in db.session.scalars(sa.select(Letter)):
        about = letter.payload.get("registration") or letter.payload.get("registration_id")
        number = int(letter.key.split(":")[1]) if "booking" in letter.kind else about
        assert isinstance(number, int)
        written[letter.kind, number] += 1
    # Whoever gives up a place whose time has run out is told nothing: that cannot be told apart here.
    told = {key: n for key, n in written.items() if key[0] == "registration.booking-passed-on"}
    assert set(told) <= passed_on_or_given_up
    assert all(n == 1 for n in told.values())
    assert {key: n for key, n in written.items() if key not in told} == due


def _letter_of(entry) -> str | None:
    before, after = entry.before, entry.after
    if entry.noun == "booking":
        return {"offered": "registration.booking-offer", "gone run out": "registration.booking-passed-on"}.get(
            after if after == "offered" or before == "offered" else ""
        )
    if before == "pending" and after == "lapsed":
        return "registration.passed-on" if entry.place else None
    if before == "confirmed" and after == "cancelled":
        return "reminders.cancelled"
    if before == "waiting" and after == "pending":
        return "registration.offer"
    if before in ("", "new", "requested") and after == "pending":
        return "registration.confirm"
    return {
        "confirmed": "reminders.welcome", "waiting": "registration.waiting", "requested": "registration.requested",
        "declined": "registration.declined",
    }.get(after)  # fmt: skip
