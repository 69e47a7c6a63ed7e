"""What organisers say of a session's languages."""

from collections.abc import Sequence
from typing import Any

from babel.localedata import locale_identifiers
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, SelectField
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from app.events.models import Event
from app.languages import relay, service
from app.languages.filters import NOBODY
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.lib import signed
from app.lib.fields import LanguagesField, OneLine, web_address
from app.lib.present import language_name, page_language
from app.lib.text import is_language
from app.schedule.models import EventSession

People = Sequence[tuple[str, str]]
"""Whom a form lets choose: what it sends, and the name."""


class LanguageField(LanguagesField):
    """One language, spoken or signed: a BCP 47 tag, or a name in the reader's language."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        said = ", ".join(self.data or [])
        self.data = signed.tag_of(said, page_language()) or said

    def pre_validate(self, form: Any) -> None:
        if self.data and not (len(self.data) <= 35 and (is_language(self.data) or signed.is_sign_language(self.data))):
            raise StopValidation(str(_l("This is no language that we know. Choose one, or write its code: ro, pt-BR.")))


def offered_languages(event: Event) -> list[tuple[str, str]]:
    """Tag and name in the reader's language of every language that has a locale; the event's own come first."""
    tags = {name.split("_")[0] for name in locale_identifiers()}.union(signed.NAMES) - set(event.languages)
    named = sorted(((tag, language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold())
    return [*((tag, language_name(tag)) for tag in event.languages), *named]


def fits(kind: TrackKind, language: str) -> None:
    """Raises ValidationError when a kind of track cannot be in a language."""
    if (kind is TrackKind.SIGN) == signed.is_sign_language(language):
        return
    if kind is TrackKind.SIGN:
        raise ValidationError(_l("Write which sign language, for example American Sign Language."))
    raise ValidationError(_l("For a sign language choose “Sign language” below."))


class TrackForm(FlaskForm):
    language = LanguageField(_l("Language"), [InputRequired(_l("Choose a language."))])
    kind = SelectField(_l("What there is in it"), [InputRequired()])
    responsible = SelectField(_l("Who is responsible"), [Optional()], default=NOBODY)
    via = SelectField(
        _l("Works from"), [Optional()], default="",
        description=_l("Relay: who does not understand the floor works from what another booth says."),
    )  # fmt: skip
    url = OneLine(
        _l("Link of the channel"), [Length(max=1000), web_address],
        description=_l("Where interpretation is heard or seen. Only registered people see it, beside the join link."),
    )  # fmt: skip

    def __init__(
        self, session: EventSession, people: People, track: LanguageTrack | None = None, **kwargs: Any
    ) -> None:
        self.track, self.plan = track, service.plan_of(session)
        said = {
            "language": track.language, "kind": track.kind.value, "responsible": str(track.linguist_id or NOBODY),
            "via": track.via, "url": track.url,
        } if track else {}  # fmt: skip
        super().__init__(data=said, **kwargs)
        self.kind.choices = [(kind.value, kind.label) for kind in TrackKind]
        self.responsible.choices = [(NOBODY, _l("Nobody yet")), *people]
        via = {other.language for other in self.plan if other.is_offered and other is not track}
        via |= {track.via} - {""} if track else set()
        self.via.choices = [("", _l("the floor")), *((tag, language_name(tag)) for tag in sorted(via))]

    def validate_language(self, field: Field) -> None:
        if self.kind.data in set(TrackKind):
            fits(TrackKind(self.kind.data), field.data)

    def validate_via(self, field: Field) -> None:
        """What it works from already may be left so, and is pointed out."""
        is_old = self.track is not None and field.data == self.track.via
        if not field.data or is_old or self.kind.data not in set(TrackKind):
            return
        others = [other for other in self.plan if other is not self.track]
        if field.data not in relay.pivots(others, TrackKind(self.kind.data), self.language.data or ""):
            raise ValidationError(_l("This session has no channel in that language that it could work from."))


class OrderForm(FlaskForm):
    """One order for the tracks of many sessions."""

    language = LanguageField(_l("Language"), [Optional()], description=_l("Empty: in every language."))
    kind = SelectField(_l("What"), [Optional()], default="")
    state = SelectField(_l("State"), [Optional()], default="")
    responsible = SelectField(_l("Who is responsible"), [Optional()], default="")
    adds = BooleanField(_l("Add the track where a session has none"))

    def __init__(self, people: People, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        as_it_is = ("", _l("as it is"))
        self.kind.choices = [("", _l("everything")), *((kind.value, kind.label) for kind in TrackKind)]
        self.state.choices = [as_it_is, *((state.value, state.label) for state in TrackState)]
        self.responsible.choices = [as_it_is, (NOBODY, _l("Nobody yet")), *people]

    def validate_language(self, field: Field) -> None:
        if self.kind.data in set(TrackKind) and field.data:
            fits(TrackKind(self.kind.data), field.data)

    def validate_adds(self, field: Field) -> None:
        if field.data and not (self.language.data and self.kind.data):
            raise ValidationError(_l("Choose the language and what is to be added."))
        if not (field.data or self.state.data or self.responsible.data):
            raise ValidationError(_l("Choose what is to happen: a state, somebody responsible, or a track to add."))


class SubtitleForm(FlaskForm):
    language = LanguageField(_l("Language of the subtitles"), [InputRequired(_l("Choose a language."))])
    file = FileField(
        _l("File"), [FileRequired(_l("Choose a file."))],
        description=_l("WebVTT, SRT, TTML, EBU-TT-D, SBV or ASS, at most 2 MB. It takes the place of an earlier file."),
    )  # fmt: skip

    def validate_language(self, field: Field) -> None:
        fits(TrackKind.SUBTITLES, field.data)
