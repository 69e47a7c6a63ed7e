"""What organisers write to a group of people, and when it goes out."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, ValidationError
from wtforms.validators import DataRequired

from app.events.models import Event
from app.lib import clock
from app.lib.fields import EditForm, Form, TranslatedField
from app.lib.present import language_name
from app.registration.manage.admission_forms import MomentField
from app.reminders.audiences import Audience
from app.reminders.choosing import audience_in, groups, value_of
from app.reminders.manage.fields import known_words, known_words_in_a_line
from app.reminders.models import Message


class MessageForm(EditForm):
    audience = SelectField(_l("To"), [DataRequired()])
    subject = TranslatedField(_l("Subject"), [DataRequired(), known_words_in_a_line], max_length=200)
    text = TranslatedField(
        _l("Text"), [DataRequired(), known_words], long=True,
        description=_l("Markdown: an empty line between paragraphs, **bold**, - before items, [words](https://…)."),
    )  # fmt: skip

    def __init__(self, event: Event, languages: tuple[str, ...], message: Message | None = None) -> None:
        stored: dict[str, Any] = {}
        audience = Audience(message.audience, message.audience_value) if message else None
        if message and audience:
            stored = {"audience": value_of(audience), "subject": message.subject, "text": message.text}
        self._offered = groups(event, languages, audience)
        super().__init__(data=stored, languages=event.languages)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        self.audience.choices = self._offered
        super().process(formdata, *args, **kwargs)

    def validate_text(self, field: TranslatedField) -> None:
        """Whoever reads a language gets both in it or neither."""
        if halves := self.subject.data.keys() ^ field.data.keys():
            names = ", ".join(sorted(map(language_name, halves)))
            raise ValidationError(_l("Write both subject and text, or neither, in: %(languages)s.", languages=names))

    @property
    def facts(self) -> dict[str, Any]:
        audience = audience_in(self.audience.data)
        return {
            "audience": audience.kind, "audience_value": audience.value,
            "subject": self.subject.data, "text": self.text.data,
        }  # fmt: skip


class SendForm(Form):
    send_at = MomentField(_l("Send at"), description=_l("Leave empty: at once."))
    number = HiddenField()
    """How many recipients the page said, so that nobody confirms what they did not see."""

    def moment(self, event: Event) -> datetime | None:
        return self.send_at.moment(event)

    def is_meant(self, event: Event, number: int) -> bool:
        """Says beside the field why not."""
        moment = self.moment(event)
        if moment and moment <= clock.now():
            self.send_at.errors = [_l("This moment is over. Choose a later one, or leave it empty.")]
        elif self.number.data != str(number):
            said = _l("Their number has changed since you opened the page. Look at it and confirm again.")
            self.form_errors.append(said)
        return not self.send_at.errors and not self.form_errors
