"""Which session can be followed in which language: the tracks that organisers set, and the questions about them."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind, TrackState
from app.lib.tags import base_language
from app.schedule.models import EventSession

is_offered = LanguageTrack.state != TrackState.FAILED
"""For queries: people can count on the track."""


class TrackExistsError(Exception):
    """The session has this kind of track in this language."""


def add_track(session: EventSession, language: str, kind: TrackKind, url: str = "", via: str = "") -> LanguageTrack:
    """A promise. Raises TrackExistsError."""
    _refuse_double(session, language, kind)
    track = LanguageTrack(session=session, language=language, kind=kind, url=url, via=via)
    db.session.add(track)
    db.session.flush()
    return track


def change_track(track: LanguageTrack, language: str, kind: TrackKind, url: str = "", via: str = "") -> None:
    """Raises TrackExistsError."""
    _refuse_double(track.session, language, kind, besides=track)
    track.language, track.kind, track.url, track.via = language, kind, url, via
    db.session.flush()


def remove_track(track: LanguageTrack) -> None:
    db.session.delete(track)
    db.session.flush()


def _refuse_double(session: EventSession, language: str, kind: TrackKind, besides: LanguageTrack | None = None) -> None:
    same = [track for track in plan_of(session) if (track.language, track.kind) == (language, kind)]
    if same and same[0] is not besides:
        raise TrackExistsError


def plan_of(session: EventSession) -> list[LanguageTrack]:
    """All tracks of a session, also those that fell through, by language."""
    return plan_by_session([session.id])[session.id]


def plan_by_session(session_ids: Iterable[int], *options: Any) -> dict[int, list[LanguageTrack]]:
    """`options`: what to load with the tracks."""
    found: dict[int, list[LanguageTrack]] = {session_id: [] for session_id in session_ids}
    for track in db.session.scalars(
        sa.select(LanguageTrack)
        .where(LanguageTrack.session_id.in_(found))
        .order_by(LanguageTrack.language, LanguageTrack.kind)
        .options(*options)
    ):
        found[track.session_id].append(track)
    return found


def tracks_of(session: EventSession) -> list[LanguageTrack]:
    """What people can count on in a session, by language."""
    return tracks_by_session([session.id])[session.id]


def tracks_by_session(session_ids: Iterable[int]) -> dict[int, list[LanguageTrack]]:
    return {
        session_id: [track for track in plan if track.is_offered]
        for session_id, plan in plan_by_session(session_ids).items()
    }


def subtitles_of(session: EventSession) -> list[SubtitleFile]:
    """By language, without their text: it is read when it is asked for."""
    return list(
        db.session.scalars(
            sa.select(SubtitleFile)
            .where(SubtitleFile.session_id == session.id)
            .order_by(SubtitleFile.language)
            .options(orm.defer(SubtitleFile.webvtt))
        )
    )


def subtitle_languages(session_ids: Iterable[int]) -> dict[int, list[str]]:
    """In which languages the recording of each session has subtitles."""
    found: dict[int, list[str]] = {session_id: [] for session_id in session_ids}
    for session_id, language in db.session.execute(
        sa.select(SubtitleFile.session_id, SubtitleFile.language)
        .where(SubtitleFile.session_id.in_(found))
        .order_by(SubtitleFile.language)
    ):
        found[session_id].append(language)
    return found


def followable_languages(session: EventSession, tracks: Sequence[LanguageTrack]) -> list[str]:
    """Every language in which the session can be followed, those spoken on the floor first; for badges and filters."""
    return list(dict.fromkeys([*session.languages, *(track.language for track in tracks)]))


def sessions_followable_in(event: Event, language: str) -> sa.Select[int]:
    """The ids of the sessions that are spoken in a language or have a track or subtitles in it.

    Only the base language counts: who reads Portuguese is served by `pt-BR`, and the other way round.
    """
    base = base_language(language)
    # A list of tags is kept as JSON text on every database, and each tag stands in it in quotation marks.
    floor = sa.func.lower(sa.cast(EventSession.languages, sa.Text))
    spoken = sa.or_(floor.contains(f'"{base}"', autoescape=True), floor.contains(f'"{base}-', autoescape=True))
    tracked = sa.exists().where(
        LanguageTrack.session_id == EventSession.id, is_offered, is_in(LanguageTrack.language, base)
    )
    subtitled = sa.exists().where(SubtitleFile.session_id == EventSession.id, is_in(SubtitleFile.language, base))
    return sa.select(EventSession.id).where(EventSession.event_id == event.id, sa.or_(spoken, tracked, subtitled))


def is_in(column: orm.InstrumentedAttribute[str], base: str) -> sa.ColumnElement[bool]:
    """Whether a tag is of this base language, in lower case."""
    tag = sa.func.lower(column)
    return sa.or_(tag == base, tag.startswith(f"{base}-", autoescape=True))
