"""Form fields that WTForms does not have, and the form that edits one thing."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale
from babel.support import NullTranslations, Translations
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.form import BaseForm
from wtforms.i18n import messages_path
from wtforms.validators import StopValidation

from app.lib import clock
from app.lib.present import language_name, page_language
from app.lib.text import Translated, cleaned, direction, is_language, one_line

_PATH = re.compile(r"""/[^/\s<>"\\][^\s<>"\\]*""")


class TranslatedField(Field):
    """One text in several languages: an input (or a text area) a language, named `<field>-<language>`.

    `languages` are the languages to offer, the main one first; a text that exists in another language stays.
    An `EditForm` sets them; another form does it with `field.languages = event.languages` before it is processed.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        long: bool = False,
        max_length: int | None = None,
        languages: tuple[str, ...] = ("en",),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators or [], **kwargs)
        self.long = long
        self.max_length = max_length or (20_000 if long else 300)
        self.languages: list[str] = list(languages)
        self.data: Translated

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        stored: Translated = data if isinstance(data, dict) else (getattr(self, "object_data", None) or {})
        self.object_data = self.data = dict(stored)
        if formdata:
            offered = [*self.languages, *(tag for tag in stored if tag not in self.languages)]
            given = {tag: formdata.get(f"{self.name}-{tag}", stored.get(tag, "")) for tag in offered}
            clean = cleaned if self.long else one_line
            self.data = {tag: text for tag, value in given.items() if (text := clean(value))}
            self.raw_data = list(self.data.values())

    def pre_validate(self, form: Any) -> None:
        if self.flags.required and not self.data:
            raise StopValidation(str(_l("Write this in one language at least.")))
        for tag, value in self.data.items():
            if len(value) > self.max_length:
                name, most = language_name(tag), self.max_length
                said = _l("%(language)s: at most %(number)s characters.", language=name, number=most)
                raise StopValidation(str(said))

    def widget(self, field: "TranslatedField", **kwargs: Any) -> Markup:
        rows = []
        for tag in [*self.languages, *(t for t in self.data if t not in self.languages)]:
            name, value = f"{self.name}-{tag}", self.data.get(tag, "")
            control = (
                Markup('<textarea id="{0}" name="{0}" lang="{1}" dir="{2}" rows="{4}">{3}</textarea>')
                if self.long
                else Markup('<input type="text" id="{0}" name="{0}" lang="{1}" dir="{2}" value="{3}">')
            ).format(name, tag, direction(tag), value, kwargs.get("rows", 5))
            rows.append(
                Markup('<div class="translation"><label for="{}">{}</label>{}</div>').format(
                    name, language_name(tag), control
                )
            )
        return Markup("").join(rows)


class OneLine(StringField):
    """Text without line breaks and control characters, trimmed; what goes into headers and calendars must be."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = one_line(str(self.data))


class LanguagesField(OneLine):
    """Languages in their order, as BCP 47 tags between commas; a name in the reader's language is understood too."""

    data: Any

    def _value(self) -> str:
        return ", ".join(self.data) if isinstance(self.data, list) else str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            parts = [part for part in one_line(str(valuelist[0])).replace(";", ",").split(",") if part.strip()]
            self.data = list(dict.fromkeys(_tag_of(part.strip()) for part in parts))

    def pre_validate(self, form: Any) -> None:
        for tag in self.data or []:
            if not is_language(tag) or len(tag) > 35:
                raise StopValidation(
                    str(
                        _l(
                            "“%(tag)s” is no language that we know. Write codes such as en, ro or "
                            "pt-BR, with commas between them.",
                            tag=tag[:40],
                        )
                    )
                )


class ZoneField(SelectField):
    """A zone of the IANA database, grouped by continent."""

    def __init__(self, label: Any = None, validators: Any = None, *, empty: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=[], **kwargs)
        self.empty = empty
        """What stands first when no zone need be chosen."""

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {str(_l("Everywhere")): [("UTC", "UTC")], **_zones()}
        if self.empty is not None:
            groups = {"": [("", str(self.empty))], **groups}
        known = any(self.data == name for members in groups.values() for name, _label in members)
        if self.data and not known and clock.is_zone(self.data):
            groups[str(_l("Everywhere"))].append((self.data, self.data))
        self.choices = groups

    def pre_validate(self, form: Any) -> None:
        if not self.data and self.empty is not None:
            return
        if not clock.is_zone(self.data or ""):
            raise StopValidation(
                str(
                    _l(
                        "“%(zone)s” is no time zone of the IANA database. Choose one of the list.",
                        zone=(self.data or "")[:64],
                    )
                )
            )


