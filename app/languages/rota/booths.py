"""Booths: pairs of languages. Which one serves a track, from the floor or by relay, follows from the languages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db
from app.languages.models import Booth, LanguageTrack
from app.lib.present import language_name
from app.lib.tags import base_language


class NameTaken(Exception):  # noqa: N818 - news for the organiser
    """Another booth of the event has this name."""


def of_event(event: Event) -> list[Booth]:
    """In the organisers' order."""
    found = sa.select(Booth).where(Booth.event_id == event.id).order_by(Booth.position, Booth.id)
    return list(db.session.scalars(found))


def of_number(event: Event, number: int) -> Booth | None:
    return db.session.scalar(sa.select(Booth).where(Booth.event_id == event.id, Booth.id == number))


def add(event: Event, name: str, languages: Sequence[str]) -> Booth:
    """Raises NameTaken."""
    known = of_event(event)
    _refuse_double(known, name)
    position = max((booth.position for booth in known), default=0) + 1
    booth = Booth(event=event, name=name, languages=list(languages), position=position)
    db.session.add(booth)
    db.session.flush()
    return booth


def change(booth: Booth, name: str, languages: Sequence[str]) -> None:
    """Raises NameTaken."""
    _refuse_double([each for each in of_event(booth.event) if each is not booth], name)
    booth.name, booth.languages = name, list(languages)
    db.session.flush()


def remove(booth: Booth) -> None:
    """Turns stay: they belong to tracks, and another booth may serve these."""
    for track in db.session.scalars(sa.select(LanguageTrack).where(LanguageTrack.booth_id == booth.id)):
        track.booth = None
    db.session.delete(booth)
    db.session.flush()


def add_missing(event: Event, tracks: Sequence[LanguageTrack]) -> list[Booth]:
    """Makes the booths that are lacking so that each track has one; those of sessions at the same time differ."""
    known, made = of_event(event), []
    while lacking := next((pair for track, booth in serving(tracks, known).items()
                           if booth is None and (pair := pair_of(track))), None):  # fmt: skip
        made.append(add(event, _free_name(lacking, known), sorted(lacking)))
        known.append(made[-1])
    return made


def _free_name(languages: Iterable[str], known: Iterable[Booth]) -> str:
    taken = {booth.name.casefold() for booth in known}
    name = " – ".join(language_name(tag) for tag in sorted(languages))
    names = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(each for each in names if each.casefold() not in taken)


def sources_of(track: LanguageTrack) -> list[str]:
    """The languages that are worked from: of the relay, or of the floor but for what needs no interpreting."""
    if track.via:
        return [track.via]
    return [tag for tag in track.session.languages if base_language(tag) != base_language(track.language)]


def pivots(tracks: Iterable[LanguageTrack]) -> dict[LanguageTrack, LanguageTrack | None]:
    """The track that each relay listens to; None for what is interpreted from the floor, and where it is missing."""
    tracks = list(tracks)
    into = {(track.session, base_language(track.language)): track for track in tracks}
    return {track: into.get((track.session, base_language(track.via))) if is_relay(track) else None for track in tracks}


def is_relay(track: LanguageTrack) -> bool:
    return bool(track.via) and base_language(track.via) not in map(base_language, track.session.languages)


def pair_of(track: LanguageTrack) -> frozenset[str] | None:
    """The languages of a booth that could serve it; None when nothing is to be interpreted."""
    sources = sources_of(track)
    return frozenset((base_language(sources[0]), base_language(track.language))) if sources else None


def serving(tracks: Iterable[LanguageTrack], booths: Sequence[Booth]) -> Mapping[LanguageTrack, Booth | None]:
    """The booth of each track with a time: the one that was chosen, else the first that fits and is free then."""
    by_time = sorted(tracks, key=lambda track: (track.session.starts_at, track.session.id, track.language))
    chosen: dict[LanguageTrack, Booth | None] = {track: track.booth for track in by_time}
    busy: dict[Booth, list[tuple[datetime, datetime]]] = {booth: [] for booth in booths}
    for track, booth in chosen.items():
        if booth is not None:
            busy.setdefault(booth, []).append(_times(track))
    for track in by_time:
        if chosen[track] is None:
            fitting = (booth for booth in booths if fits(booth, track) and _is_free(busy[booth], _times(track)))
            if (booth := next(fitting, None)) is not None:
                chosen[track] = booth
                busy[booth].append(_times(track))
    return chosen


def fits(booth: Booth, track: LanguageTrack) -> bool:
    """Whether it works into the track's language, from one that is spoken or relayed."""
    languages = {base_language(tag) for tag in booth.languages}
    target = base_language(track.language)
    return target in languages and any({base_language(source), target} == languages for source in sources_of(track))


def _times(track: LanguageTrack) -> tuple[datetime, datetime]:
    start, end = track.session.starts_at, track.session.ends_at
    assert start is not None  # noqa: S101 - the caller asks about what is scheduled
    assert end is not None  # noqa: S101 - the same
    return start, end


def _is_free(taken: Iterable[tuple[datetime, datetime]], wanted: tuple[datetime, datetime]) -> bool:
    return all(end <= wanted[0] or wanted[1] <= start for start, end in taken)


def _refuse_double(known: Iterable[Booth], name: str) -> None:
    if any(booth.name.casefold() == name.casefold() for booth in known):
        raise NameTaken
