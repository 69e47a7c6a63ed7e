"""What organisers say of the rota."""

from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.languages.forms import LanguageField
from app.languages.models import LanguageTrack, Linguist, Turn
from app.languages.rota.booths import fits, sources_of
from app.languages.rota.material import Material, Span, span_of
from app.lib.fields import OneLine
from app.lib.present import hour
from app.lib.tags import base_language


class BoothForm(FlaskForm):
    name = OneLine(_l("Name"), [InputRequired(_l("Give it a name, such as Booth 1.")), Length(max=100)])
    first = LanguageField(_l("First language"), [InputRequired(_l("Choose a language."))])
    second = LanguageField(
        _l("Second language"), [InputRequired(_l("Choose a language."))],
        description=_l("A booth works into whichever of its two languages is not spoken."),
    )  # fmt: skip

    def validate_second(self, field: Any) -> None:
        if base_language(field.data) == base_language(self.first.data or ""):
            raise ValidationError(_l("Choose two languages."))

    @property
    def languages(self) -> list[str]:
        return [self.first.data, self.second.data]


class HoursForm(FlaskForm):
    hours = IntegerField(
        _l("Hours a day in booths, at most"), [InputRequired(_l("Write a number.")), NumberRange(1, 24)]
    )


class TrackBoothForm(FlaskForm):
    booth = SelectField(_l("Booth"), default="")

    def __init__(self, track: LanguageTrack, material: Material, **kwargs: Any) -> None:
        super().__init__(data={"booth": str(track.booth_id or "")}, **kwargs)
        fitting = [booth for booth in material.booths if fits(booth, track) or booth is track.booth]
        self.booth.choices = [("", _l("The first one that fits and is free")), *((str(b.id), b.name) for b in fitting)]


class TurnForm(FlaskForm):
    """Times are those of the event's clocks."""

    linguist = SelectField(_l("Speaks"), [InputRequired(_l("Choose a person."))])
    partner = SelectField(_l("Sits beside, and takes over next"), default="")
    start = TimeField(_l("Begins"), [InputRequired(_l("Write a time."))])
    end = TimeField(_l("Ends"), [InputRequired(_l("Write a time."))])

    def __init__(
        self, track: LanguageTrack, material: Material, turn: Turn | None = None, span: Span | None = None
    ) -> None:
        self.track, self.zone = track, material.event.tzinfo
        start, end = (turn.starts_at, turn.ends_at) if turn else span or span_of(track)
        super().__init__(data={
            "linguist": str(turn.linguist_id) if turn else "", "partner": str(turn.partner_id or "") if turn else "",
            "start": _clock(start, self.zone), "end": _clock(end, self.zone),
        })  # fmt: skip
        self.people = {str(person.id): person for person in material.team}
        if turn:  # Also somebody who does not interpret any more.
            self.people |= {str(person.id): person for person in (turn.linguist, turn.partner) if person}
        choices = _choices(track, list(self.people.values()))
        self.linguist.choices = {_("–"): [("", "–")]} | choices if turn is None else choices
        self.partner.choices = {_("–"): [("", _("nobody"))]} | choices

    def validate_partner(self, field: Any) -> None:
        if field.data and field.data == self.linguist.data:
            raise ValidationError(_l("Choose somebody else."))

    def validate_start(self, field: Any) -> None:
        if field.data and self._moment(field.data) is None:
            raise ValidationError(self._outside())

    def validate_end(self, field: Any) -> None:
        if field.data and self._moment(field.data) is None:
            raise ValidationError(self._outside())
        if field.data and self.start.data and (moments := self.span) and moments[1] <= moments[0]:
            raise ValidationError(_l("It would end before it begins."))

    @property
    def span(self) -> Span | None:
        start, end = self._moment(self.start.data), self._moment(self.end.data)
        return (start, end) if start and end else None

    @property
    def who(self) -> tuple[Linguist, Linguist | None]:
        return self.people[self.linguist.data], self.people.get(self.partner.data)

    def _moment(self, at: time | None) -> datetime | None:
        """When the clocks show this time during the session, which may pass midnight."""
        if at is None:
            return None
        begins, ends = span_of(self.track)
        first = begins.astimezone(self.zone).date()
        days = (datetime.combine(first + timedelta(days=n), at).replace(tzinfo=self.zone) for n in (0, 1))
        return next((moment for moment in days if begins <= moment <= ends), None)

    def _outside(self) -> str:
        begins, ends = span_of(self.track)
        name = self.zone.key
        return str(_("The session lasts from %(start)s to %(end)s.", start=hour(begins, name), end=hour(ends, name)))


def _clock(moment: datetime, zone: Any) -> time:
    return moment.astimezone(zone).time().replace(fold=0)


def _choices(track: LanguageTrack, people: list[Linguist]) -> dict[str, list[tuple[str, str]]]:
    """Those with the languages first; each with what they have."""
    able = [person for person in people if _has_languages(person, track)]
    others = [person for person in people if person not in able]
    named = {_("Have the languages"): able, _("Others"): others}
    return {group: [(str(each.id), _with_languages(each)) for each in those] for group, those in named.items() if those}


def _has_languages(person: Linguist, track: LanguageTrack) -> bool:
    return person.has(track.language) and all(person.has(source) for source in sources_of(track))


def _with_languages(person: Linguist) -> str:
    return f"{person.name} ({', '.join(f'{skill.language} {skill.grade}' for skill in person.skills)})"
