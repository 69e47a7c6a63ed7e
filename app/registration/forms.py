"""The forms of attendees."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)  # fmt: skip
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length

from app.events.models import Event
from app.lib import clock
from app.lib.fields import Form, OneLine
from app.lib.present import chosen, page_language
from app.people.addresses import InvalidAddress, normal_address
from app.people.domains import meant
from app.registration import admission, bookings, choices, questions
from app.registration.question_fields import Asking
from app.registration.service import Entry


class ListedField(Field):
    """A choice from a long list that is written out once a language, not once a request."""

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = str(valuelist[0])

    def options(self) -> str:
        raise NotImplementedError

    def widget(self, field: "ListedField", **kwargs: Any) -> Markup:
        options, value = self.options(), escape(self._value())
        mark = f'<option value="{value}"'
        if value and mark not in options:
            options = f'<option value="{value}">{value}</option>{options}'
        options = options.replace(mark, f"{mark} selected", 1)
        attributes = {"id": self.id, "name": self.name, "required": bool(self.flags.required)} | kwargs
        return Markup("<select{}>{}</select>").format(_attributes(attributes), Markup(options))  # noqa: S704 - escaped


class CountryField(ListedField):
    def options(self) -> str:
        return _country_options(page_language())

    def pre_validate(self, form: BaseForm) -> None:
        if self.data and f'<option value="{escape(self.data)}"' not in self.options():
            raise ValidationError(_l("Choose a country from the list."))


class ZoneField(ListedField):
    def options(self) -> str:
        return _zone_options(page_language())

    def pre_validate(self, form: BaseForm) -> None:
        # Browsers also name zones by their former names, which are as good.
        if self.data and not clock.is_zone(self.data):
            raise ValidationError(_l("Choose a time zone from the list."))


class AddressField(EmailField):
    """An e-mail address in its normal form."""

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        try:
            self.data = normal_address(self.data)
        except InvalidAddress as fault:
            raise ValidationError(str(fault)) from None


class AddressForm(Form):
    email = AddressField(
        _l("E-mail address"),
        [InputRequired(_l("Write your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "email"},
    )
    sure = HiddenField()
    """The address that looked mistyped when it was first sent; sent again, it is meant."""

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        guess = meant(self.email.data or "") if not self.email.errors else None
        if guess and self.sure.data != self.email.data:
            said = _l("Did you mean %(guess)s? Mend it, or send the form again to keep what you wrote.", guess=guess)
            self.email.errors = [str(said)]
            self.sure.data = self.email.data
            return False
        return valid


class PersonForm(Form):
    """What a registered person can change at any time."""

    name = OneLine(
        _l("Name"), [InputRequired(_l("Write your name.")), Length(max=200)], render_kw={"autocomplete": "name"}
    )
    country = CountryField(_l("Country"), [InputRequired(_l("Choose a country from the list."))])
    language = SelectField(_l("Language of your letters"), [InputRequired(_l("Choose a language from the list."))])
    zone = ZoneField(
        _l("Time zone"),
        [InputRequired(_l("Choose a time zone from the list."))],
        description=_l("Times in your letters are told in it, next to those of the event."),
    )

    def __init__(self, event: Event, *args: Any, more_languages: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [
            (tag, name) for tag, name in choices.languages(event, current_app.config["LANGUAGES"], *more_languages)
        ]

    def facts(self) -> dict[str, str]:
        return {name: str(self[name].data) for name in ("name", "country", "language", "zone")}

    def validate_name(self, field: OneLine) -> None:
        if not field.data:
            raise ValidationError(_l("Write your name."))


class RegistrationForm(Asking, PersonForm, AddressForm):
    consent = BooleanField(
        _l("I agree to this use of my data"),
        [InputRequired(_l("Without your consent we may not keep your registration."))],
    )

    code = OneLine(
        _l("Code"),
        [InputRequired(_l("Write the code that the organisers gave you.")), Length(max=64)],
        description=_l("This event is for invited people."),
        render_kw={"autocomplete": "off"},
    )
    sessions = SelectMultipleField(_l("Sessions with few places"))
    reference = OneLine(
        _l("Leave this empty"),
        [Length(max=0, message=_l("Leave this empty: it is there for programs that fill in everything."))],
        render_kw={"autocomplete": "off"},
    )
    """Nobody sees it, so only programs write into it."""

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        self.event = event
        terms = admission.terms(event)
        self.by_approval = terms.by_approval
        self.questions = questions.of_event(event) if terms.asks else []
        PersonForm.__init__(self, event, *args, **kwargs)
        if not terms.by_code:
            del self.code
        self.bookable = bookings.bookable(event) if terms.books else []
        self.sessions.choices = [(session.slug, chosen(session.title)) for session in self.bookable]
        if not self.bookable:
            del self.sessions

    def entry(self) -> Entry:
        wanted = self.sessions.data or [] if "sessions" in self else []
        return Entry(
            email=str(self.email.data),
            code=str(self.code.data) if "code" in self else "",
            sessions=tuple(session for session in self.bookable if session.slug in wanted),
            answers=self.answers(),
            needs=self.needs(),
            **self.facts(),
        )

    def code_from_link(self, text: str) -> None:
        """Fills in the code that an invitation's link brings, and the address that it was sent to."""
        if "code" not in self or not text:
            return
        self.code.data = text[:64]
        code = admission.code_in_force(self.event, text)
        if code is not None and code.email:
            self.email.data = code.email

    def refuse_code(self) -> None:
        self.code.errors = [_l("This code lets nobody in, or not this address. Ask the organisers for another.")]


def _attributes(values: dict[str, Any]) -> Markup:
    written = [
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name.rstrip("_"), value)
        for name, value in values.items()
        if value is not False
    ]
    return Markup("").join(written)


_written: dict[tuple[str, str], str] = {}


def _country_options(language: str) -> str:
    if (key := ("countries", language)) not in _written:
        _written[key] = _options([choices.Choice("", str(_l("Choose …"))), *choices.countries(language)])
    return _written[key]


def _zone_options(language: str) -> str:
    if (key := ("zones", language)) not in _written:
        _written[key] = "".join(
            Markup('<optgroup label="{}">{}</optgroup>').format(group.label, Markup(_options(group.choices)))  # noqa: S704
            for group in choices.zones(language)
        )
    return _written[key]


def _options(listed: Iterable[choices.Choice]) -> str:
    return "".join(Markup('<option value="{}">{}</option>').format(*choice) for choice in listed)
