"""What an event still lacks before the public can see it. Each room adds a check of what it knows."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.events.models import Event, Involvement
from app.lib.present import language_name


class Weight(enum.Enum):
    BLOCKING = "blocking"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Missing:
    """One lack, in words, and the page on which it is mended: an endpoint and its values beside the event."""

    weight: Weight
    text: str
    endpoint: str
    values: tuple[tuple[str, str], ...] = ()
    field: str = ""
    """Where on that page."""


Check = Callable[[Event], Iterable[Missing]]
_checks: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Registers a check of an event. Registering it again changes nothing."""
    _checks[f"{function.__module__}.{function.__name__}"] = function
    return function


def missing(event: Event) -> list[Missing]:
    """All that is lacking, what blocks publishing first."""
    found = [lack for function in _checks.values() for lack in function(event)]
    return sorted(found, key=lambda lack: lack.weight is Weight.ADVICE)


def blocking(event: Event) -> list[Missing]:
    return [lack for lack in missing(event) if lack.weight is Weight.BLOCKING]


@check
def facts(event: Event) -> Iterable[Missing]:
    def lacks(text: str, field: str, weight: Weight = Weight.BLOCKING) -> Missing:
        return Missing(weight, text, "events_manage.edit", field=field)

    for text, field, weight in (
        (event.title, "title", Weight.BLOCKING),
        (event.summary, "summary", Weight.ADVICE),
        (event.privacy, "privacy", Weight.ADVICE),
    ):
        absent = absent_languages(event, text)
        if text and absent:
            yield lacks(_in_languages(field, absent), field, weight)
    if not event.title:
        yield lacks(_("The event has no title."), "title")
    if not event.summary:
        yield lacks(
            _("There is no summary: nobody sees on the front page what the event is about."), "summary", Weight.ADVICE
        )
    if event.ends_on < event.starts_on:
        yield lacks(_("The event ends before it begins."), "ends_on")
    if not event.contact_email:
        yield lacks(_("There is no contact e-mail address."), "contact_email")
    if not event.privacy:
        yield lacks(_("There is no privacy notice: who registers must know what happens to their data."), "privacy")
    if not event.organisations(Involvement.HOST):
        yield Missing(Weight.BLOCKING, _("The event has no host."), "events_manage.organisations")


def absent_languages(event: Event, text: Any) -> list[str]:
    """The event's languages that a text is not written in."""
    return [tag for tag in event.languages if not text.get(tag)]


def _in_languages(field: str, tags: list[str]) -> str:
    names = ", ".join(language_name(tag) for tag in tags)
    said = {
        "title": _("The title is not written in %(languages)s.", languages=names),
        "summary": _("The summary is not written in %(languages)s.", languages=names),
        "privacy": _("The privacy notice is not written in %(languages)s.", languages=names),
    }
    return str(said[field])


Figure = Callable[[Event], tuple[str, int, str]]
_figures: dict[str, Figure] = {}


def figure(function: Figure) -> Figure:
    """Registers a number for the overview: what is counted, how many, and the endpoint of its page."""
    _figures[f"{function.__module__}.{function.__name__}"] = function
    return function


def figures(event: Event) -> list[tuple[str, int, str]]:
    return [function(event) for function in _figures.values()]
