"""What organisers write about series, events and their parts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import ColorField, DateField, IntegerField, RadioField, SelectField, TimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from app.events.models import Event, EventKind, Involvement
from app.lib.fields import EditForm, LanguagesField, OneLine, TranslatedField, ZoneField, web_address
from app.lib.text import slug
from app.people.forms import AddressField
from app.people.models import Role

MARKDOWN = _l("You may use Markdown: **bold**, lists, links.")
LONGEST = 92
"""Days. A longer programme is several events of a series."""


class Dates:
    """The days of an event."""

    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = DateField(
        _l("Last day"),
        [InputRequired(_l("Choose the last day; it may be the first one."))],
        description=_l("For a single webinar the same as the first day."),
    )

    def validate_ends_on(self, field: Any) -> None:
        start = self.starts_on.data
        if not start or not field.data:
            return
        if field.data < start:
            raise ValidationError(_l("The last day cannot be before the first."))
        if (field.data - start).days >= LONGEST:
            raise ValidationError(
                _l("An event can last %(number)s days at most; make a series of several.", number=LONGEST)
            )


class CreateForm(Dates, FlaskForm):
    title = OneLine(
        _l("Title"),
        [InputRequired(_l("Write the title.")), Length(max=300)],
        description=_l("In the main language. Translations come on the next page."),
    )
    kind = RadioField(_l("Kind"), [InputRequired()], default=EventKind.WEBINAR.value)
    languages = LanguagesField(
        _l("Languages"),
        [InputRequired(_l("Name one language at least."))],
        description=_l("The main one first, with commas between them: en, ro, uk. Every text can be written in each."),
    )
    zone = ZoneField(_l("Time zone"), [InputRequired()], description=_l("All times of the programme are in it."))
    series = SelectField(_l("Series"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, kind.label) for kind in EventKind]


class EventForm(Dates, EditForm):
    title = TranslatedField(_l("Title"), [DataRequired()])
    kind = RadioField(_l("Kind"), [InputRequired()])
    slug = OneLine(
        _l("Address"),
        [Optional(), Length(max=60)],
        description=_l("Last part of the event's address. It can be changed until the event is published."),
    )
    series = SelectField(_l("Series"), [Optional()])
    summary = TranslatedField(
        _l("Summary"), description=_l("One or two sentences for lists and the front page."), max_length=500
    )
    description = TranslatedField(_l("Description"), long=True, description=MARKDOWN)
    languages = LanguagesField(
        _l("Languages"),
        [InputRequired(_l("Name one language at least."))],
        description=_l("The main one first, with commas between them: en, ro, uk."),
    )
    zone = ZoneField(
        _l("Time zone"),
        [InputRequired()],
        description=_l("Sessions keep their moment when you change it; only how it is written changes."),
    )
    day_change = TimeField(
        _l("A day of the programme ends at"),
        [Optional()],
        description=_l("00:00 as a rule. With 04:00, a session at 01:00 still belongs to the day before."),
    )
    capacity = IntegerField(
        _l("Places"),
        [Optional(), NumberRange(1, 1_000_000)],
        description=_l("Leave empty when there is room for everyone."),
    )
    join_opens_minutes = IntegerField(
        _l("Joining opens before a session begins (minutes)"), [InputRequired(), NumberRange(0, 1440)]
    )
    contact_name = OneLine(_l("Contact: name"), [Optional(), Length(max=200)])
    contact_email = AddressField(
        _l("Contact: e-mail address"),
        [Optional(), Length(max=254)],
        description=_l("Shown on the event's page and in letters."),
    )
    reply_to = AddressField(
        _l("Replies to letters go to"),
        [Optional(), Length(max=254)],
        description=_l("Leave empty for the contact address."),
    )
    website = OneLine(_l("Web site"), [Optional(), Length(max=500), web_address])
    privacy = TranslatedField(
        _l("Privacy notice"),
        long=True,
        description=_l("Shown where people register: who keeps their data, for what, how long."),
    )
    recording_consent = TranslatedField(
        _l("Consent to recording"),
        long=True,
        description=_l("What people agree to when they register. Leave empty when nothing is recorded."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, kind.label) for kind in EventKind]

    def validate_day_change(self, field: Any) -> None:
        if field.data and field.data.hour >= 12:
            raise ValidationError(_l("A day of the programme ends in the night, before noon."))

    def validate_slug(self, field: Any) -> None:
        if field.data and slug(field.data) != field.data:
            raise ValidationError(
                _l("Use small Latin letters, digits and hyphens, such as %(example)s.", example=slug(field.data))
            )


class SeriesForm(EditForm):
    title = TranslatedField(_l("Title"), [DataRequired()])
    description = TranslatedField(_l("Description"), long=True, description=MARKDOWN)


class ThemeForm(EditForm):
    name = TranslatedField(_l("Name"), [DataRequired()], max_length=120)
    description = TranslatedField(_l("Description"), long=True)
    colour = ColorField(
        _l("Colour"), [InputRequired(), Regexp(r"^#[0-9a-fA-F]{6}$", message=_l("Choose a colour."))], default="#3b6ea5"
    )


class RoomForm(EditForm):
    name = TranslatedField(_l("Name"), [DataRequired()], max_length=120)


class InvolveForm(FlaskForm):
    """An organisation that takes part: one that is known here, or a new one."""

    organisation = SelectField(_l("Organisation"), default="")
    name = TranslatedField(_l("Name of a new organisation"), max_length=200)
    url = OneLine(_l("Its web site"), [Optional(), Length(max=500), web_address])
    involvement = RadioField(_l("Its part in the event"), [InputRequired()], default=Involvement.HOST.value)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        self._event = event
        super().__init__(*args, **kwargs)
        self.involvement.choices = [(part.value, part.label) for part in Involvement]

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.name.languages = list(self._event.languages)
        super().process(*args, **kwargs)

    def validate_organisation(self, field: Any) -> None:
        if not field.data and not self.name.data:
            raise ValidationError(_l("Choose an organisation, or write the name of a new one."))
        if field.data and self.name.data:
            raise ValidationError(_l("Choose an organisation or write the name of a new one, not both."))


class RoleForm(FlaskForm):
    email = AddressField(
        _l("E-mail address"),
        [InputRequired(_l("Write an e-mail address."))],
        description=_l("Who has no account yet gets one, and a letter with a link to sign in."),
    )
    role = RadioField(_l("Role"), [InputRequired()], default=Role.ORGANISER.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            (Role.OWNER.value, _l("Owner: may do everything, also give roles")),
            (Role.ORGANISER.value, _l("Organiser: edits the event and its programme, sees who registered")),
            (Role.READER.value, _l("Reader: sees everything but the people who registered, changes nothing")),
            (Role.DOOR.value, _l("Door: checks people in, and sees nothing but their names")),
        ]


class StandingForm(EditForm):
    """The reason that everyone concerned reads."""

    reason = TranslatedField(
        _l("Reason"),
        [DataRequired()],
        long=True,
        max_length=2000,
        description=_l("Everyone concerned reads it, in their language if you write it."),
    )
