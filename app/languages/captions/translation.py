"""Captions translated by a machine, cue by cue, and marked as such. People can correct them like any others."""

from datetime import timedelta
from typing import Protocol

import requests
import sqlalchemy as sa
from flask import current_app
from sqlalchemy import orm

from app.extensions import db, lock_row, reading_only
from app.languages.captions import cues
from app.languages.models import CaptionCue, CaptionStream, CueState, LanguageTrack
from app.lib import clock
from app.lib.tags import base_language

PATIENCE = (3, 10)
"""Seconds for the connection and for the answer."""
FRESH = timedelta(hours=1)
"""After which nobody follows a caption live any more, so that what was said long before is left alone."""


class Provider(Protocol):
    """What can translate."""

    def translate(self, text: str, source: str, target: str) -> str:
        """Plain text from one language (BCP 47) into another. Raises UntranslatedError."""
        ...


class UntranslatedError(Exception):
    """The provider did not translate; the message says in short why."""


class LibreTranslate:
    """A server of LibreTranslate, which libraries can run themselves (https://docs.libretranslate.com)."""

    def __init__(self, url: str, key: str = "") -> None:
        self._url, self._key = url, key

    def translate(self, text: str, source: str, target: str) -> str:
        asked = {
            "q": text,
            "source": base_language(source),
            "target": base_language(target),
            "format": "text",
            "api_key": self._key,
        }
        try:
            answer = requests.post(f"{self._url}/translate", json=asked, timeout=PATIENCE, allow_redirects=False)
            said = answer.json()
        except requests.RequestException as fault:
            raise UntranslatedError(type(fault).__name__) from None
        translated = said.get("translatedText") if isinstance(said, dict) else None
        if answer.status_code != 200 or not isinstance(translated, str):
            raise UntranslatedError(f"{answer.status_code}")
        return translated


def provider() -> Provider | None:
    """The provider that the operator of this site has set up."""
    url = current_app.config["TRANSLATION_URL"]
    return LibreTranslate(url, current_app.config["TRANSLATION_KEY"]) if url else None


def sweep() -> None:
    """Translates what was said since, each caption a transaction of its own. Commits."""
    if (found := provider()) is None:
        return
    reading_only()
    source = orm.aliased(CaptionStream)
    behind = db.session.scalars(
        sa.select(CaptionStream.id)
        .join(source, source.id == CaptionStream.source_id)
        .where(CaptionStream.by_machine, source.version > CaptionStream.translated_version)
    ).all()
    db.session.rollback()
    for number in behind:
        catch_up(number, found)


def catch_up(stream_id: int, by: Provider) -> None:
    """Translates every final cue of the source that changed since, in the order of the changes."""
    stream = db.session.get_one(CaptionStream, stream_id)
    language = stream.track.language
    for original in _changed(stream):
        words = ""
        if original.state is CueState.FINAL and clock.now() - original.ended_at < FRESH:
            # The provider is asked with no lock held; it may take its time.
            text, source_language = original.text, original.stream.track.language
            db.session.commit()
            try:
                words = by.translate(text, source_language, language)
            except UntranslatedError as fault:
                stream.translation_error = str(fault)[:100]
                db.session.commit()
                return
        _write(stream, original, words)
        db.session.commit()


def _changed(stream: CaptionStream) -> list[CaptionCue]:
    return list(
        db.session.scalars(
            sa.select(CaptionCue)
            .where(CaptionCue.stream_id == stream.source_id, CaptionCue.version > stream.translated_version)
            .order_by(CaptionCue.version)
            .options(orm.joinedload(CaptionCue.stream).joinedload(CaptionStream.track).joinedload(LanguageTrack.session))
        )
    )  # fmt: skip


def _write(stream: CaptionStream, original: CaptionCue, translated: str) -> None:
    words = _short(translated)
    lock_row(stream)
    if stream.translated_version >= original.version:
        return  # Another worker was quicker.
    stream.translated_version, stream.translation_error = original.version, ""
    there = db.session.scalar(
        sa.select(CaptionCue).where(CaptionCue.stream_id == stream.id, CaptionCue.source_id == original.id)
    )
    if there is None:
        if words:
            cues.say(stream, words, source=original, is_machine=True)
    elif there.is_machine and there.corrected_by in ("", MACHINE):
        if original.state is CueState.WITHDRAWN:
            cues.withdraw(there, MACHINE)
        elif words:
            cues.correct(there, words, MACHINE)


MACHINE = "⚙"
"""Stands where the name of a person would."""


def _short(words: str) -> str:
    """A translation may be longer than a caption can be; better its beginning than nothing."""
    return cues.clean(words.encode(errors="ignore")[: cues.MOST_BYTES].decode(errors="ignore"))
