"""Relay: a booth that does not understand the floor works from what another one says.

The channel that it works from, the pivot, must be there in the same session; when it falls through, so does all that
hangs on it, unless somebody finds another way.
"""

from collections.abc import Iterable, Sequence

from app.languages.models import LanguageTrack, TrackKind

PIVOTS: dict[TrackKind, frozenset[TrackKind]] = {
    TrackKind.INTERPRETATION: frozenset({TrackKind.INTERPRETATION}),
    TrackKind.SIGN: frozenset({TrackKind.INTERPRETATION}),
    TrackKind.CAPTIONS: frozenset({TrackKind.INTERPRETATION, TrackKind.CAPTIONS}),
    TrackKind.SUBTITLES: frozenset({TrackKind.SUBTITLES}),
}
"""What each kind can be made from, when not from the floor."""


def pivots(plan: Iterable[LanguageTrack], kind: TrackKind, language: str) -> list[str]:
    """The languages that a track of this kind, in this language, could be made from in a session with this plan."""
    tracks = list(plan)
    found = {track.language for track in tracks if track.kind in PIVOTS[kind] and track.is_offered}
    return sorted(tag for tag in found - {language} if not _leads_to(tag, kind, language, tracks))


def is_broken(track: LanguageTrack, plan: Iterable[LanguageTrack]) -> bool:
    """Whether it hangs on a channel that is not there, or not any more."""
    return bool(track.via) and not any(pivot.is_offered for pivot in _pivots_of(track, plan))


def hanging_on(track: LanguageTrack, plan: Sequence[LanguageTrack]) -> list[LanguageTrack]:
    """Which tracks have nothing to work from when this one falls through, those further down the line too."""
    gone = [track]
    for _each in gone:  # Grows while it is gone through.
        gone += [
            other for other in plan
            if other.is_offered and other not in gone and _rests_on(gone, _pivots_of(other, plan))
        ]  # fmt: skip
    return gone[1:]


def _rests_on(gone: list[LanguageTrack], pivots: list[LanguageTrack]) -> bool:
    left = [pivot for pivot in pivots if pivot.is_offered and pivot not in gone]
    return not left and any(pivot in gone for pivot in pivots)


def _pivots_of(track: LanguageTrack, plan: Iterable[LanguageTrack]) -> list[LanguageTrack]:
    return [other for other in plan if track.via and other.language == track.via and other.kind in PIVOTS[track.kind]]


def _leads_to(tag: str, kind: TrackKind, language: str, plan: Sequence[LanguageTrack]) -> bool:
    """Whether what is made from a language would, over one relay or more, be made from itself."""
    seen: set[str] = set()
    while tag and tag not in seen:
        seen.add(tag)
        if tag == language:
            return True
        tag = next((track.via for track in plan if track.language == tag and track.kind in PIVOTS[kind]), "")
    return False
