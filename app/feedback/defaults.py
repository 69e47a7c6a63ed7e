"""What is asked where nobody has written anything: three questions about the event and two about each session."""

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.config import LANGUAGES
from app.events.models import Event
from app.feedback.models import About, AnswerKind, FeedbackForm, FeedbackQuestion
from app.lib.text import Translated

_QUESTIONS: Sequence[dict[str, Any]] = (
    {
        "key": "useful", "about": About.EVENT, "kind": AnswerKind.RATING, "label": _l("How useful was it for you?"),
        "lowest": _l("not at all"), "highest": _l("very useful"),
    },
    {
        "key": "use", "about": About.EVENT, "kind": AnswerKind.TEXT,
        "label": _l("What will you use in your work?"),
    },
    {
        "key": "better", "about": About.EVENT, "kind": AnswerKind.TEXT, "label": _l("What should we do better?"),
    },
    {
        "key": "rating", "about": About.SESSION, "kind": AnswerKind.RATING, "label": _l("How was this session?"),
        "lowest": _l("poor"), "highest": _l("excellent"),
    },
    {
        "key": "remark", "about": About.SESSION, "kind": AnswerKind.TEXT,
        "label": _l("What would you tell the speakers?"),
    },
)  # fmt: skip


def form(event: Event) -> FeedbackForm:
    return FeedbackForm(event_id=event.id, is_on=True, is_anonymous=True, asks_sessions=True, days=30)


def questions(event: Event) -> list[FeedbackQuestion]:
    """Not stored yet."""
    return [
        FeedbackQuestion(
            event_id=event.id, key=each["key"], about=each["about"], kind=each["kind"], position=position,
            label=_in_all_languages(event, each["label"]), options=[], required=False,
            lowest=_in_all_languages(event, each.get("lowest", "")),
            highest=_in_all_languages(event, each.get("highest", "")),
        )
        for position, each in enumerate(_QUESTIONS)
    ]  # fmt: skip


def _in_all_languages(event: Event, said: Any) -> Translated:
    """In those of the interface, the event's own first. One that nobody has translated into yet is left out."""
    ordered = dict.fromkeys([*(tag for tag in event.languages if tag in LANGUAGES), *LANGUAGES])
    texts = {}
    for tag in ordered:
        with force_locale(tag.replace("-", "_")):
            texts[tag] = str(said)
    return {tag: text for tag, text in texts.items() if tag == "en" or text != texts.get("en", "")} if said else {}
