"""Rows of the demonstration, by what identifies them: made when missing, else left alone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from app.events.models import Event, EventOrganisation, Grant, Involvement, Room, Series, Theme
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated, slug
from app.people.models import Account, Organisation, Role
from app.registration.models import Question, QuestionKind, QuestionOption
from app.schedule.models import Appearance, EventSession, Part, SessionKind
from app.speakers.models import Speaker

Row = TypeVar("Row", Series, Organisation, Event)

PRIVACY: Translated = {
    "en": "We keep your name, address, country and language to run this event and to send you the letters about it. "
    "Nobody else gets them. They are deleted a year after the event.",
    "ro": "Păstrăm numele, adresa, țara și limba dumneavoastră pentru a desfășura acest eveniment și pentru a vă trimite "
    "scrisorile despre el. Nimeni altcineva nu le primește. Sunt șterse la un an după eveniment.",
    "ru": "Мы храним ваше имя, адрес, страну и язык, чтобы провести это мероприятие и присылать вам письма о нём. "
    "Больше никто их не получает. Через год после мероприятия они удаляются.",
}
RECORDING: Translated = {
    "en": "Sessions are recorded and published with subtitles. Questions are read out without names.",
    "ro": "Sesiunile sunt înregistrate și publicate cu subtitrări. Întrebările sunt citite fără nume.",
    "ru": "Сессии записываются и публикуются с субтитрами. Вопросы зачитываются без имён.",
}


def existing(model: type[Row], row_slug: str) -> Row | None:
    return db.session.scalar(sa.select(model).where(model.slug == row_slug))


def series(row_slug: str, title: Translated, description: Translated) -> Series:
    found = existing(Series, row_slug)
    if found is None:
        found = Series(slug=row_slug, title=title, description=description)
        db.session.add(found)
    return found


def organisation(name: Translated, country: str = "", url: str = "") -> Organisation:
    row_slug = slug(name["en"])
    found = existing(Organisation, row_slug)
    if found is None:
        found = Organisation(slug=row_slug, name=name, country=country, url=url)
        db.session.add(found)
        db.session.flush()
    return found


def event(organiser: Account, row_slug: str, **facts: Any) -> Event | None:
    """A new event that the organiser owns, or None when it was loaded before."""
    if existing(Event, row_slug):
        return None
    made = Event(
        slug=row_slug,
        published_at=clock.now(),
        contact_email="hello@polyforum.example",
        contact_name="Polyforum",
        privacy=PRIVACY,
        recording_consent=RECORDING,
        **facts,
    )
    made.grants.append(Grant(account=organiser, role=Role.OWNER))
    db.session.add(made)
    return made


def involve(made: Event, involvement: Involvement, *organisations: Organisation) -> None:
    for row in organisations:
        made.involved.append(EventOrganisation(organisation=row, involvement=involvement, position=len(made.involved)))


def themes(made: Event, *names: tuple[str, Translated]) -> list[Theme]:
    """Themes with their colours, in order."""
    made.themes = [
        Theme(slug=slug(name["en"]), name=name, colour=colour, position=position)
        for position, (colour, name) in enumerate(names)
    ]
    return made.themes


def rooms(made: Event, *names: Translated) -> list[Room]:
    made.rooms = [Room(slug=slug(name["en"]), name=name, position=position) for position, name in enumerate(names)]
    return made.rooms


def speaker(made: Event, name: Translated, affiliation: Translated, country: str, zone: str = "") -> Speaker:
    row = Speaker(event=made, slug=slug(name["en"]), name=name, affiliation=affiliation, country=country, zone=zone)
    db.session.add(row)
    return row


def session(
    made: Event,
    kind: SessionKind,
    title: Translated,
    starts_at: datetime,
    minutes: int,
    *people: Speaker,
    moderator: Speaker | None = None,
    **facts: Any,
) -> EventSession:
    row_slug = slug(title["en"])
    if kind is SessionKind.BREAK:  # The same every day.
        row_slug += f"-{starts_at:%d}"
    row = EventSession(
        event=made,
        slug=row_slug,
        kind=kind,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **facts,
    )
    parts = [(person, Part.SPEAKER) for person in people]
    if moderator is not None:
        parts.append((moderator, Part.MODERATOR))
    row.appearances = [
        Appearance(speaker=person, part=part, position=position) for position, (person, part) in enumerate(parts)
    ]
    db.session.add(row)
    return row


def question(
    made: Event, kind: QuestionKind, label: Translated, options: Iterable[Translated] = (), **facts: Any
) -> Question:
    """One more question of the form, with its options."""
    row = Question(event=made, kind=kind, label=label, **facts)
    row.options = [QuestionOption(label=words, position=position) for position, words in enumerate(options)]
    db.session.add(row)
    db.session.flush()
    return row


def at(made: Event, day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock time in the event's zone."""
    return datetime.combine(day, time(hour, minute), made.tzinfo)
