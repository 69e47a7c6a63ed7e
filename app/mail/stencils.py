"""Texts that are written once for many, with stand-ins where they differ, and then made out to each.

A stand-in is one word of letters and digits, so that nothing it goes through takes it for more; and since it is another
in each process, nobody can have written it.
"""

import secrets
from collections.abc import Mapping
from html import escape

_MARK = secrets.token_hex(8)


def stand_in(what: str) -> str:
    return f"Q{_MARK}{what}Q"


NAME, NAME_FROM_THE_RIGHT, PREVIEW = stand_in("name"), f"א{int(_MARK, 16)}א", stand_in("preview")


def is_stencil(text: str) -> bool:
    return _MARK in text or NAME_FROM_THE_RIGHT in text


def made_out(text: str, own: Mapping[str, str]) -> str:
    """With what is somebody's own in the place of its stand-ins."""
    for place, value in own.items():
        text = text.replace(place, value)
    return text


def made_out_html(html: str, own: Mapping[str, str]) -> str:
    """The same for HTML, in which text is written as its standard writes it (13.3, escaping a string)."""
    return made_out(html, {place: escape(text, quote=False).replace("\xa0", "&nbsp;") for place, text in own.items()})
