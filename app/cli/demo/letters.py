"""What was written to the people of the day of workshops, and what came back; all made up, and none of it was sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.cli.demo import making
from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated
from app.mail import copies, drafts, reasons
from app.mail.models import Arrival, Letter, LetterState, Received
from app.mail.service import enqueue_all
from app.people.models import Account
from app.registration import replies
from app.registration.models import AgendaItem, Answering, Registration
from app.reminders import audiences, messages, rules
from app.reminders.models import Anchor, AudienceKind, Message, MessageState
from app.schedule import regrouping
from app.schedule.models import EventSession, SessionKind

RULE_SUBJECT: Translated = {
    "en": "Tomorrow: {event}", "ro": "Mâine: {event}", "ru": "Завтра: {event}",
}  # fmt: skip
RULE_TEXT: Translated = {
    "en": "Please have a minute of your own recording at hand, and headphones.",
    "ro": "Vă rugăm să aveți la îndemână un minut din propria înregistrare și căști.",
}
SENT_SUBJECT: Translated = {
    "en": "What to bring to {event}", "ro": "Ce să aduceți la {event}", "ru": "Что взять с собой: {event}",
}  # fmt: skip
SENT_TEXT: Translated = {
    "en": "Dear {name},\n\nwe begin on {begins}. Please bring:\n\n- a minute of sound or film of your own\n- headphones\n"
    "- one question that your readers ask\n\nEverything else is on [your page]({page}).",
    "ro": "Dragă {name},\n\nîncepem {begins}. Vă rugăm să aduceți:\n\n- un minut de sunet sau de film propriu\n- căști\n"
    "- o întrebare pe care o pun cititorii\n\nTot restul este pe [pagina dumneavoastră]({page}).",
    "ru": "Здравствуйте, {name}!\n\nНачинаем: {begins}. Пожалуйста, возьмите с собой:\n\n- минуту своей аудио- или "
    "видеозаписи\n- наушники\n- один вопрос, который задают читатели\n\nВсё остальное — на [вашей странице]({page}).",
}
PLANNED_SUBJECT: Translated = {"en": "The programs we shall use", "ro": "Programele pe care le vom folosi"}
PLANNED_TEXT: Translated = {
    "en": "Nothing needs to be installed: all of them run in the browser. You find us on [your page]({page}).",
    "ro": "Nu trebuie instalat nimic: toate merg în browser. Ne găsiți pe [pagina dumneavoastră]({page}).",
}
FATES = {
    4: (LetterState.BOUNCED, "5.1.1: The mailbox does not exist."),
    9: (LetterState.FAILED, "552 5.2.2 The mailbox is full."),
    14: (LetterState.UNSURE, reasons.STOPPED),
    19: (LetterState.DROPPED, "the message is not for this person any more"),
}
"""Of the letters that were not simply sent, by their place in the order of numbers."""
ANSWERS = (
    (Answering.ACCEPTED, ""), (Answering.ACCEPTED, ""), (Answering.TENTATIVE, "If my train is on time."),
    (Answering.ACCEPTED, ""), (Answering.DECLINED, "I shall watch the recording."), (Answering.ACCEPTED, ""),
)  # fmt: skip


def written(made: Event, organiser: Account, workshop: EventSession) -> None:
    _own_words(made, organiser)
    _sent(made, organiser)
    planned = messages.add(
        made, organiser, audience=AudienceKind.BOOKED, audience_value=str(workshop.id), subject=PLANNED_SUBJECT,
        text=PLANNED_TEXT,
    )  # fmt: skip
    messages.schedule(planned, organiser, making.at(made, made.starts_on - timedelta(days=2), 10))


def answered(people: Sequence[Registration], opening: EventSession) -> None:
    """All have the opening in their calendars; some of these answered."""
    for person in people:
        replies.note_mailed(person, [opening])
    for person, (partstat, comment) in zip(people, ANSWERS, strict=False):
        replies.note(
            person, opening, partstat, sequence=opening.sequence, stamped_at=clock.now(),
            starts_at=opening.starts_at, comment=comment,
        )  # fmt: skip


def merged(people: Sequence[Registration], opening: EventSession, organiser: Account) -> None:
    """Questions had a session of their own, which three people had chosen; now they are a part of the opening."""
    assert opening.starts_at is not None  # noqa: S101 - it has a time
    asked = making.session(
        opening.event, SessionKind.TALK,
        {"en": "Questions to the makers", "ro": "Întrebări pentru autori", "ru": "Вопросы к авторам"},
        opening.starts_at + timedelta(minutes=45), 15, languages=["en"], room=opening.room,
    )  # fmt: skip
    db.session.flush()
    for person in people:
        person.agenda.append(AgendaItem(session=asked, added_at=person.created_at))
    db.session.flush()
    regrouping.merge(asked, opening, organiser)


def _own_words(made: Event, organiser: Account) -> None:
    """In the reminder of a day before, above what it says by itself."""
    before = next(
        rule for rule in rules.of_event(made)
        if rule.anchor is Anchor.EVENT_START and rule.audience is AudienceKind.ALL and rule.ahead == rules.DAY
    )  # fmt: skip
    rules.change(before, organiser, subject=RULE_SUBJECT, text=RULE_TEXT)


def _sent(made: Event, organiser: Account) -> None:
    """As three workers would have left it, two days ago."""
    started_at = clock.now() - timedelta(days=2)
    message = messages.add(
        made, organiser, audience=AudienceKind.ALL, subject=SENT_SUBJECT, text=SENT_TEXT, created_at=started_at,
        state=MessageState.SENT, send_at=started_at, started_at=started_at, ended_at=started_at + timedelta(minutes=2),
    )  # fmt: skip
    found = audiences.people(made, messages.audience_of(message))
    message.recipients = len(found)
    enqueue_all([messages.letter_for(message, person) for person in found])
    letters = db.session.scalars(sa.select(Letter).where(Letter.cause == message.cause).order_by(Letter.id)).all()
    contents = {}
    for number, letter in enumerate(letters):
        content = drafts.write(letter)
        _end(letter, number, started_at + timedelta(seconds=4 * number), message)
        if letter.attempts:
            letter.subject, contents[letter.id] = content.subject, content
    db.session.flush()
    copies.keep(contents)


def _end(letter: Letter, number: int, at: datetime, message: Message) -> None:
    letter.state, letter.last_error = FATES.get(number, (LetterState.SENT, ""))
    letter.created_at = letter.not_before = message.started_at or at
    if letter.state is LetterState.DROPPED:
        return
    letter.attempts, letter.claims, letter.handed_over_at = 1, 1, at
    if letter.state in (LetterState.SENT, LetterState.BOUNCED):
        letter.sent_at = at
    if letter.state is LetterState.BOUNCED:
        letter.bounced_at = at + timedelta(minutes=1)
        db.session.add(Received(
            mark="demonstration", arrival=Arrival.BOUNCE, letter_id=letter.id, status="5.1.1",
            detail=letter.last_error, received_at=letter.bounced_at,
        ))  # fmt: skip
