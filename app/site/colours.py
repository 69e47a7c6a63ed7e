"""Theme colours, moved as little as needed to be told from the paper they stand on (WCAG 2.2, 1.4.11: 3 to 1)."""

from collections.abc import Iterable

LIGHT, DARK = (255, 255, 255), (17, 22, 19)
ENOUGH = 3.0

Colour = tuple[int, ...]


def stylesheet(themes: Iterable[tuple[int, str]]) -> str:
    """One class a theme, `t<id>`, for light and dark."""
    parsed = [(number, _parse(colour)) for number, colour in themes]
    light = "".join(f".t{n}{{--theme:{_visible(colour, LIGHT)}}}" for n, colour in parsed)
    dark = "".join(f".t{n}{{--theme:{_visible(colour, DARK)}}}" for n, colour in parsed)
    return f"{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}\n" if parsed else ""


def _parse(colour: str) -> Colour:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        return tuple(bytes.fromhex(digits))[:3] if len(digits) == 6 else (96, 96, 96)
    except ValueError:
        return (96, 96, 96)


def _visible(colour: Colour, paper: Colour) -> str:
    towards = 0 if _luminance(paper) > 0.5 else 255
    while _contrast(colour, paper) < ENOUGH:
        colour = tuple(round(part + (towards - part) * 0.1) if part != towards else part for part in colour)
    return "#" + bytes(colour).hex()


def _contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [p / 255 / 12.92 if p / 255 <= 0.04045 else ((p / 255 + 0.055) / 1.055) ** 2.4 for p in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
