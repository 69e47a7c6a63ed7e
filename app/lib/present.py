"""How values look on a page or in a letter: filters and functions of every template."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from textwrap import shorten

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.units import format_unit
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.lib import clock, http, text, urls
from app.lib.text import Picked, Translated


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        t=marked, text=chosen, rich=rich_marked, language=language_name, country=country_name,
        own_name=own_name, day=day, moment=moment, hour=hour, zone=zone_name, city=city,
        short_day=short_day, summary=summary, webcal=webcal,
    )  # fmt: skip
    app.jinja_env.globals.update(
        asset=http.asset, switch_language=http.switch_language, page_address=http.page_address,
        page_language=page_language, direction=text.direction, now=clock.now, dates=dates, offset=offset,
        absolute=urls.absolute,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def page_language() -> str:
    """BCP 47 tag of the language that is being written in."""
    locale = get_locale()
    return _tag(locale) if locale else "en"


@lru_cache(maxsize=64)
def _tag(locale: Locale) -> str:
    return str(locale).replace("_", "-")


def picked(value: Translated) -> Picked:
    return text.pick(value, (page_language(),))


def chosen(value: Translated) -> str:
    """Only the text, for attributes, titles and plain letters."""
    return picked(value).text


def marked(value: Translated) -> Markup:
    """The text; in a `span` with its language and direction when that is not the page's."""
    found = picked(value)
    if not found.text or found.language == page_language():
        return escape(found.text)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(
        found.language, text.direction(found.language), found.text
    )


def summary(value: Translated, most: int = 180) -> str:
    """The beginning of a text without mark-up, for search engines."""
    return shorten(text.plain(chosen(value)), most, placeholder="…")


def webcal(address: str) -> str:
    """The address of a feed as calendar programs take it: they subscribe instead of copying once."""
    return f"webcal:{address.partition(':')[2]}"


def rich_marked(value: Translated) -> Markup:
    """Markdown as safe HTML, in a block that is marked and says so when the language is not the page's."""
    found = picked(value)
    html = text.rich(found.text)
    if not found.text or found.language == page_language():
        return html
    said = _("In %(language)s", language=language_name(found.language))
    return Markup('<p class="other-language">{}</p><div lang="{}" dir="{}">{}</div>').format(
        said, found.language, text.direction(found.language), html
    )


def language_name(tag: str) -> str:
    return text.language_name(tag, page_language())


def own_name(tag: str) -> str:
    """The name of a language in itself, as its speakers look for it."""
    return text.language_name(tag, tag)


def country_name(code: str) -> str:
    locale = get_locale() or Locale("en")
    return str(locale.territories.get(code, code))


def date_locale() -> Locale:
    """How dates and hours are written. English is that of the world (CLDR `en-150`): 1 December 2026, 15:00."""
    locale = get_locale() or Locale("en")
    return Locale("en", "150") if str(locale) == "en" else locale


def day(value: date) -> str:
    """Friday, 25 September 2020, as the language writes it."""
    return format_date(value, "full", locale=date_locale())


def moment(value: datetime, zone: str) -> str:
    """Date and time in a zone."""
    at = clock.local(value, zone)
    return f"{format_date(at, 'medium', locale=date_locale())}, {hour(value, zone)}"


def hour(value: datetime, zone: str) -> str:
    """The time of day in a zone, as the language writes it."""
    at = clock.local(value, zone)
    return _hour(at.hour, at.minute, str(date_locale()))


@lru_cache(maxsize=8192)
def _hour(hour: int, minute: int, locale: str) -> str:
    return str(format_time(time(hour, minute), "short", locale=locale))


def short_day(value: date) -> str:
    """Fri 25 Sep, as the language writes it."""
    return str(format_skeleton("MMMEd", value, locale=date_locale()))


def length(value: timedelta) -> str:
    """How long something takes: 45 min, 1 hr 30 min."""
    locale = str(get_locale() or "en")
    hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
    parts = [(hours, "duration-hour"), (minutes, "duration-minute")]
    return " ".join(format_unit(n, unit, length="short", locale=locale) for n, unit in parts if n) or format_unit(
        0, "duration-minute", length="short", locale=locale
    )


def dates(first: date, last: date) -> str:
    """The dates of an event in words: 25–27 September 2020."""
    if first == last:
        return format_date(first, "long", locale=date_locale())
    return str(format_interval(first, last, "yMMMMd", locale=date_locale()))


def offset(zone: str, at: datetime) -> str:
    """How far a zone is from UTC at a moment: UTC+5:30."""
    minutes = int((clock.local(at, zone).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


@lru_cache(maxsize=4096)
def _city(zone: str, locale: str) -> str:
    cities = Locale.parse(locale).time_zones
    # CLDR keeps a city under the first name that its zone ever had (Europe/Kiev, Asia/Calcutta).
    names = (zone, *(former for former, name in get_global("zone_aliases").items() if name == zone))
    found = (cities[name]["city"] for name in names if "city" in cities.get(name, {}))
    return str(next(found, zone.split("/")[-1].replace("_", " ")))


def city(zone: str) -> str:
    """The city that a zone is named after, as CLDR writes it in the reader's language."""
    return _city(zone, str(get_locale() or "en"))


def zone_name(zone: str) -> str:
    """What people call a zone: its city; `UTC` stays."""
    return "UTC" if zone in ("UTC", "Etc/UTC") else city(zone)
