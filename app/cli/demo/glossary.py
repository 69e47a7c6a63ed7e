"""Words that the demonstration wants said the same way everywhere."""

from app.events.models import Event
from app.extensions import db
from app.languages.models import Term
from app.lib.text import Translated

TERMS: tuple[tuple[Translated, str], ...] = (
    ({"en": "public library", "ro": "bibliotecă publică", "ru": "публичная библиотека", "ar": "مكتبة عامة"}, ""),
    ({"en": "reading room", "ro": "sală de lectură", "ru": "читальный зал", "ar": "قاعة المطالعة"}, ""),
    ({"en": "lending desk", "ro": "birou de împrumut", "ru": "стойка выдачи", "ar": "مكتب الإعارة"}, ""),
    ({"en": "library card", "ro": "permis de bibliotecă", "ru": "читательский билет", "ar": "بطاقة المكتبة"},
     "Never “subscription”: it is free of charge."),
    ({"en": "mobile library", "ro": "bibliotecă mobilă", "ru": "библиобус", "ar": "مكتبة متنقلة"}, "A bus or a van."),
    ({"en": "community", "ro": "comunitate", "ru": "сообщество", "ar": "مجتمع"}, "In Russian not «община»."),
    ({"en": "neighbour", "ro": "vecin", "ru": "сосед", "ar": "جار"}, ""),
    ({"en": "learning circle", "ro": "cerc de învățare", "ru": "учебный кружок", "ar": "حلقة تعلّم"},
     "Learners without a teacher, who meet in the library."),
    ({"en": "media literacy", "ro": "educație media", "ru": "медиаграмотность", "ar": "التربية الإعلامية"}, ""),
    ({"en": "plain language", "ro": "limbaj clar", "ru": "простой язык", "ar": "لغة مبسّطة"}, ""),
    ({"en": "telephone line", "ro": "linie telefonică", "ru": "телефонная линия", "ar": "خط هاتفي"}, ""),
    ({"en": "interlibrary loan", "ro": "împrumut interbibliotecar", "ru": "межбиблиотечный абонемент",
      "ar": "إعارة بين المكتبات"}, "Russian for short: МБА."),
)  # fmt: skip


def enter(made: Event) -> None:
    db.session.add_all(Term(event=made, words=words, note=note) for words, note in TERMS)
