"""The programme: one day as a grid or a list, or what a search finds; and the stylesheet of its grid."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, g, render_template, request, url_for
from flask_babel import gettext as _

from app.events.models import Event, Theme
from app.extensions import db
from app.lib import grid
from app.lib.conditional import ALWAYS_ASKED, IMMUTABLE, Rendered
from app.lib.http import page_language
from app.lib.present import language_name
from app.lib.urls import absolute
from app.people.guard import public
from app.site import colours, machines, pages, zones
from app.site.choice import Choice, offer, read_choice
from app.site.preview import answer, seen
from app.site.programme import MOST_FOUND, lay_out_day, programme


@pages.get("/events/<event>/schedule/")
@public
def schedule(event: str) -> Response:
    row = seen(event)
    choice = read_choice(row, request.args.to_dict())
    g.query = choice.query()

    def render() -> Rendered:
        found = db.session.get_one(Event, row.id)
        offered = offer(row)
        shown = programme(found, choice, offered)
        body = render_template(
            "site/schedule.html",
            event=found, version=row.revision, choice=choice, programme=shown,
            days=offered.days, themes=offered.themes.values(),
            languages=sorted((language_name(tag), tag) for tag in offered.languages),
            zones=zones.offered(found.day_bounds(choice.day or found.starts_on)[0], choice.zone or "UTC"),
            as_grid=_as_grid(choice, shown.grid), many_rooms=shown.grid.columns > grid.MANY_ROOMS,
            link=_linker(event, choice), faults=[_FAULTS[name]() for name in choice.faults],
            page_zone=choice.zone, most_found=MOST_FOUND,
            calendar=absolute("calendar.event", event=event, **choice.in_calendar(), lang=page_language()),
        )  # fmt: skip
        return Rendered.between(body, shown.moments)

    return answer(row, ("schedule", page_language(), choice), render, keep=not choice.search)


@machines.get("/events/<event>/schedule.css")
@public
def stylesheet(event: str) -> Response:
    """Places of the grid of one day, and the themes' colours; without a day the colours alone."""
    row = seen(event)
    asked = request.args.get("day", "")
    day = next((day for day in offer(row).days if day.isoformat() == asked), None)

    def render() -> Rendered:
        return Rendered(_stylesheet(row.id, day))

    asked_by_revision = request.args.get("v") == str(row.revision)
    return answer(
        row, ("schedule.css", day), render, "text/css",
        cache_control=IMMUTABLE if asked_by_revision else ALWAYS_ASKED,
    )  # fmt: skip


def _stylesheet(event: int, day: date | None) -> str:
    themes = db.session.execute(sa.select(Theme.id, Theme.colour).where(Theme.event_id == event))
    colouring = colours.stylesheet((theme.id, theme.colour) for theme in themes)
    if day is None:
        return colouring
    return colouring + grid.stylesheet(lay_out_day(db.session.get_one(Event, event), day))


def _as_grid(choice: Choice, places: grid.Grid) -> bool:
    """A grid needs a day, and stages to stand side by side; with very many of them a list is read more easily."""
    if choice.day is None or places.columns < 2:
        return False
    return choice.view == "grid" or (not choice.view and places.columns <= grid.MANY_ROOMS)


def _linker(event: str, choice: Choice) -> Callable[..., str]:
    """Makes addresses of this page that keep the choice but for what changes."""
    address = url_for("site.schedule", event=event)

    def link(**changes: object) -> str:
        query = urlencode(choice.query(**changes))
        return f"{address}?{query}" if query else address

    return link


_FAULTS = {
    "day": lambda: _("There is no programme on the day you asked for."),
    "theme": lambda: _("This programme has no such theme; sessions of all themes are shown."),
    "language": lambda: _("No session is in the language you asked for; all sessions are shown."),
    "zone": lambda: _("The time zone you asked for is not known; times are shown in the event's zone."),
    "view": lambda: _("The programme can be shown as a grid or as a list."),
}
