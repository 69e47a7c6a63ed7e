"""Form fields that WTForms does not have."""

from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field, StringField, ValidationError
from wtforms.validators import StopValidation

from app.lib.present import language_name
from app.lib.text import Translated, direction


class TranslatedField(Field):
    """One text in several languages: an input (or a text area) a language, named `<field>-<language>`.

    `languages` are the languages to offer, the main one first; a text that exists in another language stays.
    A form sets them with `field.languages = event.languages` before it is processed.
    """

    def __init__(self, label: Any = None, validators: Any = None, *, long: bool = False, max_length: int = 20_000,
                 languages: tuple[str, ...] = ("en",), **kwargs: Any) -> None:
        super().__init__(label, validators or [], **kwargs)
        self.long = long
        self.max_length = max_length
        self.languages: list[str] = list(languages)
        self.data: Translated

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        stored: Translated = data if isinstance(data, dict) else (getattr(self, "object_data", None) or {})
        self.object_data = self.data = dict(stored)
        if formdata:
            offered = [*self.languages, *(tag for tag in stored if tag not in self.languages)]
            given = {tag: formdata.get(f"{self.name}-{tag}", stored.get(tag, "")) for tag in offered}
            self.data = {tag: cleaned for tag, value in given.items() if (cleaned := _clean(value))}
            self.raw_data = list(self.data.values())

    def pre_validate(self, form: Any) -> None:
        if self.flags.required and not self.data:
            raise StopValidation(str(_l("Write this in one language at least.")))
        for tag, value in self.data.items():
            if len(value) > self.max_length:
                name, most = language_name(tag), self.max_length
                raise ValidationError(_l("%(language)s: at most %(number)s characters.", language=name, number=most))

    def widget(self, field: "TranslatedField", **kwargs: Any) -> Markup:
        rows = []
        for tag in [*self.languages, *(t for t in self.data if t not in self.languages)]:
            name, value = f"{self.name}-{tag}", self.data.get(tag, "")
            control = (
                Markup('<textarea id="{0}" name="{0}" lang="{1}" dir="{2}" rows="5">{3}</textarea>')
                if self.long
                else Markup('<input type="text" id="{0}" name="{0}" lang="{1}" dir="{2}" value="{3}">')
            ).format(name, tag, direction(tag), value)
            rows.append(Markup('<div class="translation"><label for="{}">{}</label>{}</div>').format(
                name, language_name(tag), control))
        return Markup("").join(rows)


class OneLine(StringField):
    """Text without line breaks and control characters, trimmed; what goes into headers and calendars must be."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = " ".join(_clean(str(self.data)).split())


def _clean(value: str) -> str:
    """Without the control characters that no text has (tab and line break stay); line ends as one."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in value if c in "\n\t" or (ord(c) >= 32 and not 0x7F <= ord(c) < 0xA0)).strip()


