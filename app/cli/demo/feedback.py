"""What people said of the webinar that is over; all of it made up."""

from collections.abc import Sequence

from app.feedback import replies
from app.registration.models import Registration

USEFUL = (5, 4, 4, 5, 3, 4, 5, 2, 5, 4, 4, 5)
TALK = (5, 4, 5, 4, 4, 5, 3, 5, 4, 0, 5, 4)
PANEL = (4, 3, 0, 4, 2, 5, 3, 4, 0, 3, 4, 4)
"""Ratings of twelve people; 0: this one said nothing."""

USE = {
    0: ("en", "The list of questions for a first talk with a community organisation."),
    3: ("ru", "Карту потребностей района: начнём с неё в сентябре."),
    6: ("en", "Asking people at the tram stop, not only those who come in."),
    8: ("ru", "Пример о том, как записывать ответы без имён."),
}
BETTER = {
    1: ("en", "More time for questions, please."),
    4: ("ru", "Слайды до начала, чтобы следить за переводом."),
    7: ("en", "Fewer slides. The discussion was the best part and came too late."),
    9: ("ru", "Перерыв между сессиями хотя бы пятнадцать минут."),
}


def answered(people: Sequence[Registration]) -> None:
    """Twelve of the people answer, each about what they attended or remember."""
    for number, person in enumerate(people[: len(USEFUL)]):
        replies.lock(person)
        about_event, talk, panel = replies.open_sections(person)
        keys = {question.key: question.id for question in (*about_event.questions, *talk.questions)}
        written = {"use": USE.get(number), "better": BETTER.get(number)}
        language = next((said[0] for said in written.values() if said), "en" if number % 3 else "ru")
        texts = {keys[key]: said[1] for key, said in written.items() if said}
        given = {about_event: {keys["useful"]: USEFUL[number]} | texts}
        for section, ratings in ((talk, TALK), (panel, PANEL)):
            given[section] = {keys["rating"]: ratings[number]} if ratings[number] else {}
        replies.store(person, given, language)
