"""What the speakers of an event still lack."""

from collections.abc import Iterable

from flask_babel import ngettext

from app.events.checks import Missing, Weight, check, figure
from app.events.models import Event
from app.speakers.service import speakers_of


@check
def profiles(event: Event) -> Iterable[Missing]:
    bare = [speaker for speaker in speakers_of(event) if not speaker.biography]
    if bare:
        said = ngettext("%(num)d speaker has no biography.", "%(num)d speakers have no biography.", len(bare))
        yield Missing(Weight.ADVICE, said, "speakers_manage.speakers")


@figure
def number_of_speakers(event: Event) -> tuple[str, int, str]:
    number = len(speakers_of(event))
    return ngettext("speaker", "speakers", number), number, "speakers_manage.speakers"
