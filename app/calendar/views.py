"""The addresses of the feeds. They say the same to everyone: nothing in them depends on what a browser sends.

What an address asks for and is not there is answered by 404: an event, a `theme`, a `language` that no tag names, a
`show` that is none, an `alarm` that is no number of minutes up to a week. The rest is taken as far as it goes, as on
the pages: of `q` the first eighty letters; `lang` is a wish and no filter, since text that does not exist in it comes
in another language. Of a parameter that is given twice the first counts, one that is empty or unknown is none.
What is not there any more is answered by 410: a revoked link, a session that left the programme of an event that is
over.
"""

from collections.abc import Callable
from typing import NoReturn

from babel import Locale
from flask import Blueprint, Response, abort, current_app, request
from flask_babel import gettext as _

from app.calendar import duties, service, versions
from app.calendar import personal as own
from app.calendar.filters import Asked, UnknownTheme
from app.calendar.personal import Show
from app.config import LANGUAGES
from app.lib.conditional import ALWAYS_ASKED, Rendered, Version, conditional
from app.lib.signed import is_sign_language
from app.lib.text import is_language
from app.people.guard import by_link, public
from app.schedule import search

feeds = Blueprint("calendar", __name__, template_folder="templates")

LONGEST_ALARM = 7 * 24 * 60


@feeds.get("/calendar.ics")
@public
def site() -> Response:
    language, default = _language(), current_app.config["DEFAULT_LANGUAGE"]
    return _answer(versions.site(), (language,), "polyforum", lambda: service.site_feed(language, default))


@feeds.get("/series/<series>/calendar.ics")
@public
def series(series: str) -> Response:
    version = versions.series(series) or _missing()
    language, default = _language(), current_app.config["DEFAULT_LANGUAGE"]
    series_id = int(version.scope.partition(":")[2])
    return _answer(version, (language,), series, lambda: service.series_feed(series_id, language, default))


@feeds.get("/events/<event>/calendar.ics")
@public
def event(event: str) -> Response:
    row = versions.event(event) or _missing()
    language, asked, alarm = _language(*row.languages), _asked(), _alarm()
    return _answer(
        row.version, (language, asked, alarm), event, lambda: service.event_feed(row.id, language, asked, alarm),
        keep=not asked.search,
    )  # fmt: skip


@feeds.get("/events/<event>/sessions/<session>.ics")
@public
def session(event: str, session: str) -> Response:
    row = versions.session(event, session)
    if row is None or row.part is None:
        return _former_session(event, session)
    session_id, language = row.part, _language(*row.languages)
    return _answer(row.version, (session_id, language), session, lambda: service.session_feed(session_id, language))


def _former_session(event: str, session: str) -> Response:
    row = versions.former_session(event, session)
    if row is None or row.part is None:
        _missing()
    former_id, language = row.part, _language(*row.languages)
    return _answer(
        row.version, ("former", former_id, language), session,
        lambda: service.former_session_feed(former_id, language) or _ended(),
    )  # fmt: skip


@feeds.get("/events/<event>/speakers/<speaker>.ics")
@public
def speaker(event: str, speaker: str) -> Response:
    row = versions.speaker(event, speaker)
    if row is None or row.part is None:
        _missing()
    speaker_id, language = row.part, _language(*row.languages)
    return _answer(row.version, (speaker_id, language), speaker, lambda: service.speaker_feed(speaker_id, language))


@feeds.get("/calendars/<token>.ics")
@by_link
def personal(token: str) -> Response:
    """Of a registered person, or of a member of a language team."""
    row = versions.link(token)
    if row is None:
        return _of_linguist(token)
    if row.revoked_at is not None:
        _ended()
    show, asked, alarm = _show(), _asked(), _alarm()
    return _answer(
        row.version, (row.agenda_changed_at, row.state, row.language, row.zone, show, asked, alarm), "my-sessions",
        lambda: own.feed(row.registration_id, token, show, asked, alarm), "private, no-cache", keep=not asked.search,
    )  # fmt: skip


def _of_linguist(token: str) -> Response:
    """Who interprets has all of it in one calendar: there is nothing to choose but the alarm."""
    row = duties.link(token) or _missing()
    if row.revoked_at is not None:
        _ended()
    alarm = _alarm()
    return _answer(
        row.version, (*row.variant, alarm), "language-team", lambda: duties.feed(row.linguist_id, token, alarm),
        "private, no-cache",
    )  # fmt: skip


def _answer(
    version: Version, variant: tuple[object, ...], name: str, render: Callable[[], Rendered],
    cache_control: str = ALWAYS_ASKED, *, keep: bool = True,
) -> Response:  # fmt: skip
    headers = (("Content-Disposition", f'attachment; filename="{name}.ics"'),)
    return conditional(
        version, (request.endpoint, *variant), render, "text/calendar", headers, cache_control=cache_control, keep=keep
    )


def _missing() -> NoReturn:
    abort(_nothing())


@feeds.errorhandler(UnknownTheme)
def _unknown_theme(_fault: UnknownTheme) -> Response:
    return _nothing()


def _nothing() -> Response:
    """A plain 404: the page for people would look for the same address under a language first."""
    return Response(_("There is no calendar at this address."), 404, mimetype="text/plain")


def _ended() -> NoReturn:
    """Clients that understand it ask no more."""
    abort(Response(_("The calendar at this address has ended."), 410, mimetype="text/plain"))


def _show() -> Show | None:
    asked = request.args.get("show", "")
    if asked and asked not in set(Show):
        _missing()
    return Show(asked) if asked else None


def _asked() -> Asked:
    return Asked(request.args.get("theme", ""), _followable_in(), search.asked_for(request.args.get("q", "")))


def _language(*offered: str) -> str:
    """The language to write in, if the address names one that there is anything in."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES or asked in offered else ""


def _followable_in() -> str:
    asked = request.args.get("language", "").strip()
    if is_sign_language(asked):
        return asked
    if asked and not is_language(asked):
        _missing()
    return str(Locale.parse(asked, sep="-")).replace("_", "-") if asked else ""


def _alarm() -> int | None:
    """Minutes before an entry."""
    asked = request.args.get("alarm", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9) or int(asked) > LONGEST_ALARM:
        _missing()
    return int(asked)
