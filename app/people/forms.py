"""What people write about themselves and about organisations."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired, StopValidation

from app.people.addresses import InvalidAddress, normal_address


class AddressField(EmailField):
    """An e-mail address; its data is the normal form."""

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                self.data = normal_address(self.data)
            except InvalidAddress as fault:
                raise StopValidation(str(fault)) from None


class SignInForm(FlaskForm):
    email = AddressField(_l("E-mail address"), [InputRequired()], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), [InputRequired()], render_kw={"autocomplete": "current-password"})
    keep = BooleanField(_l("Keep me signed in on this computer"))
