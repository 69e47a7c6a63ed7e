"""How organisers write a question."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, SelectField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Optional

from app.events.models import Event
from app.lib.fields import EditForm, TranslatedField
from app.lib.present import chosen
from app.lib.text import Translated
from app.registration import questionnaire
from app.registration.models import Question, QuestionKind
from app.registration.questionnaire import Written

MOST_OPTIONS = 100
HIGHEST = 1e15


def _writable(_form: Any, field: Any) -> None:
    if field.data is not None and not abs(field.data) <= HIGHEST:
        raise ValidationError(_l("Write a number of at most fifteen digits."))


class QuestionForm(EditForm):
    """A question of one kind in the languages of its event; options are fields named `option-<number>`."""

    label = TranslatedField(_l("Question"), [DataRequired()], max_length=500)
    help = TranslatedField(_l("Help"), description=_l("A line below the question, where it needs one."), max_length=500)
    least = FloatField(_l("Smallest number"), [Optional(), _writable])
    most = FloatField(_l("Largest number"), [Optional(), _writable])
    required = BooleanField(_l("Everyone who is asked must answer"))
    depends_on_id = SelectField(_l("Asked of"), coerce=lambda value: int(value) if value else None)

    def __init__(self, event: Event, kind: QuestionKind, question: Question | None = None, **kwargs: Any) -> None:
        self._event, self._kind, self._question = event, kind, question
        super().__init__(languages=event.languages, obj=question, **kwargs)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        if self._kind is not QuestionKind.NUMBER:
            del self.least, self.most
        if self._kind is QuestionKind.NEEDS:
            del self.required
        self.depends_on_id.choices = _conditions(self._event, self._question)
        stored = {name: label for name, (_number, label) in self._stored_options().items()}
        sent = self.meta.wrap_formdata(self, formdata)
        for place, name in enumerate([*stored, *self._new_names(sent)] if self._kind.has_options else [], start=1):
            unbound: Any = TranslatedField(_l("Answer %(number)s", number=place))
            BaseForm.__setitem__(self, name, unbound)
        super().process(formdata, *args, **kwargs | {"data": stored})

    def option_fields(self) -> list[Any]:
        return [field for name, field in self._fields.items() if name.startswith("option-")]

    def options(self) -> Written:
        """Those that are written; one that was emptied is none any more."""
        stored = self._stored_options()
        return [
            (stored[field.name][0] if field.name in stored else None, field.data)
            for field in self.option_fields()
            if field.data
        ]

    def facts(self) -> dict[str, Any]:
        names = ("label", "help", "least", "most", "required", "depends_on_id")
        return {name: self[name].data for name in names if name in self}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for said in self._faults_of_options() if self._kind.has_options else []:
            self.option_fields()[0].errors = [*self.option_fields()[0].errors, said]
            valid = False
        return valid

    def validate_most(self, field: Any) -> None:
        least, most = self.least.data, field.data
        if least is not None and most is not None and least > most:
            raise ValidationError(_l("The largest number cannot be smaller than the smallest."))

    def _faults_of_options(self) -> list[Any]:
        written = self.options()
        kept = {number for number, _label in written}
        faults = []
        if len(written) < (2 if self._kind is QuestionKind.CHOICE else 1):
            faults.append(_l("Write the answers that people choose from; two at least where they choose one."))
        if self._question:
            gone = [option for option in self._question.options if option.id not in kept]
            faults += [
                _l("“%(answer)s” brings up another question. Remove that one first, or ask it of everyone.",
                   answer=chosen(option.label))
                for option in questionnaire.bringing_up(gone)
            ]  # fmt: skip
        return faults

    def _stored_options(self) -> dict[str, tuple[int, Translated]]:
        rows = self._question.options if self._question else []
        return {f"option-{option.id}": (option.id, option.label) for option in rows}

    def _new_names(self, formdata: Mapping[str, Any] | None) -> list[str]:
        """Room for more answers: as much as was sent, else for four of a new question and two of an old one."""
        sent = sum(f"option-new{place}-{self._event.languages[0]}" in (formdata or {}) for place in range(MOST_OPTIONS))
        return [f"option-new{place}" for place in range(sent or (2 if self._question else 4))]


def _conditions(event: Event, question: Question | None) -> dict[str, list[tuple[Any, str]]]:
    """Everyone, and the answers of other questions, each under its question."""
    groups: dict[str, list[tuple[Any, str]]] = {"": [("", str(_l("Everyone")))]}
    for row in questionnaire.conditions(event, question):
        title = str(_l("Whoever answers “%(question)s” with", question=chosen(row.label)))
        groups.setdefault(title, []).extend((option.id, chosen(option.label)) for option in row.options)
    return groups
