"""What administrators write about an address."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired, Length

from app.lib.fields import OneLine
from app.mail.models import Scope
from app.people.forms import AddressField


def _scopes() -> list[tuple[str, str]]:
    return [(scope.value, scope.label) for scope in Scope]


class SuppressForm(FlaskForm):
    email = AddressField(_l("E-mail address"), [InputRequired()])
    scope = RadioField(_l("What is not sent"), [InputRequired()], choices=_scopes, default=Scope.ALL.value)
    reason = OneLine(
        _l("Reason"), [InputRequired(), Length(max=300)], description=_l("Organisers and administrators read it.")
    )  # fmt: skip
