"""The joint webinars that the Russian-American Library Dialogue resolved to hold in September 2020.

Two hosts, two languages, simultaneous interpretation and subtitles; the topics are those of the Declaration of
Libraries. Dates and speakers are made up: one webinar is past and has its recording, one begins tomorrow.
"""

from datetime import timedelta

from app.cli.demo import feedback, glossary, interpreting, making, people, subtitling, team
from app.events.models import Event, EventKind, EventState, Involvement, Series
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.lib import clock
from app.lib.text import Translated
from app.people.models import Account
from app.registration import certificates
from app.registration.models import Admission, Attendance, RegistrationState, Source
from app.schedule import service as schedule
from app.schedule.models import EventSession, SessionKind, SessionLink

TOPICS: tuple[tuple[str, int, Translated, Translated], ...] = (
    ("dialogue-needs", -7, {
        "en": "Strategies for identifying what communities need",
        "ru": "Стратегии выявления потребностей сообществ",
    }, {
        "en": "Strategies of libraries’ work with community organizations for identifying integral, society-oriented needs "
        "of individuals during the pandemic.",
        "ru": "Стратегии работы библиотек с общественными организациями по выявлению целостных, общественно значимых "
        "потребностей людей во время пандемии.",
    }),
    ("dialogue-competencies", 1, {
        "en": "New competencies for library professionals",
        "ru": "Новые компетенции библиотечных специалистов",
    }, {
        "en": "New competencies, essential for library professionals to provide the whole range of services during the "
        "pandemic.",
        "ru": "Новые компетенции, необходимые библиотечным специалистам для оказания всего спектра услуг во время пандемии.",
    }),
    ("dialogue-promotion", 15, {
        "en": "Promotion through communication with everyone",
        "ru": "Продвижение через общение со всеми",
    }, {
        "en": "Promotion of the libraries’ work during the pandemic through effective communication with all members of "
        "social life: community, social sphere, media resources, digital market and so on.",
        "ru": "Продвижение работы библиотек во время пандемии через действенное общение со всеми участниками общественной "
        "жизни: сообществом, социальной сферой, СМИ, цифровым рынком и так далее.",
    }),
    ("dialogue-goals", 29, {
        "en": "Libraries and the UN Goals of sustainable development",
        "ru": "Библиотеки и Цели устойчивого развития ООН",
    }, {
        "en": "Libraries and UN Goals of sustainable development: delivery of assistance in neutralizing the negative "
        "impact of the pandemic to insure the survival and prosperity of the communities.",
        "ru": "Библиотеки и Цели устойчивого развития ООН: помощь в преодолении последствий пандемии ради выживания и "
        "процветания сообществ.",
    }),
    ("dialogue-security", 43, {
        "en": "Libraries and collective security",
        "ru": "Библиотеки и коллективная безопасность",
    }, {
        "en": "Libraries as the resource and the providing agent of collective security during the pandemic.",
        "ru": "Библиотеки как ресурс и проводник коллективной безопасности во время пандемии.",
    }),
)  # fmt: skip
"""Address, days from loading, title, and the topic in the words of the Declaration."""

SESSIONS: tuple[tuple[SessionKind, Translated, int], ...] = (
    (SessionKind.TALK, {"en": "Two views of one question", "ru": "Два взгляда на один вопрос"}, 40),
    (SessionKind.PANEL, {"en": "Questions from the libraries", "ru": "Вопросы библиотек"}, 50),
)


def webinars(organiser: Account) -> None:
    for row_slug, days, title, topic in TOPICS:
        _webinar(organiser, row_slug, days, title, topic)


def _series() -> Series:
    return making.series(
        "library-dialogue",
        {"en": "Russian–American Library Dialogue", "ru": "Российско-американский библиотечный диалог"},
        {
            "en": "Joint educational webinars of specialists of both countries, with simultaneous translation or "
            "subtitles, as resolved in September 2020.",
            "ru": "Совместные образовательные вебинары специалистов обеих стран с синхронным переводом или субтитрами, как "
            "было решено в сентябре 2020 года.",
        },
    )


