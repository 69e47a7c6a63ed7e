"""What organisers write about a session."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, Form, FormField, IntegerField, SelectField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from app.events.forms import MARKDOWN
from app.events.models import Event
from app.lib.fields import (
    EditForm,
    LanguagesField,
    OneLine,
    TranslatedField,
    offer_languages,
    web_address,
    web_address_or_path,
)
from app.lib.fields import Form as OneForm
from app.lib.present import chosen, moment
from app.schedule.models import EventSession, Part, SessionKind
from app.speakers.models import Speaker

SPARE_ROWS = 2
"""Empty rows after those that are filled; saving brings new ones."""


class LinkForm(Form):
    kind = SelectField(_l("Kind of link"), default="slides")
    url = OneLine(_l("Address of the link"), [Optional(), Length(max=2000), web_address])
    title = TranslatedField(_l("Title of the link"))

    def __init__(self, *args: Any, languages: Iterable[str] = ("en",), **kwargs: Any) -> None:
        self._written_in = list(languages)
        super().__init__(*args, **kwargs)
        self.kind.choices = [("slides", _l("Slides")), ("related", _l("Further reading")), ("attachment", _l("File"))]

    def process(self, *args: Any, **kwargs: Any) -> None:
        offer_languages(self, self._written_in)
        super().process(*args, **kwargs)

    def validate_title(self, field: Any) -> None:
        if field.data and not self.url.data:
            raise ValidationError(_l("Write the address, too."))


class AppearanceForm(Form):
    speaker = SelectField(_l("Person"), default="")
    part = SelectField(_l("Part"), default=Part.SPEAKER.value)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speaker.choices = [("", "–"), *people]
        self.part.choices = [(part.value, part.label) for part in Part]


class SessionForm(EditForm):
    title = TranslatedField(_l("Title"), [DataRequired()])
    subtitle = TranslatedField(_l("Subtitle"))
    kind = SelectField(_l("Kind"), [InputRequired()])
    abstract = TranslatedField(_l("Abstract"), long=True, description=MARKDOWN)
    description = TranslatedField(_l("Description"), long=True)
    languages = LanguagesField(_l("Languages spoken"), [Optional()], description=_l("With commas between them: en, ro"))
    theme = SelectField(_l("Theme"), default="")
    room = SelectField(_l("Room"), default="")
    day = DateField(_l("Day"), [Optional()])
    start = TimeField(_l("Begins"), [Optional()])
    end = TimeField(_l("Ends"), [Optional()])
    capacity = IntegerField(_l("Places"), [Optional(), NumberRange(1, 1_000_000)])
    people = FieldList(FormField(AppearanceForm), _l("Speakers and moderators"))
    join_url = OneLine(
        _l("Join link"),
        [Optional(), Length(max=1000), web_address],
        description=_l("Only registered people ever see it."),
    )
    join_phone = OneLine(_l("Dial-in"), [Optional(), Length(max=200)])
    join_passcode = OneLine(_l("Passcode"), [Optional(), Length(max=100)])
    not_recorded = BooleanField(_l("Do not record: a speaker asked for it"))
    recording_url = OneLine(_l("Recording"), [Optional(), Length(max=1000), web_address_or_path])
    recording_licence = OneLine(
        _l("Licence of the recording"), [Optional(), Length(max=200)], description=_l("Such as CC BY 4.0.")
    )
    links = FieldList(FormField(LinkForm), _l("Slides and links"))

    def __init__(self, event: Event, speakers: Sequence[Speaker], **kwargs: Any) -> None:
        self._event = event
        self._people = [(speaker.slug, chosen(speaker.name)) for speaker in speakers]
        super().__init__(languages=event.languages, **kwargs)
        none = ("", _l("None"))
        self.kind.choices = [(kind.value, kind.label) for kind in SessionKind]
        self.theme.choices = [none, *((theme.slug, chosen(theme.name)) for theme in event.themes)]
        self.room.choices = [none, *((room.slug, chosen(room.name)) for room in event.rooms)]

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        # The rows of a list are made here and need to know the event's languages and speakers.
        links: Any = partial(LinkForm, languages=self._event.languages)
        people: Any = partial(AppearanceForm, people=self._people)
        lists: list[tuple[Any, Any]] = [(self.links, links), (self.people, people)]
        stored = kwargs.get("data") or {}
        for rows, row_form in lists:
            rows.unbound_field = FormField(row_form)
            rows.min_entries = len(stored.get(rows.short_name, ())) + SPARE_ROWS
        super().process(formdata, *args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        times = (self.day, self.start, self.end)
        written = [each.data is not None for each in times]
        if any(written) and not all(written) and not any(each.errors for each in times):
            self.day.errors = [_l("Write the day, the beginning and the end, or none of the three.")]
            return False
        return valid


class MergeForm(OneForm):
    """Which session another becomes a part of."""

    into = SelectField(_l("Into which session"), [InputRequired()])

    def __init__(self, targets: Sequence[EventSession], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.into.choices = [("", "–"), *(
            (row.slug, f"{moment(row.starts_at, row.event.zone)}: {chosen(row.title)}")
            for row in targets if row.starts_at
        )]  # fmt: skip


class SplitForm(EditForm):
    at = TimeField(_l("The second part begins at"), [InputRequired()])
    title = TranslatedField(_l("Title of the second part"), [DataRequired()])
