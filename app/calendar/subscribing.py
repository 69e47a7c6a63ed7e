"""How to subscribe to a feed with the calendars that most people have. Nothing is asked of them before the press."""

from typing import NamedTuple
from urllib.parse import quote

from flask_babel import gettext as _

from app.lib.present import webcal


class Way(NamedTuple):
    label: str
    href: str


def ways(feed: str, name: str) -> list[Way]:
    """`feed`: its whole address; `name`: what the calendar is called there.

    Google adds a calendar that it is given under `webcal:`, and takes one under `https:` for a page. Outlook is given
    the `https:` address. Each is one parameter of theirs, so all of it is encoded, its own parameters too.
    """
    outlook = f"/calendar/0/addfromweb?url={_encoded(feed)}&name={_encoded(name)}"
    return [
        Way(_("Apple Calendar, Thunderbird and others"), webcal(feed)),
        Way("Google Calendar", f"https://calendar.google.com/calendar/render?cid={_encoded(webcal(feed))}"),
        Way("Outlook.com", f"https://outlook.live.com{outlook}"),
        Way("Microsoft 365", f"https://outlook.office.com{outlook}"),
    ]


def _encoded(text: str) -> str:
    return quote(text, safe="")
