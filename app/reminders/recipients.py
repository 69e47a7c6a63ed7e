"""Who gets a letter that an event sends by itself, and what is theirs in it: their page, their way in, their clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db
from app.languages import team_letters
from app.languages.models import Linguist
from app.lib import clock
from app.lib.present import chosen, page_language
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Stale
from app.registration.models import Purpose, Registration, RegistrationState
from app.reminders.audiences import Person
from app.reminders.letters import Registered, closed_to, items, unsubscribing
from app.reminders.models import AudienceKind, Rule
from app.reminders.wording import Item
from app.schedule.models import EventSession
from app.speakers.models import Speaker

STATES = {
    AudienceKind.UNCONFIRMED: RegistrationState.PENDING, AudienceKind.WAITING: RegistrationState.WAITING,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    event: Event
    person: Person
    registration: Registration | None = None
    """None of speakers, of the language team, and of somebody made up for a preview."""
    anybody: Registered | None = None
    """In the place of the registration, where a letter is written for many at once."""
    closed: frozenset[int] = frozenset()
    """The sessions that they may not join."""

    @property
    def shown(self) -> Registered | None:
        return self.anybody or self.registration

    @property
    def page(self) -> str:
        """Their own private page; speakers, who have none, are led to the event's."""
        if self.shown is not None:
            return absolute("personal.page", lang=page_language(), token=self.shown.token(Purpose.PAGE))
        linguist = db.session.get(Linguist, self.person.number) if self.person.role == "linguist" else None
        if linguist is not None:
            return team_letters.page_of(linguist)
        return absolute("site.event", lang=page_language(), event=self.event.slug)

    @property
    def unsubscribe_url(self) -> str:
        """RFC 8058; who works at the event is reminded of it as long as they do."""
        return unsubscribing(self.shown) if self.shown else ""

    @property
    def is_registered(self) -> bool:
        return self.person.role == "registration"

    def items(self, sessions: Sequence[EventSession]) -> list[Item]:
        told = items(sessions, self.person.zone, self.shown, self.closed)
        if self.shown or not self.is_registered:
            return told
        return [replace(item, way_in=_example("personal.join", session=item.session.slug)) for item in told]

    @property
    def reason(self) -> str:
        title = chosen(self.event.title)
        reasons: dict[str, str] = {
            "registration": _("You get this letter because you registered for “%(event)s”.", event=title),
            "speaker": _("You get this letter because you speak at “%(event)s”.", event=title),
            "linguist": _("You get this letter because you belong to the language team of “%(event)s”.", event=title),
        }
        return reasons[self.person.role]


def _example(endpoint: str, **values: object) -> str:
    return absolute(endpoint, lang=page_language(), token="example", **values)  # noqa: S106 - nobody's


def recipient_of(letter: Letter, rule: Rule) -> Recipient:
    """Whom the letter was written to, if it is still for them."""
    event = rule.event
    match letter.payload["role"]:
        case "registration":
            registration = db.session.get(Registration, letter.payload["number"])
            if registration is None:
                raise Stale("the registration is gone")
            found = _registered(registration, rule)
        case "speaker":
            found = _speaker(db.session.get(Speaker, letter.payload["number"]), event)
        case _:
            found = _linguist(db.session.get(Linguist, letter.payload["number"]), event)
    if found.person.email.lower() != letter.recipient.lower():
        raise Stale("the person has another address now")
    return found


def _registered(registration: Registration, rule: Rule) -> Recipient:
    wanted = STATES.get(rule.audience, RegistrationState.CONFIRMED)
    if registration.state is not wanted:
        raise Stale("the registration has another state now")
    if wanted is RegistrationState.PENDING and (registration.held_until or clock.LONG_AGO) <= clock.now():
        raise Stale("the place is held no more")
    if registration.unsubscribed_at is not None:
        raise Stale("no reminders are wanted")
    person = Person(
        "registration", registration.id, registration.email, registration.name, registration.language,
        registration.zone,
    )  # fmt: skip
    return Recipient(registration.event, person, registration, closed=closed_to(registration))


def _speaker(speaker: Speaker | None, event: Event) -> Recipient:
    if speaker is None:
        raise Stale("the speaker is gone")
    account = speaker.account
    email = speaker.email or (account.email if account else "")
    language = account.language if account and account.language else event.language
    zone = speaker.zone or (account.zone if account else "") or event.zone
    return Recipient(event, Person("speaker", speaker.id, email, chosen(speaker.name), language, zone))


def _linguist(linguist: Linguist | None, event: Event) -> Recipient:
    if linguist is None:
        raise Stale("the person has left the team")
    zone = linguist.zone or event.zone
    return Recipient(event, Person("linguist", linguist.id, linguist.email, linguist.name, linguist.language, zone))
