"""The fields that the questions of an event become in a form, each named `q<number>`; needs have names of their own.

The `data` of a field is what is stored of the answer, or None. A question that was not asked, because the answer that
brings it up was not given, has no faults and no data, whatever was sent.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.lib.present import chosen
from app.lib.text import cleaned, one_line
from app.registration import questions, uploads
from app.registration.models import NeedKind, Question, QuestionKind
from app.registration.questions import LONGEST, LONGEST_NOTE, Wish

MARKED = 20 * 3600
"""Seconds that a form has to come back with a file that was taken; a day later it may be gone."""


class QuestionField(Field):
    """The answer to one question."""

    missing: ClassVar[Any] = _l("Answer this question.")

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(chosen(question.label), **kwargs)
        self.question = question
        self.is_asked = True
        self.written = ""
        """What stands in the input, also when it is no answer."""
        if question.required:
            self.flags.required = True

    def process_data(self, value: Any) -> None:
        self.data = value
        self.written = "" if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        given = [value for value in valuelist if isinstance(value, str)]
        self.written = given[0] if given else ""
        self.data = self.read(given)

    def read(self, given: list[str]) -> Any:
        """The value of what was sent, or None. Raises ValueError with a sentence."""
        raise NotImplementedError

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation
        if self.question.required and self.data is None:
            raise StopValidation(str(self.missing))

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        if self.is_asked:
            return super().validate(form, extra_validators)
        self.data, self.errors = None, []
        return True


class TextAnswer(QuestionField):
    def read(self, given: list[str]) -> str | None:
        clean: Callable[[str], str] = cleaned if self.question.kind is QuestionKind.LONG_TEXT else one_line
        self.written = text = clean(self.written)
        if len(text) > LONGEST[self.question.kind]:
            # Told with what fits of it: nobody is sent a megabyte back.
            most = LONGEST[self.question.kind]
            self.written = text[: 4 * most]
            raise ValueError(_l("Write at most %(number)s characters.", number=most))
        return text or None


class NumberAnswer(QuestionField):
    def read(self, given: list[str]) -> float | None:
        self.written = self.written.strip()[:40]
        written = self.written.replace(",", ".").replace("\u2212", "-")
        if not written:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?", written):
            raise ValueError(_l("Write a number in digits, such as 12 or 2.5."))
        value = float(written) if "." in written else int(written)
        least, most = self.question.least, self.question.most
        if least is not None and value < least:
            raise ValueError(_l("Write a number that is at least %(number)s.", number=f"{least:g}"))
        if most is not None and value > most:
            raise ValueError(_l("Write a number that is at most %(number)s.", number=f"{most:g}"))
        return value


class DateAnswer(QuestionField):
    def read(self, given: list[str]) -> str | None:
        self.written = self.written.strip()[:40]
        if not self.written:
            return None
        if not questions.is_date(self.written):
            raise ValueError(_l("Write a date as year, month and day, such as 2026-12-01."))
        return self.written


class ChoiceAnswer(QuestionField):
    missing = _l("Choose an answer.")

    def read(self, given: list[str]) -> int | None:
        if not self.written:
            return None
        if self.written not in _numbers(self.question):
            raise ValueError(_l("Choose one of the answers below."))
        return int(self.written)

    def has(self, option: int) -> bool:
        return bool(self.data == option)


class ChoicesAnswer(QuestionField):
    missing = _l("Choose at least one answer.")

    def read(self, given: list[str]) -> list[int] | None:
        numbers = _numbers(self.question)
        if not set(given) <= set(numbers):
            raise ValueError(_l("Choose among the answers below."))
        return [int(number) for number in numbers if number in given] or None

    def has(self, option: int) -> bool:
        return option in (self.data or ())


class ConsentAnswer(QuestionField):
    missing = _l("This needs your consent.")

    def read(self, given: list[str]) -> bool | None:
        return bool(self.written) or None


class FileAnswer(QuestionField):
    """A file once taken stays when the form comes back with faults elsewhere: the page holds a sealed mark of it."""

    missing = _l("Choose a file.")

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        self._kept = formdata.get(f"{self.name}-kept", "") if formdata else ""
        self._is_dropped = bool(formdata and formdata.get(f"{self.name}-drop"))
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None if self._is_dropped else self._opened(self._kept) or self.object_data
        for brought in valuelist[:1]:
            if isinstance(brought, FileStorage) and brought.filename:
                self.data = uploads.keep(brought.stream.read(uploads.MOST_BYTES + 1), brought.filename)

    @property
    def mark(self) -> str:
        """Names the file to this site alone, and for this question alone."""
        return str(self._seal().dumps(self.data))

    def _opened(self, mark: Any) -> Any:
        try:
            return self._seal().loads(mark, max_age=MARKED) if isinstance(mark, str) and mark else None
        except BadData:
            return None

    def _seal(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"file of question {self.question.id}")


class NeedsAnswer(QuestionField):
    """What somebody needs, as `Wish`es: ways and languages to be ticked, and two lines of text."""

    WAYS = (NeedKind.INTERPRETATION, NeedKind.CAPTIONS, NeedKind.SUBTITLES)

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(question, **kwargs)
        self.flags.required = False
        self.languages = list(question.event.languages)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data = list(data) if isinstance(data, (list, tuple)) else []
        self.languages += [tag for _kind, tag, _note in self.data if tag and tag not in self.languages]
        if formdata is None:
            return
        sent = {kind: formdata.getlist(f"needs-{kind}") for kind in NeedKind}
        self.data = [(kind, tag, "") for kind in self.WAYS for tag in self.languages if tag in sent[kind]]
        which = self._line(formdata.get("needs-sign-note", ""))
        if sent[NeedKind.SIGN] or which:
            self.data.append((NeedKind.SIGN, "", which))
        if other := self._line(formdata.get("needs-other", "")):
            self.data.append((NeedKind.OTHER, "", other))

    def pre_validate(self, form: BaseForm) -> None:
        if any(len(note) > LONGEST_NOTE for _kind, _tag, note in self.data):
            raise StopValidation(str(_l("Write at most %(number)s characters.", number=LONGEST_NOTE)))

    def has(self, kind: str, tag: str = "") -> bool:
        return any(wish[:2] == (kind, tag) for wish in self.data)

    def note(self, kind: str) -> str:
        return next((wish[2] for wish in self.data if wish[0] == kind), "")

    @staticmethod
    def _line(written: Any) -> str:
        return one_line(written)[: 4 * LONGEST_NOTE] if isinstance(written, str) else ""


FIELDS: dict[QuestionKind, type[QuestionField]] = {
    QuestionKind.TEXT: TextAnswer, QuestionKind.LONG_TEXT: TextAnswer, QuestionKind.NUMBER: NumberAnswer,
    QuestionKind.CHOICE: ChoiceAnswer, QuestionKind.CHOICES: ChoicesAnswer, QuestionKind.DATE: DateAnswer,
    QuestionKind.FILE: FileAnswer, QuestionKind.CONSENT: ConsentAnswer, QuestionKind.NEEDS: NeedsAnswer,
}  # fmt: skip


class Asking(BaseForm):
    """A form that asks the questions of an event; they are to be set as `questions` before it is processed."""

    questions: list[Question]

    def process(self, *args: Any, **kwargs: Any) -> None:
        for question in self.questions:
            unbound: Any = FIELDS[question.kind](question)
            BaseForm.__setitem__(self, name_of(question), unbound)
        super().process(*args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        asked = questions.visible(self.questions, self._given())
        for question in self.questions:
            self.answer(question).is_asked = question in asked
        return super().validate(extra_validators)

    def answer(self, question: Question) -> QuestionField:
        field = self[name_of(question)]
        assert isinstance(field, QuestionField)  # noqa: S101 - made by `process`
        return field

    def under(self, option: int | None) -> list[QuestionField]:
        """The fields that an option brings up; under None, those that everyone sees."""
        return [self.answer(question) for question in self.questions if question.depends_on_id == option]

    @property
    def takes_files(self) -> bool:
        return any(question.kind is QuestionKind.FILE for question in self.questions)

    def answers(self) -> dict[int, Any]:
        """By the number of the question, as `questions.store` takes them."""
        return {number: value for number, value in self._given().items() if value is not None}

    def needs(self) -> tuple[Wish, ...]:
        asked = (self.answer(row) for row in self.questions if row.kind is QuestionKind.NEEDS)
        return tuple(wish for field in asked for wish in field.data or ())

    def _given(self) -> dict[int, Any]:
        ordinary = (row for row in self.questions if row.kind is not QuestionKind.NEEDS)
        return {question.id: self.answer(question).data for question in ordinary}


class AnswersForm(Asking, FlaskForm):
    """The questions alone."""

    def __init__(self, asked: list[Question], values: Mapping[int, Any] | None = None, **kwargs: Any) -> None:
        self.questions = asked
        stored = {name_of(question): (values or {}).get(question.id) for question in asked}
        super().__init__(data=stored, **kwargs)  # type: ignore[call-arg]


def name_of(question: Question) -> str:
    return "needs" if question.kind is QuestionKind.NEEDS else f"q{question.id}"


def _numbers(question: Question) -> list[str]:
    return [str(option.id) for option in question.options]
