"""What can be chosen as the answer to a question."""

from typing import Any, NamedTuple

from flask_babel import gettext as _

from app.feedback.models import AnswerKind, FeedbackQuestion
from app.lib.present import page_language
from app.lib.text import Translated

RATINGS = (1, 2, 3, 4, 5)


class Choice(NamedTuple):
    code: str
    """As forms send it."""
    value: Any
    """As a reply holds it; several choices are a list of these."""
    label: Translated


def of(question: FeedbackQuestion) -> list[Choice]:
    """In the order in which they are shown; none for a text."""
    match question.kind:
        case AnswerKind.RATING:
            return [Choice(str(number), number, _ours(str(number))) for number in RATINGS]
        case AnswerKind.YES_NO:
            return [Choice("yes", True, _ours(_("Yes"))), Choice("no", False, _ours(_("No")))]
        case _:
            return [Choice(option["key"], option["key"], option["label"]) for option in question.options]


def _ours(said: str) -> Translated:
    return {page_language(): said}
