"""Occupy Library: the edition of 2020 as its announcement of 21 September 2020 tells it, and a next one."""

from datetime import date, timedelta
from typing import Any

from app.cli.demo import form, interpreting, making
from app.events.models import Event, EventKind, EventState, Involvement, Series
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.lib.text import Translated
from app.people.models import Account
from app.schedule.models import EventSession, SessionKind
from app.speakers.models import Speaker

THEMES: tuple[tuple[str, Translated], ...] = (
    ("#b45309", {
        "en": "Serving communities in times of crisis",
        "ro": "În slujba comunităților în vremuri de criză",
        "ru": "На службе сообществ во время кризиса",
    }),
    ("#1d4ed8", {
        "en": "Partnerships for strong democracies",
        "ro": "Parteneriate pentru democrații puternice",
        "ru": "Партнёрства ради сильных демократий",
    }),
    ("#15803d", {
        "en": "Active citizenship in analog and digital format",
        "ro": "Cetățenie activă în format analog și digital",
        "ru": "Активная гражданская позиция в аналоговом и цифровом формате",
    }),
    ("#7e22ce", {
        "en": "Emerging technological trends for community empowerment",
        "ro": "Tendințe tehnologice emergente pentru emanciparea comunităților",
        "ru": "Новые технологии для расширения возможностей сообществ",
    }),
    ("#be123c", {
        "en": "Public spaces and community involvement",
        "ro": "Spații publice și implicare comunitară",
        "ru": "Общественные пространства и участие сообществ",
    }),
)  # fmt: skip

GUESTS: tuple[tuple[str, str, str], ...] = (
    ("Dr. Hannelore Vogt", "Director of the Cologne City Library in Germany", "DE"),
    ("Dan Perjovschi", "Romanian artist", "RO"),
    ("Asaf Bartov", "Lead program developer at Wikimedia Foundation", ""),
    ("Loida Garcia-Febo", "International consultant from the United States", "US"),
    ("Christine Mackenzie", "IFLA President", ""),
    ("Gerald Leitner", "IFLA Secretary General", ""),
    (
        "Deborah Jacobs",
        "Former Director of the Global Libraries Initiative at the Bill and Melinda Gates Foundation",
        "",
    ),
)

HUB_PARTNERS: tuple[tuple[str, str], ...] = (
    ("Center for Cultural Management", "UA"),
    ("Association of Libraries of Ukraine", "UA"),
    ("EduAct", "GR"),
    ("Association of Libraries of Moldova", "MD"),
    ("National Library of Moldova", "MD"),
    ("Ashoka Romania", "RO"),
)


def _series() -> Series:
    return making.series(
        "occupy-library",
        {"en": "Occupy Library"},
        {
            "en": "A conference every two years for innovators and decision makers of public libraries, in Central and "
            "Eastern Europe, the Black Sea area, the Caucasus and the Caspian Sea.",
            "ro": "O conferință, la fiecare doi ani, pentru inovatorii și decidenții din bibliotecile publice din Europa "
            "Centrală și de Est, zona Mării Negre, Caucaz și Marea Caspică.",
            "ru": "Конференция раз в два года для новаторов и руководителей публичных библиотек Центральной и Восточной "
            "Европы, Черноморья, Кавказа и Каспия.",
        },
    )


def _involve(made: Event) -> None:
    host = making.organisation(
        {"en": "Progress Foundation", "ro": "Fundația Progress", "ru": "Фонд «Прогресс»"},
        "RO",
        "https://progressfoundation.ro/",
    )
    making.involve(made, Involvement.HOST, host)
    making.involve(
        made, Involvement.PARTNER,
        making.organisation({"en": "Next Library"}),
        making.organisation(
            {"en": "National Library of Romania", "ro": "Biblioteca Națională a României",
             "ru": "Национальная библиотека Румынии"}, "RO",
        ),
        making.organisation({"en": "Goethe-Institute", "ro": "Goethe-Institut", "ru": "Гёте-Институт"}, "DE"),
        *(making.organisation({"en": name}, country) for name, country in HUB_PARTNERS),
    )  # fmt: skip


