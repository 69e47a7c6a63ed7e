"""Subtitles in the format that somebody needs, by the extension of its files."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.languages import transcript
from app.languages.formats import sbv, srt, webvtt
from app.languages.formats.webvtt import Document


def written(document: Document, extension: str, language: str = "") -> str | bytes:
    """In one of FORMATS; XML as bytes. Raises KeyError for another."""
    return FORMATS[extension](document, language)


def loses(document: Document, extension: str) -> bool:
    """Whether something of the document (a setting, a style, a name) has no place in the format."""
    return extension != "vtt" and (
        len(document.cues) < len(document.blocks) or any(cue.settings or "<" in cue.text for cue in document.cues)
    )


def _ttml(document: Document, language: str) -> bytes:
    from app.languages.formats import ttml  # Dear to load.

    return ttml.write(document, language)


def _ass(document: Document, _language: str) -> str:
    from app.languages.formats import ass

    return ass.write(document.cues)


FORMATS: Mapping[str, Callable[[Document, str], str | bytes]] = MappingProxyType({
    "vtt": lambda document, _: webvtt.write(document),
    "srt": lambda document, _: srt.write(document.cues),
    "txt": lambda document, _: transcript.as_text(transcript.paragraphs(document.cues)),
    "sbv": lambda document, _: sbv.write(document.cues),
    "ttml": _ttml,
    "ass": _ass,
})  # fmt: skip
