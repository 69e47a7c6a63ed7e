"""The form of the import."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import Field, ValidationError

from app.lib import clock
from app.lib.fields import OneLine


class ImportForm(FlaskForm):
    file = FileField(
        _l("Schedule file"), [FileRequired(_l("Choose a file."))],
        description=_l("schedule.xml or schedule.json of frab, c3voc or pretalx, at most %(number)s MB.", number=16),
    )  # fmt: skip
    zone = OneLine(
        _l("Time zone"),
        description=_l("Counts only where the file names none. Left empty, the event's zone is taken."),
    )

    def validate_zone(self, field: Field) -> None:
        if field.data and not clock.is_zone(field.data):
            raise ValidationError(_("This is no zone of the tz database, such as Europe/Bucharest."))
