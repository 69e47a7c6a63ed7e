"""The rooms and themes of a schedule: made where they are new, in the file's order."""

import re
from typing import TypeVar

from flask_babel import gettext as _

from app.events.models import Event, Room, Theme, new_guid
from app.exchange.frab import Conference, Report, Track
from app.exchange.frab import Room as SaidRoom
from app.exchange.values import as_guid, merged
from app.lib import text

Place = TypeVar("Place", Room, Theme)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Places:
    """Rooms and themes are known by their names, in whatever language; a renamed room by its guid."""

    def __init__(self, event: Event, conference: Conference, report: Report) -> None:
        self.event, self.report = event, report
        self.rooms: dict[str, Room] = {}
        self.themes: dict[str, Theme] = {}
        self.guids: set[str] = set()
        said_names = {room.name for room in conference.rooms}
        for room in conference.rooms:
            if room.name not in self.rooms:
                self.rooms[room.name] = self._room(room, len(self.rooms), said_names, conference.place)
        for track in conference.tracks:
            if track.name and track.name not in self.themes:
                self.themes[track.name] = self._theme(track)

    def room(self, name: str) -> Room | None:
        return self.rooms.get(name)

    def theme(self, name: str) -> Theme | None:
        if name and name not in self.themes:
            self.themes[name] = self._theme(Track(name))
        return self.themes.get(name)

    def _room(self, said: SaidRoom, position: int, said_names: set[str], place: str) -> Room:
        guid = as_guid(said.guid)
        if guid in self.guids:
            self.report.note(_("Two rooms of one guid: the second got its own"), place, said.name)
            guid = ""
        row = _named(self.event.rooms, said.name) or next(
            (room for room in self.event.rooms if guid == room.guid and not said_names & set(room.name.values())), None
        )
        if row is None:
            row = Room(guid=guid or new_guid(), slug=_free_slug(said.name, "room", self.event.rooms), name={})
            self.event.rooms.append(row)
        if guid:
            row.guid = guid
            self.guids.add(guid)
        row.name = merged(row.name, said.name, self.event.language, said.texts.get("name", {}))
        row.position = position
        return row

    def _theme(self, said: Track) -> Theme:
        row = _named(self.event.themes, said.name)
        if row is None:
            row = Theme(slug=_free_slug(said.slug or said.name, "theme", self.event.themes), name={})
            self.event.themes.append(row)
        row.name = merged(row.name, said.name, self.event.language, said.texts.get("name", {}))
        row.position = len(self.themes)
        if _COLOUR.fullmatch(said.colour):
            row.colour = said.colour.lower()
        return row


def _named(rows: list[Place], name: str) -> Place | None:
    return next((row for row in rows if name in row.name.values()), None)


def _free_slug(said: str, fallback: str, rows: list[Place]) -> str:
    return text.free_slug(text.slug(said, fallback), {row.slug for row in rows})