def archive(organiser: Account) -> None:
    """22 to 25 September 2020. Its announcement names themes, hosts, partners and guests, but no timetable."""
    made = making.event(
        organiser, "occupy-library-2020", kind=EventKind.CONFERENCE, state=EventState.ARCHIVED, series=_series(),
        title={"en": "Occupy Library 2020"}, zone="Europe/Bucharest", languages=["en", "ro", "ru"],
        starts_on=date(2020, 9, 22), ends_on=date(2020, 9, 25), website="https://occupylibrary.net/",
        summary={
            "en": "The place where innovators everywhere share good working practices in public libraries.",
            "ro": "Locul unde inovatorii de pretutindeni împărtășesc bune practici din bibliotecile publice.",
            "ru": "Место, где новаторы отовсюду делятся удачным опытом публичных библиотек.",
        },
        description={
            "en": "Hundreds of innovators and decision makers from public libraries around the world gathered online for "
            "four days: four keynotes, over 90 speakers from twenty-five countries, more than 800 participants. "
            "Registration and participation were free of charge.",
            "ro": "Sute de inovatori și decidenți din bibliotecile publice din întreaga lume s-au întâlnit online timp de "
            "patru zile: patru discursuri principale, peste 90 de vorbitori din douăzeci și cinci de țări, peste 800 de "
            "participanți. Înregistrarea și participarea au fost gratuite.",
            "ru": "Сотни новаторов и руководителей публичных библиотек со всего мира встретились онлайн на четыре дня: "
            "четыре ключевых доклада, более 90 докладчиков из двадцати пяти стран, более 800 участников. Регистрация и "
            "участие были бесплатными.",
        },
    )  # fmt: skip
    if made is None:
        return
    _involve(made)
    making.themes(made, *THEMES)
    for name, affiliation, country in GUESTS:
        making.speaker(made, {"en": name}, {"en": affiliation}, country)


STAGES: tuple[Translated, ...] = (
    {"en": "Main stage", "ro": "Scena principală", "ru": "Главная сцена"},
    {"en": "Community stage", "ro": "Scena comunității", "ru": "Сцена сообществ"},
    {"en": "Democracy stage", "ro": "Scena democrației", "ru": "Сцена демократии"},
    {"en": "Digital stage", "ro": "Scena digitală", "ru": "Цифровая сцена"},
    {"en": "Workshop room", "ro": "Sala de ateliere", "ru": "Мастерская"},
)

PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("Ana Lungu", "Village library, Teleorman", "RO", "Europe/Bucharest"),
    ("Oksana Hnatiuk", "Regional library, Ternopil", "UA", "Europe/Kyiv"),
    ("Nino Kapanadze", "Library of the highlands, Mestia", "GE", "Asia/Tbilisi"),
    ("Mark Oduya", "Community reading rooms, Kisumu", "KE", "Africa/Nairobi"),
    ("Lena Brandt", "City library, Cottbus", "DE", "Europe/Berlin"),
    ("Aysel Mammadova", "Children’s library, Ganja", "AZ", "Asia/Baku"),
    ("Carlos Peña", "Bibliobus of the valley, Antioquia", "CO", "America/Bogota"),
    ("Priya Raman", "Public library, Madurai", "IN", "Asia/Kolkata"),
    ("Eleni Doukas", "Municipal library, Volos", "GR", "Europe/Athens"),
    ("Tudor Ciobanu", "Library of the district, Orhei", "MD", "Europe/Chisinau"),
    ("Grace Whitfield", "County library, Oregon", "US", "America/Los_Angeles"),
    ("Daniyar Akhmetov", "Youth library, Karaganda", "KZ", "Asia/Almaty"),
)

KEYNOTES: tuple[Translated, ...] = (
    {"en": "What a library is when its doors are closed", "ro": "Ce este o bibliotecă atunci când are ușile închise",
     "ru": "Что такое библиотека, когда её двери закрыты"},
    {"en": "Neighbours first: democracy at the lending desk", "ro": "Întâi vecinii: democrația la biroul de împrumut",
     "ru": "Сначала соседи: демократия у стойки выдачи"},
    {"en": "Tools that ask nothing of their readers", "ro": "Unelte care nu cer nimic cititorilor",
     "ru": "Инструменты, которые ничего не требуют от читателя"},
    {"en": "A square with a roof", "ro": "O piață cu acoperiș", "ru": "Площадь под крышей"},
)  # fmt: skip

