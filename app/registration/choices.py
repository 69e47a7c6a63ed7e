"""What the form lets people choose from, by CLDR and the tz database, in the language of the page."""

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from flask_babel import force_locale
from flask_babel import gettext as _

from app.events.models import Event
from app.lib.countries import alphabetical
from app.lib.countries import countries as by_name
from app.lib.present import city
from app.lib.text import language_name


class Choice(NamedTuple):
    value: str
    label: str


class Group(NamedTuple):
    label: str
    choices: tuple[Choice, ...]


def countries(locale: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, name) for code, name in by_name(locale))


@lru_cache(maxsize=64)
def zones(locale: str) -> tuple[Group, ...]:
    """The zones that people live in, by region; the city as the language names it."""
    by_region: dict[str, list[Choice]] = {}
    with force_locale(locale.replace("-", "_")):
        for zone in zone_names():
            by_region.setdefault(zone.split("/")[0], []).append(Choice(zone, city(zone)))
        regions = {region: _region(region) for region in by_region}
    groups = [
        Group(regions[region], tuple(sorted(found, key=lambda choice: alphabetical(choice.label))))
        for region, found in by_region.items()
    ]
    return (*sorted(groups, key=lambda group: alphabetical(group.label)), Group("UTC", (Choice("UTC", "UTC"),)))


@cache
def zone_names() -> tuple[str, ...]:
    """From zone.tab, which has every country's zones under their present names."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return tuple(line.split("\t")[2] for line in lines if not line.startswith("#"))


def languages(event: Event, interface: tuple[str, ...], *more: str) -> tuple[Choice, ...]:
    """The event's languages, then the interface's, each named in itself."""
    return tuple(Choice(tag, language_name(tag, tag)) for tag in dict.fromkeys((*event.languages, *interface, *more)))


def _region(name: str) -> str:
    regions: dict[str, str] = {
        "Africa": _("Africa"), "America": _("America"), "Antarctica": _("Antarctica"), "Arctic": _("Arctic"),
        "Asia": _("Asia"), "Atlantic": _("Atlantic Ocean"), "Australia": _("Australia"), "Europe": _("Europe"),
        "Indian": _("Indian Ocean"), "Pacific": _("Pacific Ocean"),
    }  # fmt: skip
    return regions.get(name, name)
