"""Messages of organisers to a group of people, from the draft to the last letter.

Who belongs to the audience is found once, at the start, and noted by number alone; then letters are written a batch
at a time, each batch together with the notes that it takes away. So a worker that dies between two batches repeats
nobody and forgets nobody, and who joins the audience later gets nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.mail import outbox, reasons
from app.mail.models import LetterState
from app.mail.service import enqueue, enqueue_all, letter_row
from app.people import audit
from app.people.models import Account
from app.reminders import audiences
from app.reminders.audiences import Audience, Person
from app.reminders.models import Addressee, Message, MessageState

MESSAGE, TEST = "reminders.message", "reminders.message-test"
BATCH = 500
"""Letters that one transaction writes, so that nobody else waits for long."""
ENDED = frozenset({MessageState.SENT, MessageState.CANCELLED})


def of_event(event: Event) -> Sequence[Message]:
    """What is being written and sent first, then what was, the latest first."""
    is_over = sa.case((Message.state.in_(ENDED), 1), else_=0)
    latest = sa.func.coalesce(Message.started_at, Message.created_at)
    wanted = sa.select(Message).where(Message.event_id == event.id)
    return db.session.scalars(wanted.order_by(is_over, latest.desc(), Message.id.desc())).all()


def of_number(event: Event, number: int) -> Message | None:
    return db.session.scalar(sa.select(Message).where(Message.id == number, Message.event_id == event.id))


def audience_of(message: Message) -> Audience:
    return Audience(message.audience, message.audience_value)


# What organisers do.


def add(event: Event, by: Account, **facts: Any) -> Message:
    message = Message(event=event, written_by=by, **facts)
    db.session.add(message)
    db.session.flush()
    _note(message, by, "message.added")
    return message


def update(message: Message, by: Account, **facts: Any) -> bool:
    """Only a draft: what was announced for a moment is taken back first. False when it is none any more."""
    if not _turn(message, (MessageState.DRAFT,), MessageState.DRAFT, **facts):
        return False
    _note(message, by, "message.edited")
    return True


def delete(message: Message, by: Account) -> bool:
    gone = sa.delete(Message).where(Message.id == message.id, Message.state == MessageState.DRAFT)
    if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
        return False
    _note(message, by, "message.deleted")
    return True


def schedule(message: Message, by: Account, send_at: datetime | None = None) -> bool:
    """Without a moment: as soon as the worker comes by."""
    moment = send_at or clock.now()
    if not _turn(message, (MessageState.DRAFT,), MessageState.SCHEDULED, send_at=moment):
        return False
    _note(message, by, "message.scheduled", send_at=moment.isoformat())
    return True


def take_back(message: Message, by: Account) -> bool:
    """Before it starts: a draft again."""
    return _turn_and_note(message, by, "message.taken-back", (MessageState.SCHEDULED,), MessageState.DRAFT)


def pause(message: Message, by: Account) -> bool:
    if not _turn_and_note(message, by, "message.paused", (MessageState.SENDING,), MessageState.PAUSED):
        return False
    outbox.hold(message.cause)
    return True


def resume(message: Message, by: Account) -> bool:
    if not _turn_and_note(message, by, "message.resumed", (MessageState.PAUSED,), MessageState.SENDING):
        return False
    outbox.release(message.cause)
    return True


def cancel(message: Message, by: Account) -> bool:
    """What was not sent yet is not sent; what is out is out."""
    under_way = (MessageState.SENDING, MessageState.PAUSED)
    if not _turn_and_note(message, by, "message.cancelled", under_way, MessageState.CANCELLED, ended_at=clock.now()):
        return False
    db.session.execute(sa.delete(Addressee).where(Addressee.message_id == message.id))
    outbox.withdraw(message.cause, reasons.CANCELLED)
    return True


def send_test(message: Message, to: Account, language: str, zone: str) -> None:
    """As a reader of a language in a zone gets it, to whoever writes it; asked for by a person and sent each time."""
    enqueue(
        TEST, f"{message.id}:{to.id}:{clock.now_exactly().timestamp()}", to.email, recipient_name=to.name,
        language=language, about=f"event:{message.event_id}", message=message.id, reads=language, zone=zone,
    )  # fmt: skip


def _turn_and_note(
    message: Message, by: Account, deed: str, before: Sequence[MessageState], after: MessageState, **facts: Any
) -> bool:
    turned = _turn(message, before, after, **facts)
    if turned:
        _note(message, by, deed)
    return turned


def _turn(message: Message, before: Sequence[MessageState], after: MessageState, **facts: Any) -> bool:
    """From one state into another; False when somebody else, or the worker, was there before."""
    turned = db.session.execute(
        sa.update(Message)
        .where(Message.id == message.id, Message.state.in_(before))
        .values(state=after, **facts)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(message)
    return bool(turned.rowcount)  # type: ignore[attr-defined]


def _note(message: Message, by: Account, deed: str, **detail: Any) -> None:
    said = {"said": next(iter(message.subject.values()), "")[:100], "audience": message.audience.value}
    audit.record(by, deed, f"event:{message.event_id}/message:{message.id}", **said, **detail)


# What the worker does.


def sweep() -> None:
    """Begins what is due and writes its letters, each batch in a transaction of its own; any number may run."""
    for number in _concerned():
        while _advance(number):
            db.session.commit()
        db.session.commit()


def _concerned() -> Sequence[int]:
    due = sa.and_(Message.state == MessageState.SCHEDULED, Message.send_at <= clock.now())
    under_way = Message.state == MessageState.SENDING
    found = db.session.scalars(sa.select(Message.id).where(sa.or_(due, under_way)).order_by(Message.send_at)).all()
    db.session.commit()
    return found


def _advance(number: int) -> bool:
    """Takes a message one step further; whether there is more to do at once."""
    ours = sa.select(Message).where(Message.id == number).with_for_update(skip_locked=True, of=Message)
    message = db.session.scalar(ours, execution_options={"populate_existing": True})
    if message is None:
        return False
    match message.state:
        case MessageState.SCHEDULED if message.send_at and message.send_at <= clock.now():
            _start(message)
            return True
        case MessageState.SENDING:
            return _write_batch(message) or _end_if_done(message)
        case _:
            pass
    return False


def _start(message: Message) -> None:
    found = audiences.people(message.event, audience_of(message))
    if found:
        rows = [{"message_id": message.id, "number": person.number} for person in found]
        db.session.execute(sa.insert(Addressee), rows)
    message.state, message.started_at, message.recipients = MessageState.SENDING, clock.now(), len(found)
    db.session.flush()


def _write_batch(message: Message) -> bool:
    addressed = sa.select(Addressee.number).where(Addressee.message_id == message.id)
    numbers = db.session.scalars(addressed.order_by(Addressee.number).limit(BATCH)).all()
    if not numbers:
        return False
    found = audiences.people(message.event, audience_of(message), numbers=numbers)
    enqueue_all([letter_for(message, person) for person in found])
    db.session.execute(sa.delete(Addressee).where(Addressee.message_id == message.id, Addressee.number <= numbers[-1]))
    return True


def letter_for(message: Message, person: Person) -> dict[str, Any]:
    return letter_row(
        MESSAGE, f"{message.id}:{person.key}", person.email, recipient_name=person.name, language=person.language,
        about=f"event:{message.event_id}", cause=message.cause, message=message.id, **person.payload,
    )  # fmt: skip


def _end_if_done(message: Message) -> bool:
    fates = outbox.fates(message.cause)
    if not any(fates.get(state) for state in WAITING):
        message.state, message.ended_at = MessageState.SENT, clock.now()
        db.session.flush()
    return False


# How far it is.

WAITING = (LetterState.QUEUED, LetterState.CLAIMED, LetterState.HELD)


@dataclass(frozen=True, slots=True)
class Progress:
    total: int
    fates: Counter[LetterState]

    @property
    def done(self) -> int:
        return sum(number for state, number in self.fates.items() if state not in WAITING)

    @property
    def waiting(self) -> int:
        return self.total - self.done


def progress_of(message: Message) -> Progress:
    """Who is gone since the start, or left, counts as one who needs no letter."""
    fates = Counter(outbox.fates(message.cause))
    unwritten = db.session.scalar(sa.select(sa.func.count()).where(Addressee.message_id == message.id)) or 0
    gone = message.recipients - unwritten - fates.total()
    fates[LetterState.QUEUED] += unwritten
    fates[LetterState.DROPPED] += max(gone, 0)
    return Progress(max(message.recipients, fates.total()), Counter({state: fates[state] for state in LetterState}))
