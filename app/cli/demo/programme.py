"""A third, large programme: a real conference where its file lies beside the project, else one made up of 150 sessions."""

from datetime import timedelta
from pathlib import Path

from app.cli.demo import making
from app.events.models import Event, EventKind, EventState, Grant, Involvement
from app.exchange.importing import import_schedule
from app.exchange.reading import read
from app.lib import clock
from app.lib.text import Translated
from app.people.models import Account, Role
from app.schedule.models import SessionKind

REAL = Path(__file__).parents[4] / "shared/data/schedules/frab-json/frab-camp2019.json"

SUBJECTS: tuple[Translated, ...] = (
    {"en": "Reading rooms", "ro": "Săli de lectură", "ru": "Читальные залы"},
    {"en": "Catalogues", "ro": "Cataloage", "ru": "Каталоги"},
    {"en": "Children’s services", "ro": "Servicii pentru copii", "ru": "Работа с детьми"},
    {"en": "Open access", "ro": "Acces deschis", "ru": "Открытый доступ"},
    {"en": "Digitisation", "ro": "Digitizare", "ru": "Оцифровка"},
    {"en": "Local history", "ro": "Istorie locală", "ru": "Краеведение"},
    {"en": "Accessibility", "ro": "Accesibilitate", "ru": "Доступность"},
    {"en": "Volunteers", "ro": "Voluntari", "ru": "Волонтёры"},
    {"en": "Mobile libraries", "ro": "Biblioteci mobile", "ru": "Библиобусы"},
    {"en": "Media literacy", "ro": "Educație media", "ru": "Медиаграмотность"},
)
ANGLES: tuple[Translated, ...] = (
    {"en": "where to begin", "ro": "de unde începem", "ru": "с чего начать"},
    {"en": "what it costs", "ro": "cât costă", "ru": "сколько это стоит"},
    {"en": "a village’s answer", "ro": "răspunsul unui sat", "ru": "ответ деревни"},
    {"en": "a city’s answer", "ro": "răspunsul unui oraș", "ru": "ответ города"},
    {"en": "mistakes we made", "ro": "greșeli pe care le-am făcut", "ru": "наши ошибки"},
    {"en": "working with schools", "ro": "împreună cu școlile", "ru": "вместе со школами"},
    {"en": "in many languages", "ro": "în mai multe limbi", "ru": "на многих языках"},
    {"en": "with next to no money", "ro": "aproape fără bani", "ru": "почти без денег"},
    {"en": "measuring what matters", "ro": "măsurăm ce contează", "ru": "измеряем главное"},
    {"en": "law and licences", "ro": "legi și licențe", "ru": "законы и лицензии"},
    {"en": "tools we built", "ro": "unelte făcute de noi", "ru": "инструменты своими руками"},
    {"en": "readers speak", "ro": "cititorii vorbesc", "ru": "говорят читатели"},
    {"en": "the next five years", "ro": "următorii cinci ani", "ru": "следующие пять лет"},
    {"en": "a workshop", "ro": "un atelier", "ru": "мастерская"},
    {"en": "questions and answers", "ro": "întrebări și răspunsuri", "ru": "вопросы и ответы"},
)
COLOURS = ("#b45309", "#1d4ed8", "#15803d", "#7e22ce", "#be123c", "#0e7490", "#4d7c0f", "#a21caf", "#c2410c", "#4338ca")


def conference(organiser: Account) -> None:
    if REAL.is_file():
        _imported(organiser)
    else:
        _made_up(organiser)


def _imported(organiser: Account) -> None:
    """The Chaos Communication Camp 2019, as it happened."""
    if making.existing(Event, "camp-2019") is None:
        made = import_schedule(read(REAL.read_bytes()), slug="camp-2019").event
        made.state, made.published_at = EventState.ARCHIVED, clock.now()
        made.grants.append(Grant(account=organiser, role=Role.OWNER))


def _made_up(organiser: Account) -> None:
    """Three days, five rooms, ten sessions in each a day."""
    first = clock.now().date() + timedelta(days=30)
    made = making.event(
        organiser, "library-week", kind=EventKind.CONFERENCE, state=EventState.PUBLISHED, zone="Europe/Berlin",
        title={"en": "Library week", "ro": "Săptămâna bibliotecilor", "ru": "Неделя библиотек"},
        summary={"en": "A made-up conference of 150 sessions.", "ro": "O conferință imaginată cu 150 de sesiuni.",
                 "ru": "Придуманная конференция из 150 сессий."},
        languages=["en", "ro", "ru"], starts_on=first, ends_on=first + timedelta(days=2),
    )  # fmt: skip
    if made is None:
        return
    making.involve(made, Involvement.HOST, making.organisation({"en": "Polyforum demonstration"}))
    made_themes = making.themes(made, *zip(COLOURS, SUBJECTS, strict=True))
    halls = making.rooms(made, *({"en": f"Hall {n}", "ro": f"Sala {n}", "ru": f"Зал {n}"} for n in range(1, 6)))
    for number, (subject, angle) in enumerate((s, a) for a in ANGLES for s in SUBJECTS):
        day, slot = divmod(number, 50)
        turn, hall = divmod(slot, 5)
        person = making.speaker(made, {"en": f"Speaker {number + 1}"}, {}, "")
        making.session(
            made, SessionKind.WORKSHOP if angle is ANGLES[-2] else SessionKind.TALK,
            {language: f"{subject[language]}: {angle[language]}" for language in subject},
            making.at(made, made.days[day], 9 + turn), 45, person, languages=["en"], room=halls[hall],
            theme=made_themes[number % len(SUBJECTS)],
        )  # fmt: skip
