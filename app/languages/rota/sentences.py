"""What is wrong with a rota, in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from app.languages.rota.conflicts import Conflict, Kind
from app.languages.rota.material import BREAK, LONGEST_TURN, Material
from app.lib.present import chosen, hour, language_name, length


def sentence(conflict: Conflict, material: Material) -> str:
    zone = material.event.zone
    other = conflict.other
    said = {
        "name": conflict.person.name if conflict.person else "",
        "start": hour(conflict.span[0], zone),
        "end": hour(conflict.span[1], zone),
        "language": language_name(conflict.language or conflict.track.language),
        "other": chosen(other.session.title) if other else "",
        "turn": length(LONGEST_TURN),
        "gap": length(BREAK),
        "hours": length(timedelta(minutes=material.most_minutes)),
    }
    return _SENTENCES[conflict.kind](said)


_SENTENCES: dict[Kind, Callable[[dict[str, Any]], str]] = {
    Kind.NOBODY: lambda said: _("Nobody interprets into %(language)s from %(start)s to %(end)s.", **said),
    Kind.NO_PIVOT: lambda said: _(
        "This relay listens to the channel in %(language)s, which is silent from %(start)s to %(end)s.", **said
    ),
    Kind.TWO_AT_ONCE: lambda said: _("Two people speak into %(language)s at once from %(start)s to %(end)s.", **said),
    Kind.TWO_PLACES: lambda said: _("%(name)s works in “%(other)s” at the same time.", **said),
    Kind.BOOTH_TWICE: lambda said: _("The booth serves “%(other)s” at the same time.", **said),
    Kind.NO_BREAK: lambda said: _(
        "%(name)s comes from another booth (“%(other)s”) with less than %(gap)s of break.", **said
    ),
    Kind.TOO_LONG: lambda said: _(
        "%(name)s speaks more than %(turn)s from %(start)s on, without %(gap)s of break.", **said
    ),
    Kind.LONG_DAY: lambda said: _("%(name)s has more than %(hours)s in booths on this day.", **said),
    Kind.AWAY: lambda said: _("%(name)s is not available all the time from %(start)s to %(end)s.", **said),
    Kind.SPEAKS_THEMSELVES: lambda said: _("%(name)s is a speaker of the event at this time.", **said),
    Kind.INTO: lambda said: _("%(name)s does not work into %(language)s: that needs grade A or B.", **said),
    Kind.FROM: lambda said: _("%(name)s does not understand %(language)s: that needs grade C at least.", **said),
    Kind.ALONE: lambda said: _("%(name)s is alone from %(start)s to %(end)s, with nobody beside.", **said),
    Kind.OUTSIDE: lambda said: _("The turn from %(start)s to %(end)s lies outside the session.", **said),
}
