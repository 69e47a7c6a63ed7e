"""A webinar that runs while the demonstration is loaded: captioned in English, translated into Arabic by a person.

It follows the working day from Vologda to Oregon, so whoever looks at it on that day finds it live.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from app.cli.demo import glossary, making, team
from app.events.models import EventKind, EventState, Involvement, Series
from app.extensions import db
from app.languages.models import CaptionCue, CaptionStream, LanguageTrack, Linguist, TrackKind, TrackState
from app.lib import clock
from app.people.models import Account
from app.schedule.models import SessionKind

BEGAN_AGO, HOURS = timedelta(minutes=6), 12


class Said(NamedTuple):
    second: int
    """Since the session began."""
    english: str
    arabic: str = ""
    """Empty: the translator is a few lines behind."""


SAID: tuple[Said, ...] = (
    Said(8, "Good morning from Vologda, good evening to Oregon, and welcome to the open line.",
         "صباح الخير من فولوغدا، ومساء الخير لأوريغون، وأهلا بكم في الخط المفتوح."),
    Said(16, "For the next twelve hours there is always a librarian at this telephone.",
         "طوال الاثنتي عشرة ساعة القادمة ستجدون دائما أمين مكتبة على هذا الهاتف."),
    Said(25, "You may ask in English or in Russian; both are interpreted, and what is said is written here.",
         "يمكنكم السؤال بالإنجليزية أو بالروسية، فهناك ترجمة فورية، وكل ما يقال يُكتب هنا."),
    Said(39, "Our first caller is Zoya Petrovna, who runs a reading room in Totma.",
         "أول المتصلين زويا بتروفنا، وهي تدير قاعة مطالعة في توتما."),
    Said(49, "She says: since the bus stopped running, half of my readers cannot come any more.",
         "تقول: منذ توقفت الحافلة لم يعد نصف قرائي يستطيعون الحضور."),
    Said(62, "In Oregon we had the same when the bridge was closed, and we put the books on the school bus.",
         "حدث معنا الأمر نفسه في أوريغون حين أُغلق الجسر، فوضعنا الكتب في حافلة المدرسة."),
    Said(74, "The children carry them home, and on Fridays they carry them back.",
         "يحملها الأطفال إلى بيوتهم، ويعيدونها أيام الجمعة."),
    Said(84, "How do you know who wants which book?", "وكيف تعرفون من يريد أي كتاب؟"),
    Said(92, "We ask by telephone, on Mondays: four volunteers, one list, about ninety calls.",
         "نسأل بالهاتف كل يوم اثنين: أربعة متطوعين، وقائمة واحدة، ونحو تسعين مكالمة."),
    Said(105, "It is not the book that people wait for, it is the call.",
         "ليس الكتاب ما ينتظره الناس، بل المكالمة."),
    Said(115, "That is what Zoya Petrovna hears too: nobody has asked me anything for a week.",
         "وهذا ما تسمعه زويا بتروفنا أيضا: لم يسألني أحد عن شيء منذ أسبوع."),
    Said(128, "Then let us write it down as the first result of this day.",
         "لنكتب ذلك إذن نتيجةً أولى لهذا اليوم."),
    Said(138, "A telephone line needs no bus, no budget and no permission.",
         "الخط الهاتفي لا يحتاج إلى حافلة ولا ميزانية ولا إذن."),
    Said(149, "It needs a list of names and an hour on Mondays.",
         "يحتاج إلى قائمة أسماء وساعة يوم الاثنين."),
    Said(158, "The next question came in writing, from a library card holder in Salem.",
         "وصلنا السؤال التالي مكتوبا من حامل بطاقة مكتبة في سالم."),
    Said(169, "May I borrow a book in Russian for my neighbour, who arrived in spring?",
         "هل يمكنني استعارة كتاب بالروسية لجاري الذي وصل في الربيع؟"),
    Said(180, "You may: by interlibrary loan, and it costs you nothing.",
         "نعم، عن طريق الإعارة بين المكتبات، ولن يكلفك شيئا."),
    Said(189, "Ask at the lending desk for the shelf that is called From far away."),
    Said(199, "And if your neighbour likes, there is a learning circle on Wednesdays, with tea."),
)  # fmt: skip


def day(organiser: Account) -> None:
    start = clock.now() - BEGAN_AGO
    end = start + timedelta(hours=HOURS)
    made = making.event(
        organiser, "dialogue-open-line", kind=EventKind.WEBINAR, state=EventState.PUBLISHED, zone="America/New_York",
        series=making.existing(Series, "library-dialogue"), day_change=0, capacity=500, languages=["en", "ru"],
        title={"en": "The open line", "ru": "Открытая линия"},
        summary={
            "en": "Twelve hours of questions and answers between libraries, live, with captions in English and Arabic.",
            "ru": "Двенадцать часов вопросов и ответов между библиотеками, в прямом эфире, с субтитрами на английском и "
            "арабском.",
        },
        starts_on=clock.local(start, "America/New_York").date(), ends_on=clock.local(end, "America/New_York").date(),
    )  # fmt: skip
    if made is None:
        return
    making.involve(
        made, Involvement.HOST,
        making.organisation({"en": "Library for Foreign Literature", "ru": "Библиотека иностранной литературы"}, "RU"),
        making.organisation({"en": "Kettering Foundation", "ru": "Фонд Кеттеринга"}, "US"),
    )  # fmt: skip
    making.rooms(made, {"en": "Telephone", "ru": "Телефон"})
    session = making.session(
        made, SessionKind.TALK, {"en": "Ask a librarian", "ru": "Спросите библиотекаря"}, start, HOURS * 60,
        making.speaker(made, {"en": "Vera Sokolova", "ru": "Вера Соколова"}, {}, "RU", "Europe/Moscow"),
        making.speaker(made, {"en": "Grace Whitfield", "ru": "Грейс Уитфилд"}, {}, "US", "America/Los_Angeles"),
        languages=["en"], room=made.rooms[0], join_url="https://meet.polyforum.example/open-line",
    )  # fmt: skip
    members = team.enter(made, team.DIALOGUE)
    glossary.enter(made)
    db.session.add(LanguageTrack(
        session=session, language="ru", kind=TrackKind.INTERPRETATION, state=TrackState.LIVE,
        linguist=members["Тамара Белова"], url="https://meet.polyforum.example/open-line/ru",
    ))  # fmt: skip
    english, arabic = (
        LanguageTrack(session=session, language=language, kind=TrackKind.CAPTIONS, state=TrackState.LIVE, linguist=who)
        for language, who in (("en", members["Nora Lind"]), ("ar", members["ليلى حداد"]))
    )
    _captioned(english, arabic, start)


def _captioned(english: LanguageTrack, arabic: LanguageTrack, start: datetime) -> None:
    """What was said in the first minutes, as the two would have written it."""
    original = CaptionStream(track=english, zero_at=start)
    translated = CaptionStream(track=arabic, zero_at=start, source=original)
    db.session.add_all([original, translated])
    db.session.flush()
    cues = [_cue(original, number, said, english.linguist, start) for number, said in enumerate(SAID, 1)]
    db.session.add_all(cues)
    db.session.flush()
    for number, (cue, said) in enumerate(zip(cues, SAID, strict=True), 1):
        if said.arabic:
            spoken = said._replace(second=said.second + 6, english=said.arabic)
            row = _cue(translated, number, spoken, arabic.linguist, start)
            row.source_id, row.source_version = cue.id, cue.version
            db.session.add(row)
    db.session.flush()


def _cue(stream: CaptionStream, number: int, said: Said, linguist: Linguist | None, start: datetime) -> CaptionCue:
    began_at = start + timedelta(seconds=said.second)
    stream.version = stream.places = number
    stream.changed_at = began_at + timedelta(seconds=5)
    return CaptionCue(
        stream_id=stream.id, place=number, version=number, text=said.english, linguist=linguist, began_at=began_at,
        ended_at=stream.changed_at,
    )  # fmt: skip
