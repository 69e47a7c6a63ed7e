"""What organisers write about who gets in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, StopValidation

from app.events.models import Event
from app.lib.fields import EditForm, OneLine
from app.people.addresses import InvalidAddress, normal_address
from app.registration import codes

MOST_LINES = 500
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class MomentField(DateTimeLocalField):
    """A moment, written in the zone of the event."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], format=_FORMATS, **kwargs)

    def moment(self, event: Event) -> datetime | None:
        return self.data.replace(tzinfo=event.tzinfo).astimezone(UTC) if self.data else None


def written_in(event: Event, moment: datetime | None) -> datetime | None:
    return moment.astimezone(event.tzinfo).replace(tzinfo=None) if moment else None


class AdmissionForm(EditForm):
    opens_at = MomentField(_l("Registration opens"), description=_l("Leave empty: when the event is published."))
    closes_at = MomentField(_l("Registration closes"), description=_l("Leave empty: when the event is over."))
    by_code = BooleanField(
        _l("Only for people with a code or an invitation"),
        description=_l("The form asks for a code, and nobody gets past it without one. Who is registered stays so."),
    )
    by_approval = BooleanField(
        _l("An organiser looks at each registration"),
        description=_l(
            "Nobody has a place before you approve. People read so in a letter, and hear of your decision in another."
        ),
    )
    offer_hours = IntegerField(
        _l("How long a place that came free is kept for the next on the waiting list (hours)"),
        [InputRequired(_l("Write a number of hours.")), NumberRange(1, 720)],
        description=_l("Then it goes to the person after. Shortly before the event the time is shorter by itself."),
    )
    keep_days = IntegerField(
        _l("Delete all data of registered people so many days after the event"),
        [Optional(), NumberRange(0, 3650)],
        description=_l(
            "Names, addresses, answers, attendance and certificates, for good; certificates can then no longer be "
            "verified. Leave empty: nothing is deleted until you do it."
        ),
    )
    at_once = BooleanField(_l("The time is over already: delete everything now"))
    """Asked when what is written would delete everything with the next sweep."""

    def validate_closes_at(self, field: MomentField) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("Registration cannot close before it opens."))


class CodeForm(FlaskForm):
    """One word of one's own, or many that are made up."""

    code = OneLine(
        _l("Your own word"),
        [Optional(), Length(max=codes.LONGEST)],
        description=_l("Latin letters, digits and hyphens. Leave empty, and codes are made up."),
        render_kw={"autocomplete": "off"},
    )
    number = IntegerField(_l("How many to make up"), [Optional(), NumberRange(1, 500)], default=1)
    most_uses = IntegerField(
        _l("How many people each lets in"),
        [Optional(), NumberRange(1, 1_000_000)],
        description=_l("Who cancels makes room for another. Leave empty for any number."),
    )
    expires_at = MomentField(_l("Good until"), description=_l("Leave empty: as long as registration is open."))
    note = OneLine(_l("Note"), [Optional(), Length(max=200)], description=_l("For whom it is. Only organisers see it."))

    def validate_code(self, field: OneLine) -> None:
        if not re.fullmatch(rf"[A-Za-z0-9-]{{{codes.SHORTEST},{codes.LONGEST}}}", field.data or ""):
            raise ValidationError(
                _l("Use at least %(number)s Latin letters, digits or hyphens.", number=codes.SHORTEST)
            )


class InviteForm(FlaskForm):
    people = TextAreaField(
        _l("Addresses"),
        [DataRequired(_l("Write one address a line."))],
        description=_l(
            "One a line, up to %(number)s. A name may stand before an address in angle brackets.", number=MOST_LINES
        ),
        render_kw={"rows": 10, "spellcheck": "false", "autocomplete": "off"},
    )
    language = SelectField(_l("Language of the letter"), [InputRequired()])
    expires_at = MomentField(_l("Good until"), description=_l("Leave empty: as long as registration is open."))
    note = OneLine(_l("Note"), [Optional(), Length(max=100)], description=_l("For whom it is. Only organisers see it."))

    invited: list[tuple[str, str]]
    """Names and normal addresses, each address once."""
    repeated: list[str]
    """Addresses that stand there twice."""

    def validate_people(self, field: TextAreaField) -> None:
        lines = [(n, line.strip()) for n, line in enumerate((field.data or "").splitlines(), 1) if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(
                _l("These are %(given)s lines; %(most)s are taken at once.", given=len(lines), most=MOST_LINES)
            )
        found: dict[str, str] = {}
        faults: list[str] = []
        self.repeated = []
        for number, line in lines:
            try:
                name, email = _person(line)
            except InvalidAddress as fault:
                faults.append(str(_l("Line %(number)s, “%(line)s”: %(fault)s",
                                     number=number, line=line[:60], fault=str(fault))))  # fmt: skip
                continue
            if email in found:
                self.repeated.append(email)
            found.setdefault(email, name)
        self.invited = [(name, email) for email, name in found.items()]
        if faults:
            said = str(_l("Nobody was invited: mend these lines and send them again."))
            field.errors = [said, *_first(faults, 20)]
            raise StopValidation


def _person(line: str) -> tuple[str, str]:
    if "<" not in line:
        return "", normal_address(line)
    name, email = parseaddr(line)
    return " ".join(name.split())[:200], normal_address(email or line)


def _first(faults: list[str], most: int) -> Iterator[str]:
    yield from faults[:most]
    if len(faults) > most:
        yield str(_l("… and %(number)s more.", number=len(faults) - most))