def _webinar(organiser: Account, row_slug: str, days: int, title: Translated, topic: Translated) -> None:
    # An hour and a day from now, so that the reminder of a day before is soon due.
    start = clock.now().replace(minute=0, second=0) + timedelta(days=days, hours=2)
    made = making.event(
        organiser, row_slug, kind=EventKind.WEBINAR, series=_series(), title=title, summary=topic,
        state=EventState.PUBLISHED if days > 0 else EventState.ARCHIVED, zone="America/New_York", languages=["en", "ru"],
        starts_on=clock.local(start, "America/New_York").date(), ends_on=clock.local(start, "America/New_York").date(),
        day_change=0, capacity=500,
    )  # fmt: skip
    if made is None:
        return
    # A webinar that runs past midnight in its own zone ends on the next day.
    made.ends_on = clock.local(start + timedelta(minutes=100), made.zone).date()
    making.involve(
        made, Involvement.HOST,
        making.organisation({"en": "Library for Foreign Literature", "ru": "Библиотека иностранной литературы"}, "RU"),
        making.organisation({"en": "Kettering Foundation", "ru": "Фонд Кеттеринга"}, "US"),
    )  # fmt: skip
    making.rooms(made, {"en": "Webinar", "ru": "Вебинар"})
    russian = making.speaker(
        made,
        {"en": "Vera Sokolova", "ru": "Вера Соколова"},
        {"en": "Regional library, Vologda", "ru": "Областная библиотека, Вологда"},
        "RU",
        "Europe/Moscow",
    )
    american = making.speaker(
        made,
        {"en": "Grace Whitfield", "ru": "Грейс Уитфилд"},
        {"en": "County library, Oregon", "ru": "Окружная библиотека, Орегон"},
        "US",
        "America/Los_Angeles",
    )
    for kind, session_title, minutes in SESSIONS:
        session = making.session(
            made,
            kind,
            session_title,
            start,
            minutes,
            russian,
            american,
            languages=["en"],
            room=made.rooms[0],
            abstract=topic,
            join_url=f"https://meet.polyforum.example/{row_slug}",
            join_phone="+1 503 555 0142",
            join_passcode="dialogue",
        )
        start += timedelta(minutes=minutes + 10)
        channel = f"https://meet.polyforum.example/{row_slug}/ru"
        db.session.add_all(
            [
                LanguageTrack(session=session, language="ru", kind=TrackKind.INTERPRETATION, url=channel),
                LanguageTrack(session=session, language="en", kind=TrackKind.CAPTIONS),
            ]
        )
        if days < 0 and kind is SessionKind.TALK:
            _recorded(session)
    db.session.flush()
    members = team.enter(made, team.DIALOGUE)
    if days < 0:
        recorded, discussed = schedule.sessions_of(made)
        subtitling.recorded(recorded, members)
        subtitling.in_review(discussed, members)
        _heard(made)
    elif days == 1:
        glossary.enter(made)
        interpreting.webinar(made, members, organiser)


def _heard(made: Event) -> None:
    """Who registered for the webinar that is over, who was in which session, what they said, and the first certificate."""
    began = made.begins_at - timedelta(days=9)
    sessions = schedule.sessions_of(made)
    db.session.add(Admission(event_id=made.id, keep_days=365, certificates=True))
    rows = [
        people.register(made, person, RegistrationState.CONFIRMED, began + timedelta(hours=11 * number))
        for number, person in enumerate(people.everyone()[:18])
    ]
    people.seat(made, rows)
    for number, row in enumerate(rows):
        # Every fourth did not come, every third left after the first session.
        for session in [] if number % 4 == 3 else sessions[: 1 if number % 3 == 2 else 2]:
            began_at = session.starts_at or made.begins_at
            db.session.add(Attendance(
                registration=row, session=session, day=made.day_of(began_at), first_at=began_at, last_at=began_at,
                source=Source.LINK,
            ))  # fmt: skip
    db.session.flush()
    certificates.issue(rows[0])
    feedback.answered(rows)


def _recorded(session: EventSession) -> None:
    """A recording of half a minute that the project itself made."""
    session.recording_url = "/static/demo/two-views.webm"
    session.recording_licence = "CC BY 4.0"
    session.links = [SessionLink(
        kind="slides", title={"en": "Slides", "ru": "Слайды"}, url="https://example.org/two-views.pdf", position=0,
    )]  # fmt: skip
