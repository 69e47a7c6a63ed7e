"""Settings of a cue, and of a region, as the W3C parses them (WebVTT 6.4 and 6.2)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.languages.formats.webvtt import Block, Document

_SPACE = " \t\n\f\r"
_GAP = re.compile(f"[{_SPACE}]+")
_PERCENTAGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
Auto = Literal["auto"]


@dataclass(slots=True)
class Region:
    lines: int = 3
    width: float = 100


@dataclass(slots=True)
class Settings:
    vertical: str = ""
    line: float | Auto = "auto"
    snap_to_lines: bool = True
    line_align: str = "start"
    position: float | Auto = "auto"
    position_align: str = "auto"
    size: float = 100
    align: str = "center"
    region: Region | None = None
    ignored: tuple[str, ...] = ()
    """What a player passes over, as written."""


def parse(text: str, regions: Mapping[str, Region]) -> Settings:
    settings = Settings()
    for part in _GAP.split(text.strip(_SPACE)) if text else ():
        name, colon, value = part.partition(":")
        if not (name and colon and value and _set(settings, name, value, regions)):
            settings.ignored += (part,)
    if settings.vertical or settings.size != 100 or settings.line != "auto":
        settings.region = None
    return settings


def regions_of(document: Document) -> dict[str, Region]:
    """The regions that stand before the first cue; of two with one name the later counts."""
    found: dict[str, Region] = {}
    for block in document.blocks:
        if not isinstance(block, Block):
            break
        first, _, rest = block.text.partition("\n")
        if first.rstrip(" \t\f") == "REGION":
            region, name = Region(), ""
            for part in _GAP.split(rest):
                key, _, value = part.partition(":")
                if key == "id" and value:
                    name = value
                elif key == "lines" and value.isascii() and value.isdecimal():
                    region.lines = int(value[:9])
                elif key == "width" and (width := _percentage(value)) is not None:
                    region.width = width
            found[name] = region
    return found


def _set(settings: Settings, name: str, value: str, regions: Mapping[str, Region]) -> bool:
    if name == "vertical" and value in ("rl", "lr"):
        settings.vertical = value
    elif name == "align" and value in ("start", "center", "end", "left", "right"):
        settings.align = value
    elif name == "size" and (size := _percentage(value)) is not None:
        settings.size = size
    elif name == "region" and value in regions:
        settings.region = regions[value]
    elif name == "position":
        return _set_position(settings, value)
    elif name == "line":
        return _set_line(settings, value)
    else:
        return False
    return True


def _set_position(settings: Settings, value: str) -> bool:
    place, align = _aligned(value, ("line-left", "center", "line-right"), "auto")
    if align is None or (percentage := _percentage(place)) is None:
        return False
    settings.position, settings.position_align = percentage, align
    return True


def _set_line(settings: Settings, value: str) -> bool:
    place, align = _aligned(value, ("start", "center", "end"), settings.line_align)
    if align is None:
        return False
    if (percentage := _percentage(place)) is not None:
        settings.line, settings.snap_to_lines = percentage, False
    elif _NUMBER.fullmatch(place) and math.isfinite(float(place)):
        settings.line, settings.snap_to_lines = float(place), True
    else:
        return False
    settings.line_align = align
    return True


def _aligned(value: str, known: Sequence[str], default: str) -> tuple[str, str | None]:
    place, comma, align = value.partition(",")
    if not comma:
        return place, default
    return place, align if align in known else None


def _percentage(text: str) -> float | None:
    found = _PERCENTAGE.fullmatch(text)
    return number if found and (number := float(found[1])) <= 100 else None
