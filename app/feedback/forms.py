"""The form that people fill in, and those by which organisers make it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, NumberRange

from app.events.models import Event
from app.feedback.fields import AnswerField, name_of
from app.feedback.models import AnswerKind, FeedbackForm, FeedbackQuestion
from app.feedback.questionnaire import Written
from app.feedback.sections import Section
from app.lib.fields import EditForm, Form, TranslatedField

MOST_OPTIONS = 20
LONGEST_WAIT = 365


class ReplyForm(Form):
    """The sections that a person can answer. Any may be left out, but not all of them by who has answered nothing yet.

    (Who presses the button twice has answered with the first press.)
    """

    promise = HiddenField()
    """What the page said of anonymity; no reply is taken on other terms than its writer has read."""

    def __init__(
        self, sections: Sequence[Section], stored: Mapping[str, Mapping[int, Any]] | None = None, *,
        is_anonymous: bool = True, has_answered: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.sections, self._stored, self._has_answered = sections, stored or {}, has_answered
        self._promise = "anonymous" if is_anonymous else "named"
        super().__init__(**kwargs)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        stored = {}
        for section in self.sections:
            for question in section.questions:
                name = name_of(section, question)
                unbound: Any = AnswerField(section, question)
                BaseForm.__setitem__(self, name, unbound)
                stored[name] = self._stored.get(section.name, {}).get(question.id)
        super().process(formdata, *args, **kwargs | {"data": stored})
        self._promised, self.promise.data = self.promise.data, self._promise

    def fields_of(self, section: Section) -> list[AnswerField]:
        return [self._fields[name_of(section, question)] for question in section.questions]

    def has_faults(self, section: Section) -> bool:
        return any(field.errors for field in self.fields_of(section))

    def is_begun(self, section: Section) -> bool:
        return any(field.data is not None or field.errors for field in self.fields_of(section))

    def answers(self) -> dict[Section, dict[int, Any]]:
        return {
            section: {field.question.id: field.data for field in self.fields_of(section) if field.data is not None}
            for section in self.sections
        }

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for section in filter(self.is_begun, self.sections):
            for field in self.fields_of(section):
                if field.question.required and field.data is None and not field.errors:
                    field.errors = [_l("Answer this question.")]
                    valid = False
        if self._promised != self._promise:
            self.form_errors.append(
                _l("It has changed whether answers are anonymous. Read the lines above, then send.")
            )
            valid = False
        if valid and not self._has_answered and not any(self.answers().values()):
            self.form_errors.append(_l("Answer one question at least."))
            valid = False
        return valid


class QuestionForm(EditForm):
    """A question of one kind in the languages of its event; options are fields named `option-<key>`."""

    label = TranslatedField(_l("Question"), [DataRequired()], max_length=300)
    lowest = TranslatedField(_l("What 1 means"), max_length=60)
    highest = TranslatedField(_l("What 5 means"), max_length=60)
    required = BooleanField(_l("Must be answered"), description=_l("By whoever answers this part of the form at all."))

    def __init__(
        self, event: Event, kind: AnswerKind, question: FeedbackQuestion | None = None, *, fixed: bool = False
    ) -> None:
        self._kind, self._fixed = kind, fixed
        self._options = {f"option-{each['key']}": each for each in (question.options if question else [])}
        super().__init__(languages=event.languages, obj=question)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        if self._kind is not AnswerKind.RATING:
            del self.lowest, self.highest
        names = [*self._options, *self._new_names(self.meta.wrap_formdata(self, formdata))]
        for place, name in enumerate(names if self._kind.has_options else [], start=1):
            unbound: Any = TranslatedField(_l("Answer %(number)s", number=place), max_length=200)
            BaseForm.__setitem__(self, name, unbound)
        stored = {name: dict(option["label"]) for name, option in self._options.items()}
        super().process(formdata, *args, **kwargs | {"data": stored})

    def option_fields(self) -> list[Any]:
        return [field for name, field in self._fields.items() if name.startswith("option-")]

    def options(self) -> Written:
        """Those that are written; one that was emptied is none any more."""
        return [
            (self._options[field.name]["key"] if field.name in self._options else None, field.data)
            for field in self.option_fields()
            if field.data
        ]

    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("label", "lowest", "highest", "required") if name in self}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for field in self._emptied() if self._fixed else []:
            field.errors = [*field.errors, _l("There are replies that name this answer. Write it in one language.")]
            valid = False
        if self._kind.has_options and len(self.options()) < 2:
            first = self.option_fields()[0]
            first.errors = [*first.errors, _l("Write two answers at least.")]
            valid = False
        return valid

    def _emptied(self) -> list[Any]:
        return [field for field in self.option_fields() if field.name in self._options and not field.data]

    def _new_names(self, formdata: Mapping[str, Any] | None) -> list[str]:
        """Room for more answers: as much as was sent, else for four of a new question and two of an old one."""
        if self._fixed:
            return []
        sent = sum(
            any(key.startswith(f"option-new{place}-") for key in formdata or ()) for place in range(MOST_OPTIONS)
        )
        return [f"option-new{place}" for place in range(sent or (2 if self._options else 4))]


class SettingsForm(EditForm):
    is_on = BooleanField(_l("Ask for feedback"))
    is_anonymous = BooleanField(
        _l("Answers are anonymous"),
        description=_l("They are kept without name, address and time, and nobody sees whose they are. "
                       "Else you see who says what, and people can change their answers."),
    )  # fmt: skip
    asks_sessions = BooleanField(
        _l("Ask about each session too"),
        description=_l("About those that a person chose or attended; of a webinar about all. "
                       "An event of one session is asked about as a whole."),
    )  # fmt: skip
    days = IntegerField(
        _l("Days after the event on which people can answer"), [InputRequired(), NumberRange(1, LONGEST_WAIT)]
    )

    def __init__(self, form: FeedbackForm) -> None:
        super().__init__(obj=form)

    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("is_on", "is_anonymous", "asks_sessions", "days")}
