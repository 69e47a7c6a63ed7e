"""What a message of organisers is as a letter: their words in the frame that all letters have."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.extensions import db
from app.lib.legible import legible
from app.lib.text import Picked
from app.mail.facts import beside, shared
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, compose, renders
from app.registration.models import Registration
from app.reminders import alike, audiences
from app.reminders.audiences import Audience, Person
from app.reminders.facts import facts_of
from app.reminders.letters import reply_to
from app.reminders.messages import MESSAGE, TEST, audience_of
from app.reminders.models import AudienceKind, Message, MessageState
from app.reminders.recipients import Recipient
from app.reminders.words import filled, filled_line

NOBODY = 0
"""The number of a reader who is made up, for previews and tests: no link in their letter opens anybody's page."""


@renders(MESSAGE, Priority.BULK)
def _to_one(letter: Letter) -> Content:
    message = _message(letter)
    if message.state is MessageState.CANCELLED:
        raise Stale("the message was cancelled")
    reader = _readers(message, beside(letter)).get(letter.payload["number"])
    if reader is None:
        raise Stale("the message is not for this person any more")
    if reader.email != letter.recipient:
        raise Stale("the person has another address now")
    return written(message, reader)


@shared
def _readers(message: Message, letters: tuple[Letter, ...]) -> dict[int, Person]:
    """By number, whom of those whom the letters go to the message is for now."""
    others = [one.payload for one in letters if one.kind == MESSAGE]
    numbers = [payload["number"] for payload in others if payload["message"] == message.id]
    return audiences.among(message.event, audience_of(message), numbers)


@renders(TEST, Priority.AWAITED)
def _test(letter: Letter) -> Content:
    message = _message(letter)
    reader = made_up(message, letter.recipient_name, letter.payload["reads"], letter.payload["zone"])
    content = written(message, reader)
    return replace(content, subject=_("Test: %(subject)s", subject=content.subject))


def made_up(message: Message, name: str, language: str, zone: str) -> Person:
    return Person(_role(audience_of(message)), NOBODY, "", name, language, zone)


def written(message: Message, person: Person) -> Content:
    """With the locale of the letter's language in force."""
    registration = db.session.get(Registration, person.number) if person.role == "registration" else None
    return alike.written(MessageFrame(message, Recipient(message.event, person, registration)), compose_message)


@dataclass(frozen=True, slots=True)
class MessageFrame:
    """A letter to be."""

    message: Message
    to: Recipient


def compose_message(frame: MessageFrame) -> Content:
    to, event, person, facts = frame.to, frame.to.event, frame.to.person, facts_of(frame.to)
    subject, text = filled_line(frame.message.subject, person, facts), filled(frame.message.text, person, facts)
    return compose(
        "reminders/mail/message", subject.text, reply_to=reply_to(event), unsubscribe_url=to.unsubscribe_url,
        event=event, heading=_marked(subject), text=_marked(text), plain=legible(text.text), reason=to.reason,
    )  # fmt: skip


def _message(letter: Letter) -> Message:
    message = db.session.get(Message, letter.payload["message"])
    if message is None:
        raise Stale("the message is gone")
    return message


def _marked(found: Picked) -> dict[str, str]:
    """As the filters of templates take it, which say which language it is when that is not the letter's."""
    return {found.language: found.text}


def _role(audience: Audience) -> str:
    roles = {AudienceKind.SPEAKERS: "speaker", AudienceKind.INTERPRETERS: "linguist"}
    return roles.get(audience.kind, "registration")
