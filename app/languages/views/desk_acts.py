"""What somebody asks for at the desk: the same acts by the same names, from a form or from the page's script."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.languages import team
from app.languages.captions import desk
from app.languages.captions.cues import Refused
from app.languages.guard import may_caption
from app.languages.models import CaptionCue, CaptionStream, Linguist

LONGEST_NAME = 64


def perform(linguist: Linguist, stream: CaptionStream, given: Mapping[str, Any]) -> CaptionCue | None:
    """Does one act and gives the line that it was about. Raises Refused, which says why."""
    act = given.get("act")
    if act == "say":
        return _say(linguist, stream, given)
    if act == "correct":
        cue = _line(linguist, stream, given)
        was = _text(given, "was") if given.get("was") is not None else None
        desk.correct(cue, linguist, _text(given, "text"), was, _number(given, "source_version"))
        return cue
    if act == "withdraw":
        cue = _line(linguist, stream, given)
        desk.withdraw(cue, linguist)
        return cue
    _move(linguist, stream, given)
    return None


def colleagues_of(linguist: Linguist, stream: CaptionStream) -> list[Linguist]:
    """Whom they can hand over to, by name."""
    return [
        member for member in team.members(linguist.event) if member.id != linguist.id and may_caption(member, stream)
    ]


def _say(linguist: Linguist, stream: CaptionStream, given: Mapping[str, Any]) -> CaptionCue:
    name = _text(given, "line")
    if not 0 < len(name) <= LONGEST_NAME:
        raise _not_understood()
    return desk.write(
        stream, linguist, name, _text(given, "text"), partial=given.get("partial") is True,
        source=_source(stream, _number(given, "source")), source_version=_number(given, "source_version"),
    )  # fmt: skip


def _move(linguist: Linguist, stream: CaptionStream, given: Mapping[str, Any]) -> None:
    """Who is on air."""
    act = given.get("act")
    if act == "take":
        desk.take(stream, linguist)
    elif act == "leave":
        desk.leave(stream, linguist)
    elif act == "decline":
        desk.decline(stream, linguist)
    elif act == "keep":
        desk.offer(stream, linguist, None)
    elif act == "offer":
        number = _number(given, "colleague")
        chosen = next((each for each in colleagues_of(linguist, stream) if each.id == number), None)
        if chosen is None:
            raise Refused(_l("Choose a colleague who may caption this."))
        desk.offer(stream, linguist, chosen)
    else:
        raise _not_understood()


def _line(linguist: Linguist, stream: CaptionStream, given: Mapping[str, Any]) -> CaptionCue:
    """By its number, or by the name that the browser gave it before it had one."""
    number = _number(given, "cue")
    found = db.session.get(CaptionCue, number) if number else None
    if number is None and given.get("line"):
        found = desk.find_line(stream, linguist, _text(given, "line"))
    if found is None or found.stream_id != stream.id:
        raise Refused(_l("This line is not there any more."))
    return found


def _source(stream: CaptionStream, number: int | None) -> CaptionCue | None:
    if number is None:
        return None
    found = db.session.get(CaptionCue, number)
    if found is None or found.stream_id != stream.source_id:
        raise Refused(_l("The line that this translates is not there any more."))
    return found


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise _not_understood()
    # No database keeps null characters or halves of characters, which JSON can spell.
    return value.encode(errors="ignore").decode().replace("\0", "")


def _number(given: Mapping[str, Any], name: str) -> int | None:
    """A whole number, as JSON or a form writes it; nothing where there is none."""
    value = given.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdecimal() or len(str(value)) > 9:
        raise _not_understood()
    return int(value)


def _not_understood() -> Refused:
    return Refused(_l("This could not be understood. Reload the page and try once more."))
