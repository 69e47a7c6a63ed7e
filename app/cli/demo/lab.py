"""A day of workshops with few places, nearly full: who is confirmed, who waits, who is asked, who left again."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from app.cli.demo import form, letters, making, people
from app.events.models import Event, EventKind, EventState, Involvement
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated
from app.people.models import Account
from app.registration import bookings, questions
from app.registration.models import (
    Admission,
    AgendaItem,
    NeedKind,
    Origin,
    Question,
    Registration,
    RegistrationState,
)
from app.registration.questions import Wish
from app.schedule.models import EventSession, SessionKind

CAPACITY, DAYS_OPEN = 28, 20
STATES = (
    *[RegistrationState.CONFIRMED] * 26, RegistrationState.CANCELLED, RegistrationState.DECLINED,
    RegistrationState.LAPSED, RegistrationState.PENDING, RegistrationState.CANCELLED,
    *[RegistrationState.WAITING] * 7, RegistrationState.LAPSED, RegistrationState.PENDING,
    *[RegistrationState.REQUESTED] * 4, RegistrationState.DECLINED,
)  # fmt: skip
"""Of each person, in the order in which they registered. The first who is pending was offered a place that came free."""

WORKSHOPS: tuple[tuple[Translated, str, int], ...] = (
    ({"en": "Subtitles in one afternoon", "ro": "Subtitrări într-o după-amiază", "ru": "Субтитры за полдня"}, "ro", 6),
    ({"en": "A map of what people need", "ro": "O hartă a nevoilor", "ru": "Карта потребностей"}, "en", 8),
)
ROOMS: tuple[Translated, ...] = (
    {"en": "Reading room", "ro": "Sala de lectură", "ru": "Читальный зал"},
    {"en": "Map room", "ro": "Sala hărților", "ru": "Зал карт"},
)
THEMES: tuple[tuple[str, Translated], ...] = (
    ("#1d4ed8", {"en": "Working together", "ro": "Lucrul împreună", "ru": "Работа вместе"}),
    ("#b45309", {"en": "Many languages", "ro": "Multe limbi", "ru": "Много языков"}),
    ("#15803d", {"en": "Knowing the neighbours", "ro": "Cunoașterea vecinilor", "ru": "Знать соседей"}),
)
WISHES: tuple[Wish, ...] = (
    (NeedKind.INTERPRETATION, "ro", ""), (NeedKind.CAPTIONS, "en", ""), (NeedKind.SUBTITLES, "ru", ""),
    (NeedKind.SIGN, "", ""), (NeedKind.OTHER, "", "Large letters on the slides, please."),
)  # fmt: skip


def day(organiser: Account) -> None:
    """Twelve days after loading."""
    first = clock.now().date() + timedelta(days=12)
    made = making.event(
        organiser, "library-lab", kind=EventKind.CONFERENCE, state=EventState.PUBLISHED, zone="Europe/Chisinau",
        title={"en": "Library Lab", "ro": "Laboratorul bibliotecii", "ru": "Библиотечная лаборатория"},
        summary={
            "en": "A day of workshops with few places. Made up for the demonstration.",
            "ro": "O zi de ateliere cu puține locuri. Imaginată pentru demonstrație.",
            "ru": "День мастерских, где мало мест. Придумано для демонстрации.",
        },
        languages=["en", "ro", "ru"], starts_on=first, ends_on=first, capacity=CAPACITY,
    )  # fmt: skip
    if made is None:
        return
    making.involve(made, Involvement.HOST, making.organisation({"en": "Polyforum demonstration"}))
    db.session.flush()
    db.session.add(Admission(event_id=made.id, by_approval=True, offer_hours=72, keep_days=365, certificates=True))
    opening, workshops = _programme(made)
    form.questions(made)
    registrations = _registrations(made)
    confirmed = [row for row in registrations if row.is_confirmed]
    for number, row in enumerate(confirmed):
        row.agenda.append(AgendaItem(session=opening, added_at=row.created_at))
        _book(row, workshops, number)
    # A place came free, and is offered to the first who waited for it.
    bookings.give_up(confirmed[1], workshops[0])
    letters.written(made, organiser, workshops[0])
    letters.merged(confirmed[:3], opening, organiser)
    letters.answered(confirmed, opening)
    people.visits(made, DAYS_OPEN)


def _programme(made: Event) -> tuple[EventSession, list[EventSession]]:
    rooms, themes = making.rooms(made, *ROOMS), making.themes(made, *THEMES)
    nino = making.speaker(
        made, {"en": "Nino Kapanadze"}, {"en": "Library of the highlands, Mestia"}, "GE", "Asia/Tbilisi"
    )
    tudor = making.speaker(made, {"en": "Tudor Ciobanu"}, {"en": "Library of the district, Orhei"}, "MD")
    opening = making.session(
        made, SessionKind.TALK, {"en": "What we made last year", "ro": "Ce am făcut anul trecut",
                                 "ru": "Что мы сделали за год"},
        making.at(made, made.starts_on, 10), 45, nino, languages=["en"], room=rooms[0], theme=themes[0],
        join_url="https://meet.polyforum.example/lab",
    )  # fmt: skip
    workshops = [
        making.session(
            made, SessionKind.WORKSHOP, title, making.at(made, made.starts_on, 11), 120, tudor, languages=[language],
            room=room, theme=theme, capacity=capacity, join_url=f"https://meet.polyforum.example/{room.slug}",
        )
        for (title, language, capacity), room, theme in zip(WORKSHOPS, rooms, themes[1:], strict=True)
    ]  # fmt: skip
    db.session.flush()
    return opening, workshops


def _registrations(made: Event) -> list[Registration]:
    now, rows, numbers = clock.now(), [], count(1)
    began = now - timedelta(days=DAYS_OPEN)
    for number, (person, state) in enumerate(zip(people.everyone(), STATES, strict=True)):
        # Many at first, then fewer, then more again: each day at another hour.
        share = number / len(STATES)
        at = began + timedelta(days=(DAYS_OPEN - 1) * (share + 0.4 * share * (1 - share)), hours=number * 7 % 11)
        row = people.register(made, person, state, at)
        if number % 9 == 4:
            row.origin = Origin.ORGANISER
        if state in (RegistrationState.PENDING, RegistrationState.WAITING):
            # A place came free for the first of those who waited; the last was approved a moment ago.
            is_new = row.state is RegistrationState.PENDING and number > STATES.index(RegistrationState.WAITING)
            row.queue_number = None if is_new else next(numbers)
            if row.holds_place:
                row.held_until = now + timedelta(hours=44 if is_new else 60)
        rows.append(row)
    people.seat(made, rows)
    asked = questions.of_event(made)
    for number, row in enumerate(rows):
        questions.store(row, *_answers(asked, number))
    return rows


def _answers(asked: Sequence[Question], number: int) -> tuple[dict[int, Any], list[Wish]]:
    """What the person with this number wrote; every seventh wrote nothing."""
    place, people_there, hopes, _needs = asked
    if number % 7 == 6:
        return {}, []
    answers = {
        place.id: place.options[number * 3 % 5 % len(place.options)].id,
        people_there.id: 1000 * (number + 2),
        hopes.id: [option.id for position, option in enumerate(hopes.options) if (number + position) % 3],
    }
    return answers, [WISHES[number % len(WISHES)]] if number % 3 == 0 else []


def _book(row: Registration, sessions: list[EventSession], number: int) -> None:
    """Two in three want a workshop, most of them the first."""
    if number % 3:
        bookings.book(row, sessions[number % 5 == 4])
