"""The forms with which an organiser brings a table of people."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from app.lib.present import language_name, page_language
from app.registration import choices
from app.registration.importing import Defaults


class ImportForm(FlaskForm):
    file = FileField(
        _l("Table"), [FileRequired(_l("Choose a file."))],
        description=_l(
            "CSV or XLSX, at most %(number)s MB; the first row names the columns: name, email, and any of country, "
            "language, zone, state, sessions, needs and the questions of the form.", number=16,
        ),
    )  # fmt: skip
    encoding = SelectField(
        _l("Encoding"),
        default="",
        description=_l("Counts only for a CSV file that is not in UTF-8. Older Excel writes these."),
    )
    country = SelectField(_l("Country of those for whom none is named"), default="")
    language = SelectField(_l("Language of their letters where none is named"))

    def __init__(self, *args: Any, languages: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.encoding.choices = [
            ("", "UTF-8"), ("cp1252", _("Western European (Windows-1252)")),
            ("cp1250", _("Central European (Windows-1250)")), ("cp1251", _("Cyrillic (Windows-1251)")),
            ("koi8-u", _("Cyrillic (KOI8-U)")),
        ]  # fmt: skip
        self.country.choices = [("", _("The file names it")), *choices.countries(page_language())]
        self.language.choices = [(tag, language_name(tag)) for tag in languages]

    def defaults(self) -> Defaults:
        return Defaults(country=self.country.data or "", language=self.language.data or "")


class TakeInForm(FlaskForm):
    consent = BooleanField(
        _l("These people agreed that the event keeps these data"),
        [InputRequired(_l("Ask them first. Without their consent we may not keep their registrations."))],
    )
    tell = BooleanField(
        _l("Write to each of them that they are registered"), default=True,
        description=_l("The letter holds the calendar entry and the private link."),
    )  # fmt: skip
