"""What the form of the next edition asks: two questions, one more for some, and what people need to follow."""

from app.cli.demo import making
from app.events.models import Event
from app.lib.text import Translated
from app.registration.models import QuestionKind

PLACES: tuple[Translated, ...] = (
    {"en": "In a public library", "ro": "Într-o bibliotecă publică", "ru": "В публичной библиотеке"},
    {"en": "In a school or a university", "ro": "Într-o școală sau universitate", "ru": "В школе или университете"},
    {"en": "In a town hall or another office", "ro": "Într-o primărie sau altă instituție", "ru": "В мэрии или другом учреждении"},
    {"en": "Elsewhere", "ro": "În altă parte", "ru": "В другом месте"},
)  # fmt: skip
HOPES: tuple[Translated, ...] = (
    {"en": "Ideas that I can use at once", "ro": "Idei pe care le pot folosi imediat", "ru": "Идеи, которые можно применить сразу"},
    {"en": "Partners for a project", "ro": "Parteneri pentru un proiect", "ru": "Партнёры для проекта"},
    {"en": "To show what we do", "ro": "Să arăt ce facem noi", "ru": "Показать, что делаем мы"},
)  # fmt: skip


def questions(made: Event) -> None:
    place = making.question(
        made,
        QuestionKind.CHOICE,
        {"en": "Where do you work?", "ro": "Unde lucrați?", "ru": "Где вы работаете?"},
        options=PLACES,
    )
    making.question(
        made,
        QuestionKind.NUMBER,
        {
            "en": "How many people live where your library is?",
            "ro": "Câți oameni trăiesc în localitatea bibliotecii dumneavoastră?",
            "ru": "Сколько людей живёт там, где ваша библиотека?",
        },
        help={
            "en": "A rough number will do.",
            "ro": "Un număr aproximativ ajunge.",
            "ru": "Достаточно примерного числа.",
        },
        depends_on=place.options[0],
        least=1,
        most=50_000_000,
    )
    making.question(
        made,
        QuestionKind.CHOICES,
        {"en": "What do you hope for?", "ro": "Ce așteptați?", "ru": "Чего вы ждёте?"},
        options=HOPES,
    )
    making.question(
        made,
        QuestionKind.NEEDS,
        {
            "en": "What do you need to follow?",
            "ro": "De ce aveți nevoie ca să urmăriți?",
            "ru": "Что вам нужно, чтобы следить за событием?",
        },
    )