def web_address(_form: Any, field: Field) -> None:
    """A validator: empty, or an address that a browser may safely be sent to."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
        fits = parts.scheme in ("http", "https") and parts.hostname and not any(c in field.data for c in ' <>"\\')
        _port = parts.port
    except ValueError:
        fits = None
    if not fits:
        raise ValidationError(_l("Write a whole address that begins with https:// or http://."))


def web_address_or_path(form: Any, field: Field) -> None:
    """The same, or a path of this site, such as an upload's."""
    if not _PATH.fullmatch(field.data or ""):
        web_address(form, field)


class Form(FlaskForm):
    """A form that reads the messages of WTForms itself once a language, not once a request."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: BaseForm) -> Any:
            return _messages(page_language())


@cache
def _messages(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language.replace("-", "_")], "wtforms")


class EditForm(Form):
    """Edits one thing in its languages, and notices that somebody else saved it in between.

    The page carries a fingerprint of what was stored when the form was shown. When something else is stored by
    the time it comes back, nothing is saved: the form is shown again with all that was written, says what the
    other person changed, and the next save is a decision.
    """

    version = HiddenField()

    def __init__(self, *args: Any, languages: Iterable[str] = ("en",), **kwargs: Any) -> None:
        self._written_in = list(languages)
        super().__init__(*args, **kwargs)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        offer_languages(self, self._written_in)
        super().process(formdata, *args, **kwargs)
        stored = {name: f.object_data for name, f in self._fields.items() if name not in ("version", "csrf_token")}
        self._shown = self.version.data if formdata else None
        self._stored = {name: _fingerprint(value) for name, value in stored.items()}
        self.version.data = ".".join(self._stored.values())

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if overtaken := self._overtaken():
            self.form_errors.append(
                _l(
                    "Somebody else saved this while you were writing, so nothing was saved. What you wrote is below; "
                    "they changed: %(fields)s. Look at it in another window, then save again to keep yours.",
                    fields=", ".join(str(self[name].label.text) for name in overtaken),
                )
            )
        return valid and not overtaken

    def _overtaken(self) -> list[str]:
        """The fields that are stored otherwise than the page showed them."""
        if not self._shown:
            return []
        shown = dict(zip(self._stored, self._shown.split("."), strict=False))
        return [name for name, mark in self._stored.items() if shown.get(name) != mark]


def offer_languages(form: BaseForm, languages: list[str]) -> None:
    """Lets a form's translated fields be written in these; to be called before the form is processed."""
    for field in form:
        if isinstance(field, TranslatedField):
            field.languages = languages


def _fingerprint(value: Any) -> str:
    return hashlib.blake2b(repr(value or "").encode(), digest_size=4).hexdigest()


def _tag_of(written: str) -> str:
    """The tag in its usual letter case (`pt-BR`), of a tag or of a language's name."""
    if is_language(written.replace("_", "-")):
        return str(Locale.parse(written.replace("_", "-"), sep="-")).replace("_", "-")
    return _tags_by_name(page_language()).get(written.casefold(), written)


@cache
def _tags_by_name(shown_in: str) -> dict[str, str]:
    names = Locale.parse(shown_in, sep="-").languages
    return {name.casefold(): tag.replace("_", "-") for tag, name in names.items() if is_language(tag.replace("_", "-"))}


@cache
def _zones() -> dict[str, list[tuple[str, str]]]:
    """The zones named after places, by continent or ocean; the aliases of old are understood but not offered."""
    places = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    groups: dict[str, list[tuple[str, str]]] = {place: [] for place in places}
    for name in sorted(available_timezones()):
        place, _slash, _city = name.partition("/")
        if place in groups:
            groups[place].append((name, name.replace("_", " ")))
    return groups
