"""Single values of a schedule as our columns take them; what they cannot take is said in the report."""

import re
import uuid
from urllib.parse import urljoin

from flask_babel import gettext as _

from app.exchange.frab import Link, Report, web_address
from app.lib.text import Translated, is_language
from app.schedule.models import SessionKind

_KINDS = {
    SessionKind.KEYNOTE: ("keynote", "opening", "closing", "ceremony"),
    SessionKind.PANEL: ("panel", "podium", "roundtable", "round table"),
    SessionKind.DEBATE: ("debate", "discussion", "diskussion"),
    SessionKind.WORKSHOP: ("workshop", "hands-on", "tutorial", "training", "breakout"),
    SessionKind.BREAK: ("break", "lunch", "coffee", "pause", "dinner"),
    SessionKind.TALK: ("talk", "lecture", "lightning", "presentation", "vortrag", "maintrack", "devroom", "junior"),
}
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)
MAX_URL = 2000


def kind_of(said: str) -> SessionKind:
    """The kind that comes nearest to the file's `type`, which is anybody's word."""
    word = said.casefold()
    return next((kind for kind, words in _KINDS.items() if any(each in word for each in words)), SessionKind.OTHER)


def languages_of(said: str, place: str, report: Report) -> list[str]:
    """`de, en` are two; what is no language is listed."""
    found = []
    for word in re.split(r"[\s,;/|]+", said.strip()):
        tag = _tag(word)
        if tag:
            found.append(tag)
        elif word:
            report.note(_("Not a known language"), place, word)
    return list(dict.fromkeys(found))


def _tag(word: str) -> str:
    """The BCP 47 tag in its usual capitals; `de-formal` and the like are their base language."""
    parts = word.replace("_", "-").split("-")
    tag = "-".join([parts[0].lower(), *(p.upper() if len(p) == 2 else p.title() for p in parts[1:])])
    for candidate in (tag, tag.split("-")[0]):
        if 2 <= len(candidate) <= 35 and is_language(candidate):
            return candidate
    return ""


def as_guid(said: str) -> str:
    """The UUID in its usual spelling, else nothing."""
    try:
        return str(uuid.UUID(said))
    except ValueError:
        return ""


def usable_link(link: Link, base_url: str, place: str, report: Report) -> Link | None:
    """The link with an address that a browser can follow; None, and a line in the report, if there is none."""
    url = link.url
    if not url and web_address(link.title):
        report.note(_("A link without an address: its text is one and was taken"), place, link.title[:200])
        url = link.title
    elif not url:
        report.note(_("Not kept: a link without an address"), place, link.title[:200])
        return None
    elif not web_address(url) and base_url and url.startswith("/"):
        url = urljoin(base_url, url)
    elif not web_address(url) and _BARE_HOST.fullmatch(url):
        report.note(_("A link's address without “http:” was completed"), place, url[:200])
        url = f"http://{url}"
    if not web_address(url) or len(url) > MAX_URL:
        report.note(_("Not kept: a link that no browser can follow"), place, url[:200])
        return None
    return Link(url, link.title, link.type)


def merged(stored: Translated, text: str, language: str, texts: Translated) -> Translated:
    """What a text becomes when the file gives it as `text` in `language`, and maybe in others as `texts`.

    A translation that the organisers added stays as long as the file does not bring its own.
    """
    if texts:
        return dict(texts)
    given = {language: text} if len(stored) <= 1 else {**stored, language: text}
    return {tag: said for tag, said in given.items() if said}
