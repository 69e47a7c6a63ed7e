"""Why letters did not arrive: kept in English, as a sentence or as `sentence: what a server said`, and shown to
everybody in their own language. What servers say stays in their words.

The reasons that renderers give with `Stale` are collected for translation from there.
"""

from flask_babel import gettext


def N_(sentence: str) -> str:  # noqa: N802 - the name by which marked strings are collected
    """Marks what is translated when it is shown."""
    return sentence


STOPPED = N_("The sender stopped while it handed this letter over: it may have arrived or not.")
UNCONFIRMED = N_("The server had the letter and did not confirm it")
LEFT = N_("The server never confirmed this letter; it was left as it is.")
GIVEN_UP = N_("Given up after 2 days")
SUPERSEDED = N_("A newer letter on the same topic took its place.")
CANCELLED = N_("the message was cancelled")
NOT_WANTED = N_("Nothing is sent to this address")
CAME_BACK = N_("Several letters to it came back within a month; the last")
COMPLAINED = N_("Its owner called a letter unwanted")

_OPENINGS = {UNCONFIRMED, GIVEN_UP, NOT_WANTED, CAME_BACK, COMPLAINED}
"""What stands before a colon and another's words."""


def in_words(reason: str) -> str:
    opening, colon, rest = reason.partition(": ")
    if colon and opening in _OPENINGS:
        return f"{gettext(opening)}: {in_words(rest)}"
    return gettext(reason) if reason else ""
