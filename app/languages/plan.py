"""How the plan of a session's languages comes true: how far a track has come, and who is responsible for it."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from app.events.service import subject
from app.extensions import db
from app.languages.models import LanguageTrack, Linguist, TrackKind, TrackState
from app.languages.signals import track_assigned, track_came_back, track_fell_through
from app.people import audit
from app.people.models import Account

PROMISED, CONFIRMED, LIVE, DONE, FAILED = TrackState
MOVES: dict[TrackState, tuple[TrackState, ...]] = {
    PROMISED: (CONFIRMED, LIVE, DONE, FAILED),
    CONFIRMED: (PROMISED, LIVE, DONE, FAILED),
    LIVE: (CONFIRMED, DONE, FAILED),
    DONE: (CONFIRMED, LIVE),  # Taken back, or opened again.
    FAILED: (PROMISED, CONFIRMED, LIVE, DONE),  # It comes back, wherever it is then.
}


class MoveError(Exception):
    """The track cannot go from its state to that one; says so in a sentence."""


def next_states(track: LanguageTrack) -> list[TrackState]:
    """Where it can go from here, in the order of the states. What belongs to the recording is never live."""
    never = {LIVE} if track.kind is TrackKind.SUBTITLES else set()
    return [state for state in TrackState if state in MOVES[track.state] and state not in never]


def move(track: LanguageTrack, state: TrackState, by: Account | None = None) -> bool:
    """Answers whether anything moved. Raises MoveError."""
    if state not in (track.state, *next_states(track)):
        said = _l("What is “%(before)s” cannot become “%(after)s”.", before=track.state.label, after=state.label)
        raise MoveError(str(said))
    return bool(move_all([track], state, by))


def move_all(tracks: Iterable[LanguageTrack], state: TrackState, by: Account | None = None) -> list[LanguageTrack]:
    """Moves those that can, and answers which."""
    before = {track: track.state for track in tracks if state in next_states(track)}
    with db.session.no_autoflush:
        for track, was in before.items():
            track.state = state
            note(track, "track.moved", by, before=was.value, after=state.value)
    db.session.flush()
    for track, was in before.items():
        if state is FAILED:
            track_fell_through.send(track)
        elif was is FAILED:
            track_came_back.send(track)
    return list(before)


def now_live(track: LanguageTrack) -> None:
    """People hear or read it at this moment."""
    if track.state not in (LIVE, DONE):
        move(track, LIVE)


def now_done(track: LanguageTrack) -> None:
    """The session is over, or the subtitles are published."""
    if track.state is not DONE:
        move(track, DONE)


def assign(track: LanguageTrack, linguist: Linguist | None, by: Account | None = None) -> bool:
    """Makes somebody of the event's team responsible, or nobody. Answers whether that is news."""
    return bool(assign_all([track], linguist, by))


def assign_all(
    tracks: Iterable[LanguageTrack], linguist: Linguist | None, by: Account | None = None
) -> list[LanguageTrack]:
    """The same for many, and answers for which it is news."""
    assigned = [track for track in tracks if track.linguist is not linguist]
    with db.session.no_autoflush:
        for track in assigned:
            if linguist is not None and linguist.event_id != track.session.event_id:
                raise ValueError("they are of another event's team")
            track.linguist = linguist
            note(track, "track.assigned", by, responsible=linguist.name if linguist else None)
    db.session.flush()
    for track in assigned:
        track_assigned.send(track)
    return assigned


def note(track: LanguageTrack, action: str, by: Account | None, **detail: str | None) -> None:
    """Adds to the history of a track."""
    audit.record(by, action, subject_of(track), language=track.language, kind=track.kind.value, **detail)


def subject_of(track: LanguageTrack) -> str:
    """What the audit trail calls it."""
    return subject(track.session.event, f"session:{track.session_id}", f"track:{track.id}")
