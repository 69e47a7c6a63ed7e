"""How organisers write a rule: what, how long before or after what, to whom, and in which words."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, TimeField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from app.events.models import Event
from app.lib.fields import EditForm, TranslatedField
from app.reminders.audiences import Audience
from app.reminders.choosing import audience_in, groups, value_of
from app.reminders.manage.fields import known_words, known_words_in_a_line
from app.reminders.models import Anchor, AudienceKind, Rule, RuleKind
from app.reminders.quiet import Quiet
from app.reminders.rules import LONGEST
from app.reminders.saying import UNITS, in_unit

BEFORE, AFTER = (Anchor.EVENT_START, Anchor.SESSION_START), (Anchor.EVENT_END, Anchor.SESSION_END)
NOT_THERE_YET = (AudienceKind.PRESENT, AudienceKind.ABSENT)
NOT_REGISTERED_YET = (AudienceKind.UNCONFIRMED, AudienceKind.WAITING)


class RuleForm(EditForm):
    kind = RadioField(_l("Letter"), [InputRequired()], default=RuleKind.REMINDER.value)
    number = IntegerField(
        _l("How long before it begins, or after it ends"), [InputRequired(_l("Write a number.")), NumberRange(0, 9999)],
        description=_l("Reminders come before, all others after. Recordings of this time are gathered in one letter."),
    )  # fmt: skip
    unit = SelectField(_l("Unit"), [InputRequired()], default="hours")
    whole = RadioField(_l("Of what"), [InputRequired()], default="event")
    audience = SelectField(_l("To"), [InputRequired()], default=AudienceKind.ALL.value)
    subject = TranslatedField(
        _l("Subject"), [Optional(), known_words_in_a_line], max_length=200, description=_l("Leave empty for ours.")
    )
    text = TranslatedField(
        _l("Your words"), [Optional(), known_words], long=True,
        description=_l(
            "They stand between the greeting and what the letter says anyway: when, where, and how to join. Markdown."
        ),
    )  # fmt: skip

    def __init__(self, event: Event, languages: tuple[str, ...], rule: Rule | None = None) -> None:
        stored: dict[str, Any] = {}
        present = Audience(rule.audience, rule.audience_value) if rule else None
        if rule and present:
            number, unit = in_unit(abs(rule.minutes))
            stored = {
                "kind": rule.kind.value, "number": number, "unit": unit,
                "whole": "session" if rule.anchor in (Anchor.SESSION_START, Anchor.SESSION_END) else "event",
                "audience": value_of(present),
                "subject": rule.subject, "text": rule.text,
            }  # fmt: skip
        offered = groups(event, languages, present)
        first, *others = offered
        chose = (AudienceKind.BOOKED.value, AudienceKind.BOOKED.label)
        self._offered = {first: [*offered[first][:1], chose, *offered[first][1:]], **{k: offered[k] for k in others}}
        super().__init__(data=stored, languages=event.languages)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        self.kind.choices = [(kind.value, kind.label) for kind in RuleKind]
        self.unit.choices = [("minutes", _l("minutes")), ("hours", _l("hours")), ("days", _l("days"))]
        self.whole.choices = [("event", _l("The event")), ("session", _l("Each session"))]
        self.audience.choices = self._offered
        super().process(formdata, *args, **kwargs)

    @property
    def minutes(self) -> int:
        return int(self.number.data or 0) * UNITS[self.unit.data]

    @property
    def facts(self) -> dict[str, Any]:
        kind, of_session = RuleKind(self.kind.data), self.whole.data == "session"
        is_reminder, audience = kind is RuleKind.REMINDER, audience_in(self.audience.data)
        return {
            "kind": kind, "anchor": (BEFORE if is_reminder else AFTER)[of_session],
            "minutes": -self.minutes if is_reminder else self.minutes,
            "audience": audience.kind, "audience_value": audience.value,
            "subject": self.subject.data, "text": self.text.data,
        }  # fmt: skip

    def validate_number(self, field: IntegerField) -> None:
        if field.data is None or self.unit.data not in UNITS:
            return
        if self.minutes > LONGEST:
            raise ValidationError(_l("Sixty days at most."))
        if self.kind.data == RuleKind.REMINDER.value and self.minutes < 5:
            raise ValidationError(_l("A reminder needs five minutes at least to arrive."))

    def validate_whole(self, field: RadioField) -> None:
        if field.data == "session" and self.kind.data == RuleKind.RECORDING.value:
            raise ValidationError(_l("Recordings are told of together: choose the event."))

    def validate_audience(self, field: SelectField) -> None:
        kind, is_reminder = audience_in(field.data).kind, self.kind.data == RuleKind.REMINDER.value
        if is_reminder and kind in NOT_THERE_YET:
            raise ValidationError(_l("Before it begins nobody knows who comes. Choose another group."))
        if not is_reminder and kind in NOT_REGISTERED_YET:
            raise ValidationError(_l("These people have no place, so they were not there. Choose another group."))
        if self.whole.data == "session" and kind in NOT_REGISTERED_YET:
            raise ValidationError(_l("These people have chosen no sessions yet: choose the event."))
        if self.whole.data == "session" and kind is AudienceKind.INTERPRETERS:
            raise ValidationError(_l("The language team is reminded of its own hours anyway: choose the event."))


class QuietForm(EditForm):
    begins = TimeField(_l("They begin at"), [InputRequired(_l("Write a time."))])
    ends = TimeField(
        _l("They end at"), [InputRequired(_l("Write a time."))], description=_l("The same time twice: no quiet hours.")
    )

    def __init__(self, quiet: Quiet) -> None:
        super().__init__(data={"begins": _on_wall(quiet.begins), "ends": _on_wall(quiet.ends)})

    @property
    def minutes(self) -> tuple[int, int]:
        return _minutes(self.begins), _minutes(self.ends)


def _on_wall(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def _minutes(field: TimeField) -> int:
    """After midnight."""
    return int(field.data.hour * 60 + field.data.minute) if field.data else 0
