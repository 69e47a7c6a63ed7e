"""What is written about a speaker, by organisers or by the speaker."""

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from app.lib.fields import EditForm, TranslatedField, ZoneField
from app.people.forms import AddressField
from app.speakers.photos import NoPicture, keep_photo


class PhotoField(FileField):
    """A picture that is kept as it comes; its data is then the key. Empty means no other picture than before."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        if not self.data or not getattr(self.data, "filename", ""):
            self.data = ""
            return
        try:
            self.data = keep_photo(self.data.read())
        except NoPicture:
            self.data = ""
            raise StopValidation(
                str(_l("This is no picture that we can show. Choose a JPEG, PNG or WebP file of up to 40 megapixels."))
            ) from None


class ProfileForm(EditForm):
    """What speakers say of themselves."""

    name = TranslatedField(_l("Name"), [DataRequired()], max_length=200)
    affiliation = TranslatedField(_l("Affiliation"), description=_l("Organisation, and what one does there."))
    biography = TranslatedField(_l("Biography"), long=True, max_length=5000)
    country = SelectField(_l("Country"), [Optional()])
    zone = ZoneField(_l("Time zone"), [Optional()], empty=_l("Unknown"))
    photo = PhotoField(_l("Photo"), [Optional()], description=_l("JPEG, PNG or WebP; it is cut to a square."))
    remove_photo = BooleanField(_l("Remove the photo"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {code: name for code, name in get_locale().territories.items() if len(code) == 2 and code.isalpha()}
        kept = sorted(((c, n) for c, n in names.items() if c not in _NO_COUNTRIES), key=lambda each: each[1].casefold())
        self.country.choices = [("", _l("Unknown")), *kept]


class SpeakerForm(ProfileForm):
    email = AddressField(
        _l("E-mail address"),
        [Optional(), Length(max=254)],
        description=_l("Never shown. The invitation to edit the profile goes to it."),
    )


_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
