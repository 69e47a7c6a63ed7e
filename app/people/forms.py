"""What people write about themselves and about organisations."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, URLField
from wtforms.validators import EqualTo, InputRequired, Length, StopValidation

from app.lib.countries import countries
from app.lib.fields import EditForm, OneLine, TranslatedField, ZoneField, web_address
from app.lib.present import own_name, page_language
from app.people import passwords
from app.people.addresses import InvalidAddress, normal_address


class AddressField(EmailField):
    """An e-mail address; once it is valid, its data is the normal form."""

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                self.data = normal_address(self.data)
            except InvalidAddress as fault:
                raise StopValidation(str(fault)) from None


class LanguageField(SelectField):
    """A language of the interface."""

    def __init__(self, label: Any, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=_languages, **kwargs)


class CountryField(SelectField):
    """An ISO 3166 country or none, by its name in the reader's language."""

    def __init__(self, label: Any, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=_countries, **kwargs)


def _languages() -> list[tuple[str, str]]:
    return [(tag, own_name(tag)) for tag in current_app.config["LANGUAGES"]]


def _countries() -> list[tuple[str, str]]:
    return [("", "–"), *countries(page_language())]


class SignInForm(FlaskForm):
    email = AddressField(_l("E-mail address"), [InputRequired()], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), [InputRequired()], render_kw={"autocomplete": "current-password"})
    keep = BooleanField(_l("Keep me signed in on this computer"), description=_l("Not on a shared computer."))


class LinkForm(FlaskForm):
    email = AddressField(_l("E-mail address"), [InputRequired()], render_kw={"autocomplete": "username"})


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        _l("New password"),
        [InputRequired(), Length(passwords.SHORTEST, passwords.LONGEST)],
        description=_l("At least %(number)s characters; several words are good.", number=passwords.SHORTEST),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("The same again"),
        [InputRequired(), EqualTo("password", _l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """For one who has a password already."""

    present = PasswordField(_l("Present password"), [InputRequired()], render_kw={"autocomplete": "current-password"})


class AccountForm(FlaskForm):
    name = OneLine(_l("Name"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "name"})
    language = LanguageField(_l("Language"), [InputRequired()], description=_l("In which letters to you are written."))
    zone = ZoneField(_l("Time zone"), [InputRequired()])


class InviteForm(FlaskForm):
    email = AddressField(_l("E-mail address"), [InputRequired()])
    name = OneLine(_l("Name"), [Length(max=200)])
    language = LanguageField(_l("Language"), [InputRequired()], description=_l("Of the invitation."))
    admin = BooleanField(_l("Administrator"), description=_l("May do everything, here and in every event."))


class OrganisationForm(EditForm):
    name = TranslatedField(_l("Name"), [InputRequired()], max_length=200)
    description = TranslatedField(_l("Description"), long=True, max_length=5000)
    url = URLField(_l("Website"), [Length(max=500), web_address])
    country = CountryField(_l("Country"))
