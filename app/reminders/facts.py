"""What the placeholders of organisers' texts stand for, for one person and one event."""

from app.events.models import Event
from app.extensions import db
from app.languages import team_letters
from app.languages.models import Linguist
from app.lib.present import chosen, page_language
from app.lib.urls import absolute
from app.registration.models import Purpose, Registration
from app.reminders.audiences import Person
from app.reminders.occasions import beginning
from app.reminders.wording import span
from app.reminders.words import Facts


def facts_of(person: Person, event: Event) -> Facts:
    """Of every letter; who sends another sort adds its own."""
    return {
        "name": person.name,
        "event": lambda: chosen(event.title),
        "begins": lambda: span(beginning(event).starts_at, None, person.zone),
        "page": page_of(person, event),
    }


def page_of(person: Person, event: Event) -> str:
    """Their own private page; speakers, who have none, are led to the event's."""
    if person.role == "registration":
        registration = db.session.get(Registration, person.number)
        if registration is not None:
            return absolute("personal.page", lang=page_language(), token=registration.token(Purpose.PAGE))
    if person.role == "linguist":
        linguist = db.session.get(Linguist, person.number)
        if linguist is not None:
            return team_letters.page_of(linguist)
    return absolute("site.event", lang=page_language(), event=event.slug)
