"""What organisers say of a session's languages."""

from typing import Any

from babel.localedata import locale_identifiers
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired, Length, StopValidation

from app.events.models import Event
from app.languages.models import TrackKind
from app.lib.fields import LanguagesField, OneLine, web_address
from app.lib.present import language_name
from app.lib.text import is_language

KINDS = {
    TrackKind.INTERPRETATION: _l("Interpretation"),
    TrackKind.CAPTIONS: _l("Live captions"),
    TrackKind.SUBTITLES: _l("Subtitles of the recording"),
}


class LanguageField(LanguagesField):
    """One language: a BCP 47 tag, or a name in the reader's language."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = ", ".join(self.data or [])

    def pre_validate(self, form: Any) -> None:
        if self.data and not (len(self.data) <= 35 and is_language(self.data)):
            raise StopValidation(str(_l("This is no language that we know. Choose one, or write its code: ro, pt-BR.")))


def offered_languages(event: Event) -> list[tuple[str, str]]:
    """Tag and name in the reader's language of every language that has a locale; the event's own come first."""
    tags = {name.split("_")[0] for name in locale_identifiers()} - set(event.languages)
    named = sorted(((tag, language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold())
    return [*((tag, language_name(tag)) for tag in event.languages), *named]


class TrackForm(FlaskForm):
    language = LanguageField(_l("Language"), [InputRequired(_l("Choose a language."))])
    kind = SelectField(
        _l("What there is in it"), [InputRequired()], choices=[(kind.value, name) for kind, name in KINDS.items()]
    )
    url = OneLine(
        _l("Link of the channel"), [Length(max=1000), web_address],
        description=_l("Where interpretation is heard. Only registered people see it, beside the join link."),
    )  # fmt: skip


class SubtitleForm(FlaskForm):
    language = LanguageField(_l("Language of the subtitles"), [InputRequired(_l("Choose a language."))])
    file = FileField(
        _l("File"), [FileRequired(_l("Choose a file."))],
        description=_l("WebVTT (.vtt) or SubRip (.srt), at most 2 MB. It takes the place of an earlier file."),
    )  # fmt: skip
