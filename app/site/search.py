"""The search over what was said in the recordings of all published events, or of one."""

from typing import NamedTuple

import sqlalchemy as sa
from flask import Response, g, render_template, request, url_for
from flask_babel import gettext as _

from app.events.models import Event, EventState
from app.extensions import db, limiter
from app.languages import search as transcripts
from app.languages import words
from app.lib.conditional import Rendered, conditional
from app.lib.present import language_name, page_language
from app.lib.text import one_line
from app.people.guard import public
from app.site import pages, versions

MOST_PAGES = transcripts.MOST // transcripts.SESSIONS_A_PAGE
SEARCHES = limiter.limit("120 per minute")
"""A word that everybody says is looked up in a fifth of a second when there are hundreds of hours."""


class Asked(NamedTuple):
    """What of the address was understood."""

    written: str
    language: str
    event: str
    page: int
    faults: tuple[str, ...]
    """The parameters that were not understood."""

    @property
    def query(self) -> dict[str, str]:
        return {
            name: value
            for name, value in (("q", self.written), ("language", self.language), ("event", self.event))
            if value
        }


@pages.get("/search/")
@public
@SEARCHES
def search() -> Response:
    given = request.args
    event = _event(given.get("event", ""))
    offered = transcripts.languages(event.id if event else None)
    understood = {"event": event is not None, "language": given.get("language") in offered}
    asked = Asked(
        one_line(given.get("q", ""))[: words.LONGEST_QUERY],
        given["language"] if understood["language"] else "",
        event.slug if event else "",
        min(max(given.get("page", 1, type=int), 1), MOST_PAGES),
        tuple(name for name, is_known in understood.items() if given.get(name) and not is_known),
    )
    g.query = asked.query | ({"page": str(asked.page)} if asked.page > 1 else {})

    def render() -> Rendered:
        query = words.query(asked.written)
        found = transcripts.recordings(query, asked.language, event.id if event else None, asked.page)
        return Rendered(render_template(
            "site/search.html", asked=asked, event=event, found=found, is_asked=bool(query.terms),
            languages=sorted((language_name(tag), tag) for tag in offered), address_of=_address_of,
            faults=[_FAULTS[name]() for name in asked.faults], most=transcripts.MOST,
        ))  # fmt: skip

    return conditional(versions.site(), ("search", page_language(), asked), render, keep=False)


def _address_of(hit: transcripts.Hit) -> str:
    """The moment of the recording at which it was said."""
    file, second = hit.passage.file, hit.passage.start_ms // 1000
    return url_for(
        "site.recording", event=file.session.event.slug, session=file.session.slug, language=file.language, t=second,
        _anchor=f"t{second}",
    )  # fmt: skip


def _event(slug: str) -> Event | None:
    return db.session.scalar(sa.select(Event).where(Event.slug == slug, Event.state != EventState.DRAFT))


_FAULTS = {
    "event": lambda: _("There is no such event; the recordings of all events are searched."),
    "language": lambda: _("There is no transcript in the language you asked for; all transcripts are searched."),
}
