"""What organisers say of the captions of a session."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from app.languages.captions import sources, translation
from app.languages.models import CaptionStream, LanguageTrack, Platform
from app.lib.fields import OneLine
from app.lib.present import language_name

FLOOR, MACHINE = "floor", "machine"


class AddressForm(FlaskForm):
    name = OneLine(
        _l("For whom, or for which tool"), [DataRequired(_l("Write a name, to know it again.")), Length(max=100)]
    )


class SourceForm(FlaskForm):
    """`source`: the floor, or another track's number, with a mark where a machine is to translate."""

    source = SelectField(_l("What they are made from"), [InputRequired()])

    def __init__(self, track: LanguageTrack, stream: CaptionStream | None, **kwargs: Any) -> None:
        self._tracks = sources.choices(track)
        super().__init__(data={"source": _chosen(stream)}, **kwargs)
        self.source.choices = [(FLOOR, _("What is heard in the session")), *self._by_people()]
        if translation.provider() or (stream and stream.by_machine):
            self.source.choices += [
                (f"{other.id} {MACHINE}", _("%(language)s captions, translated by a machine", language=_name(other)))
                for other in self._tracks
            ]

    def _by_people(self) -> list[tuple[str, str]]:
        return [
            (str(other.id), _("%(language)s captions, translated by people", language=_name(other)))
            for other in self._tracks
        ]

    @property
    def chosen(self) -> tuple[LanguageTrack | None, bool]:
        """The track, and whether a machine translates."""
        number, _space, how = str(self.source.data).partition(" ")
        return next((track for track in self._tracks if str(track.id) == number), None), how == MACHINE


class RelayForm(FlaskForm):
    platform = SelectField(_l("Platform"), [InputRequired()], choices=[(each.value, each.label) for each in Platform])
    address = OneLine(
        _l("Address for captions"), [DataRequired(_l("Paste the address that the platform shows.")), Length(max=2000)],
        description=_l(
            "Zoom: in the meeting under Captions, “Copy the API token”. YouTube: in the stream's settings under "
            "Closed captions, “POST captions to URL”."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )  # fmt: skip


def _name(track: LanguageTrack) -> str:
    return language_name(track.language)


def _chosen(stream: CaptionStream | None) -> str:
    if stream is None or stream.source is None:
        return FLOOR
    return f"{stream.source.track_id} {MACHINE}" if stream.by_machine else str(stream.source.track_id)
