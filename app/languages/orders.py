"""One order for many sessions: who is responsible, how far it has come, and what there is to be."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import orm

from app.extensions import db
from app.languages import plan, service
from app.languages.models import LanguageTrack, Linguist, TrackKind, TrackState
from app.people.models import Account
from app.schedule.models import EventSession


@dataclass(frozen=True, slots=True)
class Order:
    language: str = ""
    """Of the tracks that it is about; empty: all."""
    kind: TrackKind | None = None
    """The same."""
    adds: bool = False
    """Makes the track where a session has none; wants a language and a kind."""
    state: TrackState | None = None
    """None: as they are."""
    assigns: bool = False
    linguist: Linguist | None = None
    """Who becomes responsible, when it assigns; None: nobody."""


@dataclass(slots=True)
class Outcome:
    """How many tracks were …"""

    added: int = 0
    assigned: int = 0
    moved: int = 0
    kept: int = 0
    """… not moved, since their state does not lead to that one."""


def carry_out(order: Order, sessions: Sequence[EventSession], by: Account | None) -> Outcome:
    plans = service.plan_by_session((session.id for session in sessions), orm.joinedload(LanguageTrack.linguist))
    tracks = [track for session in sessions for track in plans[session.id] if _concerns(order, track)]
    outcome = Outcome()
    if order.adds and order.kind:
        having = {track.session_id for track in tracks}
        added = [
            LanguageTrack(session=session, language=order.language, kind=order.kind, state=TrackState.PROMISED)
            for session in sessions if session.id not in having
        ]  # fmt: skip
        db.session.add_all(added)
        db.session.flush()
        for track in added:
            plan.note(track, "track.added", by)
        outcome.added = len(added)
        tracks += added
    if order.assigns:
        outcome.assigned = len(plan.assign_all(tracks, order.linguist, by))
    if order.state:
        to_move = [track for track in tracks if track.state is not order.state]
        outcome.moved = len(plan.move_all(to_move, order.state, by))
        outcome.kept = len(to_move) - outcome.moved
    return outcome


def _concerns(order: Order, track: LanguageTrack) -> bool:
    return (not order.language or track.language == order.language) and order.kind in (None, track.kind)