TALKS: tuple[Translated, ...] = (
    {"en": "Masks, meals and manuals: a year of helping", "ro": "Măști, mese și manuale: un an de ajutor",
     "ru": "Маски, обеды и инструкции: год помощи"},
    {"en": "Wi-Fi in the car park", "ro": "Wi-Fi în parcare", "ru": "Wi-Fi на парковке"},
    {"en": "The town council reads aloud", "ro": "Consiliul local citește cu voce tare",
     "ru": "Городской совет читает вслух"},
    {"en": "Counting everyone: libraries and the census", "ro": "Toți contează: bibliotecile și recensământul",
     "ru": "Сосчитать каждого: библиотеки и перепись"},
    {"en": "Coding clubs where the bus ends", "ro": "Cluburi de programare la capătul liniei",
     "ru": "Кружки программирования на конечной остановке"},
    {"en": "Seeds to lend", "ro": "Semințe de împrumutat", "ru": "Семена взаймы"},
    {"en": "A phone line for those who have nobody", "ro": "O linie telefonică pentru cei care nu au pe nimeni",
     "ru": "Телефон для тех, кому некому позвонить"},
    {"en": "Oral history with grandchildren", "ro": "Istorie orală cu nepoții", "ru": "Устная история с внуками"},
    {"en": "Job search on Thursday evenings", "ro": "Căutarea unui loc de muncă joi seara",
     "ru": "Поиск работы по четвергам"},
    {"en": "Fact checking with the local paper", "ro": "Verificarea faptelor cu ziarul local",
     "ru": "Проверка фактов вместе с местной газетой"},
    {"en": "The library bus and the flood", "ro": "Biblioteca mobilă și inundația", "ru": "Библиобус и наводнение"},
    {"en": "Evening school for new voters", "ro": "Școală serală pentru noii alegători",
     "ru": "Вечерняя школа для новых избирателей"},
    {"en": "Open data for a small town", "ro": "Date deschise pentru un oraș mic",
     "ru": "Открытые данные для маленького города"},
    {"en": "A reading room in a railway station", "ro": "O sală de lectură într-o gară",
     "ru": "Читальный зал на вокзале"},
    {"en": "Sewing machines beside the books", "ro": "Mașini de cusut lângă cărți", "ru": "Швейные машины рядом с книгами"},
    {"en": "Meeting the people who run the water", "ro": "Întâlnire cu cei care aduc apa",
     "ru": "Встреча с теми, кто даёт воду"},
    {"en": "Letters to the mayor, in plain words", "ro": "Scrisori către primar, în cuvinte simple",
     "ru": "Письма мэру простыми словами"},
    {"en": "Easy language for everyone", "ro": "Limbaj ușor pentru toți", "ru": "Простой язык для всех"},
    {"en": "Old computers, new owners", "ro": "Calculatoare vechi, proprietari noi",
     "ru": "Старые компьютеры, новые хозяева"},
    {"en": "A library card without an address", "ro": "Permis de bibliotecă fără adresă",
     "ru": "Читательский билет без прописки"},
    {"en": "Story hours in five languages", "ro": "Ora poveștilor în cinci limbi", "ru": "Час сказки на пяти языках"},
    {"en": "Recording the sounds of a street", "ro": "Înregistrarea sunetelor unei străzi",
     "ru": "Записать звуки улицы"},
    {"en": "Health information that people trust", "ro": "Informații de sănătate în care oamenii au încredere",
     "ru": "Сведения о здоровье, которым верят"},
    {"en": "Volunteers who stay", "ro": "Voluntari care rămân", "ru": "Волонтёры, которые остаются"},
    {"en": "The garden that the readers built", "ro": "Grădina construită de cititori", "ru": "Сад, который разбили читатели"},
    {"en": "Budgeting with the neighbourhood", "ro": "Bugetare împreună cu cartierul", "ru": "Бюджет вместе с кварталом"},
    {"en": "Three villages, one catalogue", "ro": "Trei sate, un singur catalog", "ru": "Три деревни, один каталог"},
    {"en": "What we measured, and what we stopped measuring", "ro": "Ce am măsurat și ce am încetat să măsurăm",
     "ru": "Что мы измеряли и что перестали измерять"},
)  # fmt: skip

DEBATES: tuple[Translated, ...] = (
    {"en": "Should a library take sides?", "ro": "Ar trebui o bibliotecă să ia poziție?",
     "ru": "Должна ли библиотека занимать позицию?"},
    {"en": "Who pays for open doors?", "ro": "Cine plătește pentru uși deschise?",
     "ru": "Кто платит за открытые двери?"},
)  # fmt: skip

WORKSHOPS: tuple[Translated, ...] = (
    {"en": "Subtitle your first video", "ro": "Subtitrați primul videoclip", "ru": "Субтитры к первому видео"},
    {"en": "A map of needs in one afternoon", "ro": "O hartă a nevoilor într-o după-amiază",
     "ru": "Карта потребностей за один день"},
    {"en": "Learning circles, step by step", "ro": "Cercuri de învățare, pas cu pas",
     "ru": "Учебные кружки, шаг за шагом"},
    {"en": "Write the case that others can repeat", "ro": "Scrieți cazul pe care alții îl pot repeta",
     "ru": "Опишите случай так, чтобы его могли повторить"},
)  # fmt: skip

SLOTS = (((11, 15), (15, 0)), ((11, 15), (14, 0)), ((11, 15), (14, 0)), ((11, 15),))
"""When talks begin on each of the stages, hour and minute."""
TALKS_A_DAY = sum(map(len, SLOTS))

BREAK: Translated = {"en": "Lunch break", "ro": "Pauză de prânz", "ru": "Обеденный перерыв"}


