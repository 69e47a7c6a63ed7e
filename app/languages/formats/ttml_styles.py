"""What of TTML's styling and placing WebVTT can say: slant, weight, underline, colours, alignment, regions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from ttconv import model
from ttconv.style_properties import (
    DisplayAlignType,
    ExtentType,
    FontStyleType,
    FontWeightType,
    LengthType,
    StyleProperties,
    TextAlignType,
)

from app.languages.formats import spans
from app.languages.formats.remarks import Remark, Said
from app.languages.formats.spans import Look

_STYLING = (
    "{http://www.w3.org/ns/ttml#styling}",
    "{urn:ebu:tt:style}",
    "{http://www.w3.org/ns/ttml/profile/imsc1#styling}",
)
_KEPT = {
    "color", "backgroundColor", "fontStyle", "fontWeight", "textDecoration", "textAlign", "direction", "displayAlign",
    "origin", "extent", "ruby",
}  # fmt: skip
_DRAWN = ("set", "image")
_UNITS = (LengthType.Units.pct, LengthType.Units.rh, LengthType.Units.rw)
_ALIGNED = {TextAlignType.start: "start", TextAlignType.end: "end"}


def look_over(look: Look, element: model.ContentElement) -> Look:
    """How text looks in an element that stands where it would look so."""
    said: dict[str, Any] = {}
    if weight := element.get_style(StyleProperties.FontWeight):
        said["is_bold"] = weight is FontWeightType.bold
    if style := element.get_style(StyleProperties.FontStyle):
        said["is_italic"] = style is not FontStyleType.normal
    decoration = element.get_style(StyleProperties.TextDecoration)
    if decoration and decoration.underline is not None:
        said["is_underlined"] = decoration.underline
    if colour := element.get_style(StyleProperties.Color):
        said["colour"] = spans.colour(_number(colour))
    if isinstance(element, model.Span) and (ground := element.get_style(StyleProperties.BackgroundColor)):
        said["background"] = _background(ground)
    if align := element.get_style(StyleProperties.TextAlign):
        said["align"] = _ALIGNED.get(align, "")
    return replace(look, **said) if said else look


def settings(look: Look, region: model.Region | None) -> str:
    """Of a cue, as WebVTT writes them. At the bottom, players place cues best by themselves."""
    found: list[str] = []
    extent = None if region is None else region.get_style(StyleProperties.Extent)
    origin = None if region is None else region.get_style(StyleProperties.Origin)
    if isinstance(extent, ExtentType) and origin and _is_relative(extent.width, extent.height, origin.x, origin.y):
        left, top, width, height = origin.x.value, origin.y.value, extent.width.value, extent.height.value
        shown = None if region is None else region.get_style(StyleProperties.DisplayAlign)
        if shown is DisplayAlignType.after:
            found += [f"line:{_percent(top + height)},end"] if top + height < 80 else []
        elif shown is DisplayAlignType.center:
            found.append(f"line:{_percent(top + height / 2)},center")
        else:
            found.append(f"line:{_percent(top)}")
        if look.align or abs(left + width / 2 - 50) >= 1:
            at = {"start": (left, "line-left"), "end": (left + width, "line-right")}
            place, anchor = at.get(look.align, (left + width / 2, "center"))
            found += [f"position:{_percent(place)},{anchor}", f"size:{_percent(width)}"]
    return " ".join([*found, *([f"align:{look.align}"] if look.align else [])])


def dropped(root: ET.Element, lines: Mapping[ET.Element, int]) -> Iterable[Remark]:
    """The lines with something that WebVTT does not know."""
    for element in root.iter():
        unknown = any(
            name.startswith(_STYLING) and name.partition("}")[2] not in _KEPT for name in element.attrib
        )  # fmt: skip
        if unknown or element.tag.partition("}")[2] in _DRAWN:
            yield Remark(lines[element], Said.MARKUP_DROPPED)


def _number(colour: Any) -> int:
    red, green, blue = colour.components[:3]
    return int(red) << 16 | int(green) << 8 | int(blue)


def _background(colour: Any) -> str:
    """Black, as players have it anyway, and what is not there at all, need no class."""
    name = next((name for name, number in spans.COLOURS.items() if number == _number(colour)), "black")
    return "" if name == "black" or not colour.components[3] else f".bg_{name}"


def _is_relative(*lengths: LengthType) -> bool:
    return all(length.units in _UNITS for length in lengths)


def _percent(value: float) -> str:
    return f"{min(100.0, max(0.0, round(value, 2))):g}%"
