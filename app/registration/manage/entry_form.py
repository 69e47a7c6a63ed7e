"""The form in which an organiser takes somebody down, on the telephone for instance."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired, Length, Optional

from app.events.models import Event
from app.registration.forms import AddressField, RegistrationForm
from app.registration.service import Entry


class EntryForm(RegistrationForm):
    """The form of the event without its code; the organiser answers for the consent."""

    email = AddressField(
        _l("E-mail address"),
        [Optional(), Length(max=254)],
        description=_l("Without one, no letters are written; tell the person what they need to know."),
        render_kw={"autocomplete": "off"},
    )
    consent = BooleanField(
        _l("The person agrees that the event keeps these data"),
        [InputRequired(_l("Ask first. Without their consent we may not keep the registration."))],
    )

    def __init__(self, event: Event) -> None:
        super().__init__(event)
        self.language.label.text = _l("Language of the letters")
        self.zone.description = _l("Times in the letters are told in it, next to those of the event.")
        if "code" in self:
            del self.code

    def entry(self) -> Entry:
        return replace(super().entry(), email=self.email.data or "")