def next_edition(organiser: Account) -> None:
    """Four days on five stages, beginning nine days after loading."""
    first = clock.now().date() + timedelta(days=9)
    made = making.event(
        organiser, "occupy-library-next", kind=EventKind.CONFERENCE, state=EventState.PUBLISHED, series=_series(),
        title={"en": "Occupy Library: the next edition", "ro": "Occupy Library: ediția următoare",
               "ru": "Occupy Library: следующая встреча"},
        zone="Europe/Bucharest", languages=["en", "ro", "ru"], starts_on=first,
        ends_on=first + timedelta(days=3), capacity=1000,
        summary={
            "en": "Four days online on what public libraries can be for their communities. Free for all.",
            "ro": "Patru zile online despre ce pot fi bibliotecile publice pentru comunitățile lor. Gratuit pentru toți.",
            "ru": "Четыре дня онлайн о том, чем публичные библиотеки могут быть для своих сообществ. Бесплатно для всех.",
        },
        description={
            "en": "Keynotes, talks, debates and workshops on five themes. The keynotes are interpreted into Romanian and "
            "Russian, and every session on the main stage has live captions.\n\n*This edition and its people are made up "
            "for the demonstration.*",
            "ro": "Discursuri principale, prezentări, dezbateri și ateliere pe cinci teme. Discursurile principale sunt "
            "interpretate în română și rusă, iar fiecare sesiune de pe scena principală are subtitrare în direct.\n\n"
            "*Această ediție și persoanele ei sunt imaginate pentru demonstrație.*",
            "ru": "Ключевые доклады, выступления, дебаты и мастерские по пяти темам. Ключевые доклады переводятся на "
            "румынский и русский, а у каждой сессии главной сцены есть живые субтитры.\n\n*Эта встреча и её участники "
            "придуманы для демонстрации.*",
        },
    )  # fmt: skip
    if made is None:
        return
    _involve(made)
    making.themes(made, *THEMES)
    making.rooms(made, *STAGES)
    people = [making.speaker(made, {"en": name}, {"en": place}, country, zone) for name, place, country, zone in PEOPLE]
    for number, day in enumerate(made.days):
        _day(made, number, day, people)
    form.questions(made)
    db.session.flush()
    interpreting.conference(made, organiser)


def _day(made: Event, number: int, day: date, people: list[Speaker]) -> None:
    """A keynote on the main stage, then talks and a debate side by side, and a workshop of two hours."""

    def person(offset: int) -> Speaker:
        return people[(number * 5 + offset) % len(people)]

    keynote = making.session(
        made,
        SessionKind.KEYNOTE,
        KEYNOTES[number],
        making.at(made, day, 10),
        60,
        person(0),
        moderator=person(1),
        **_where(made, 0, number),
        languages=["en"],
    )
    _tracks(keynote, TrackKind.INTERPRETATION, "ro", "ru")
    _tracks(keynote, TrackKind.CAPTIONS, "en")
    talks = iter(TALKS[number * TALKS_A_DAY :])
    for stage, slots in enumerate(SLOTS):
        for slot, (hour, minute) in enumerate(slots):
            talk = making.session(
                made,
                SessionKind.TALK,
                next(talks),
                making.at(made, day, hour, minute),
                40,
                person(2 + stage + slot),
                **_where(made, stage, stage),
                languages=["ro"] if stage == 1 else ["en"],
            )
            if stage == 0:
                _tracks(talk, TrackKind.CAPTIONS, "en")
    making.session(
        made,
        SessionKind.BREAK,
        BREAK,
        making.at(made, day, 12, 45),
        60,
        **_where(made, 0, None),
        languages=[],
    )
    if number in (1, 3):
        making.session(
            made,
            SessionKind.DEBATE,
            DEBATES[number // 2],
            making.at(made, day, 17),
            75,
            person(3),
            person(4),
            moderator=person(7),
            **_where(made, 2, 1),
            languages=["en"],
        )
    making.session(
        made,
        SessionKind.WORKSHOP,
        WORKSHOPS[number],
        making.at(made, day, 14),
        120,
        person(6),
        **_where(made, 4, 4),
        languages=["en"],
        capacity=30,
    )


def _where(made: Event, stage: int, theme: int | None) -> dict[str, Any]:
    room = made.rooms[stage]
    return {
        "room": room,
        "theme": None if theme is None else made.themes[theme % 5],
        "join_url": f"https://meet.polyforum.example/{room.slug}",
        "join_phone": "+40 21 555 01 99",
        "join_passcode": "biblioteca",
    }


def _tracks(session: EventSession, kind: TrackKind, *languages: str) -> None:
    for language in languages:
        url = f"https://meet.polyforum.example/{session.slug}/{language}" if kind is TrackKind.INTERPRETATION else ""
        db.session.add(LanguageTrack(session=session, language=language, kind=kind, url=url))
