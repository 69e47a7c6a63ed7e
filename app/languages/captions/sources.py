"""What a stream of captions is a translation of, and whether people or a machine translate."""

from app.extensions import db, lock_row
from app.languages import service
from app.languages.captions import streams
from app.languages.models import CaptionStream, LanguageTrack, TrackKind


def choices(track: LanguageTrack) -> list[LanguageTrack]:
    """The other captions of the session, but for those that are themselves made from these."""
    captioned = [other for other in service.tracks_of(track.session) if other.kind is TrackKind.CAPTIONS]
    own = streams.find(track)
    return [other for other in captioned if other.id != track.id and not _comes_from(streams.find(other), own)]


def translate(track: LanguageTrack, source: LanguageTrack | None, by_machine: bool = False) -> None:
    """Makes the captions of a track from those of another, or from what is heard (None)."""
    stream = streams.of(track)
    lock_row(stream)
    origin = streams.of(source) if source else None
    if stream.source_id != (origin and origin.id):
        stream.source, stream.translated_version = origin, 0
    stream.by_machine = by_machine and origin is not None
    db.session.flush()


def _comes_from(stream: CaptionStream | None, own: CaptionStream | None) -> bool:
    while stream is not None and own is not None:
        if stream.source_id == own.id:
            return True
        stream = stream.source
    return False
