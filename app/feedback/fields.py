"""The field that a question becomes in the form; its `data` is what is stored of the answer, or None."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.feedback import choices
from app.feedback.models import AnswerKind, FeedbackQuestion
from app.feedback.sections import Section
from app.lib.present import chosen
from app.lib.text import cleaned

LONGEST = 2000


class AnswerField(Field):
    """The answer to one question about the event or about one session."""

    def __init__(self, section: Section, question: FeedbackQuestion, **kwargs: Any) -> None:
        super().__init__(self._heading(section, question), **kwargs)
        self.section, self.question = section, question
        self.choices = choices.of(question)
        self.written = ""
        """What stands in the text area, also when it is too long."""

    @staticmethod
    def _heading(section: Section, question: FeedbackQuestion) -> str:
        """As a summary of faults names it."""
        label = chosen(question.label)
        return f"{chosen(section.session.title)} – {label}" if section.session else label

    def has(self, value: Any) -> bool:
        return value in self.data if isinstance(self.data, list) else value is not None and self.data == value

    def process_data(self, value: Any) -> None:
        self.data = value
        self.written = value if isinstance(value, str) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        given = [value for value in valuelist if isinstance(value, str) and value]
        self.data = self._text(given) if self.question.kind is AnswerKind.TEXT else self._chosen(given)

    def _text(self, given: list[str]) -> str | None:
        text = cleaned(given[0]) if given else ""
        # Told with what fits of it: nobody is sent a megabyte back.
        self.written = text[: 4 * LONGEST]
        if len(text) > LONGEST:
            raise ValueError(_l("Write at most %(number)s characters.", number=LONGEST))
        return text or None

    def _chosen(self, given: list[str]) -> Any:
        values = [choice.value for choice in self.choices if choice.code in given]
        several = self.question.kind is AnswerKind.CHOICES
        if len(values) != len(set(given)) or (len(values) > 1 and not several):
            raise ValueError(_l("Choose among the answers below."))
        return (values if several else values[0]) if values else None

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation


def name_of(section: Section, question: FeedbackQuestion) -> str:
    return f"{section.name}-{question.key}".replace(":", "-")
