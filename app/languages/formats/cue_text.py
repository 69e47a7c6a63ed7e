"""The text of a cue: its mark-up is the standard's, never ours, and is taken off wherever people read it."""

import html
import re

_TAG = re.compile(r"<[^>]*(?:>|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
_KNOWN_TAG = re.compile(r"</?(?:[biu]|c|v|lang|ruby|rt)(?:\.[^\s<>.]+)*(?:[ \t][^<>]*)?>")
_ENTITY = re.compile(r"&(?:amp|lt|gt|lrm|rlm|nbsp);")
_FOREIGN = re.compile(r"</?(?:font|span|s)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_AT_THE_TOP = re.compile(r"\{\\an[789]\}")
_NOT_SUBRIP = re.compile(r"<(?!/?[biu]>)[^>]*(?:>|$)")
_MARK = re.compile(f"({_KNOWN_TAG.pattern}|{_ENTITY.pattern})")


def plain(text: str) -> str:
    """Without tags and with the characters that entities stand for."""
    return html.unescape(_TAG.sub("", text))


def voice(text: str) -> str:
    """Who speaks, by the first voice tag; empty when the cue does not say."""
    found = _VOICE.search(text)
    return html.unescape(found.group(1)).strip() if found else ""


def escaped(text: str) -> str:
    """Text that has no mark-up, as WebVTT writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")


def from_subrip(text: str) -> tuple[str, str, bool]:
    """Text and settings as WebVTT writes them, and whether something (a colour, a font) was dropped on the way."""
    settings = "line:0" if _AT_THE_TOP.search(text) else ""
    kept, dropped = _FOREIGN.subn("", text)
    parts = _MARK.split(kept)
    # Every second part is a mark that both formats know; what stands between is only text.
    parts[::2] = map(escaped, parts[::2])
    return "".join(parts), settings, bool(dropped)


def to_subrip(text: str) -> str:
    """Bold, italic and underline stay; what SubRip does not know is taken off."""
    return html.unescape(_NOT_SUBRIP.sub("", text))
