"""What is said of a member of the language team, by organisers or by themselves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateTimeLocalField, FieldList, FormField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.languages.forms import LanguageField
from app.languages.models import Grade, Linguist, TrackKind
from app.languages.team import Stretch
from app.lib import clock
from app.lib.fields import EditForm, Form, OneLine, TranslatedField, ZoneField
from app.people.forms import AddressField
from app.people.forms import LanguageField as InterfaceLanguageField

MORE_ROWS = 2
"""Empty rows below those that are filled; each saving brings new ones."""
MOST_STRETCHES, MOST_SKILLS = 60, 20


class SkillForm(wtforms.Form):
    language = LanguageField(_l("Language"), [Optional()], render_kw={"list": "languages", "autocomplete": "off"})
    grade = SelectField(
        _l("Grade"), [Optional()], choices=lambda: [(grade.value, grade.label) for grade in Grade], default=Grade.B
    )


class StretchForm(wtforms.Form):
    starts = DateTimeLocalField(_l("From"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    ends = DateTimeLocalField(_l("Until"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    # What is empty is not asked, so each looks whether the other is there.
    def validate_starts(self, field: DateTimeLocalField) -> None:
        if not self.ends.raw_data or not self.ends.raw_data[0]:
            raise ValidationError(_l("Write both times, or none."))

    def validate_ends(self, field: DateTimeLocalField) -> None:
        if not self.starts.raw_data or not self.starts.raw_data[0]:
            raise ValidationError(_l("Write both times, or none."))
        if self.starts.data and field.data and field.data <= self.starts.data:
            raise ValidationError(_l("The end is not after the start."))


class AboutForm(Form):
    """What members say of themselves."""

    language = InterfaceLanguageField(_l("Language of letters and pages"), [InputRequired()])
    zone = ZoneField(_l("Time zone"), [Optional()], empty=_l("As the event"))
    skills = FieldList(FormField(SkillForm), _l("Working languages"), max_entries=MOST_SKILLS)
    availability = FieldList(FormField(StretchForm), _l("Availability"), max_entries=MOST_STRETCHES)

    def __init__(self, zone: str, linguist: Linguist | None = None, **kwargs: Any) -> None:
        """`zone`: whose time the stretches are typed in."""
        self.typed_in = zone
        skills = [{"language": row.language, "grade": row.grade} for row in linguist.skills] if linguist else []
        stretches = [
            {"starts": clock.local(row.starts_at, zone), "ends": clock.local(row.ends_at, zone)}
            for row in (linguist.availability if linguist else ())
        ]
        rows = {
            "skills": [*skills, *({} for _row in range(MORE_ROWS))][:MOST_SKILLS],
            "availability": [*stretches, *({} for _row in range(MORE_ROWS))][:MOST_STRETCHES],
        }
        super().__init__(obj=linguist, data=rows | kwargs.pop("data", {}), **kwargs)

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        # The rows are given as data, the rest as the member's own attributes.
        facts = {name: getattr(obj, name) for name in self._fields if obj is not None and hasattr(obj, name)}
        super().process(formdata, data=facts | (data or {}), **kwargs)

    @property
    def told_skills(self) -> Iterable[tuple[str, Grade]]:
        return [(row["language"], Grade(row["grade"])) for row in self.skills.data if row["language"]]

    @property
    def stretches(self) -> list[Stretch]:
        return [(self._utc(row["starts"]), self._utc(row["ends"])) for row in self.availability.data if row["starts"]]

    def _utc(self, typed: datetime) -> datetime:
        return typed.replace(tzinfo=ZoneInfo(self.typed_in)).astimezone(UTC)


class MemberForm(AboutForm):
    """What organisers say of a member."""

    name = OneLine(_l("Name"), [InputRequired(), Length(max=200)])
    email = AddressField(
        _l("E-mail address"), [Optional(), Length(max=254)],
        description=_l("The private link and reminders go to it. Only organisers see it."),
    )  # fmt: skip
    crafts = SelectMultipleField(
        _l("What they do"), choices=lambda: [(kind.value, kind.label) for kind in TrackKind],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    coordinates = BooleanField(
        _l("Coordinates the team"), description=_l("May do everything in every language of this event, by the link."),
    )  # fmt: skip
    note = wtforms.TextAreaField(
        _l("Note"), [Length(max=2000)], description=_l("Only for organisers; the person does not see it.")
    )


class CannotForm(Form):
    """Why somebody cannot do what they were to do."""

    reason = OneLine(_l("What shall the organisers know?"), [Length(max=500)])


class TakeOverForm(Form):
    source = SelectField(_l("Event"), [InputRequired()])


class TermForm(EditForm):
    words = TranslatedField(_l("Term"), [DataRequired()], max_length=200)
    note = OneLine(_l("Note"), [Length(max=500)], description=_l("What it means here, or what it must not be called."))


class GlossaryFileForm(Form):
    file = FileField(
        _l("Table"), [FileRequired(_l("Choose a file."))],
        description=_l("CSV, TSV or XLSX. Its first line names the languages: en, ro, ru, note."),
    )  # fmt: skip
