"""schedule.json: bytes to a Schedule and back, in the form of 2019 and, for reading, in the second form of the hub.

JSON has types, so a known property of a wrong type refuses the file, with its path. What goes out is valid by the
official schema, which forbids unknown properties; translations and language tracks stand in `conference.meta`,
the one place that is open.
"""

import json
from typing import Any, TypeVar

from flask_babel import gettext as _

from app.exchange.frab import (
    Conference,
    Day,
    Link,
    Person,
    Report,
    Room,
    Schedule,
    Session,
    Texts,
    Track,
    Unreadable,
    bare,
    clean,
)

SCHEMA = "https://c3voc.de/schedule/schema.json"
LINK_TYPES = {"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"}
CONFERENCE_KNOWN = {
    "title", "acronym", "start", "end", "daysCount", "time_zone_name", "timeslot_duration", "base_url", "url",
    "tracks", "rooms", "days", "languages", "meta",
}  # fmt: skip
SESSION_KNOWN = {
    "title", "guid", "id", "code", "slug", "subtitle", "abstract", "description", "type", "language", "room", "track",
    "date", "start", "end", "duration", "logo", "url", "feedback_url", "origin_url", "recording_license",
    "do_not_record", "persons", "participants", "links", "attachments", "state",
}  # fmt: skip
PERSON_KNOWN = {"id", "guid", "code", "name", "public_name", "biography", "role"}

Kind = TypeVar("Kind")


def read(data: bytes) -> Schedule:
    """Raises Unreadable."""
    try:
        root = json.loads(data)
    except json.JSONDecodeError as fault:
        place = _("line %(line)s, column %(column)s", line=fault.lineno, column=fault.colno)
        raise Unreadable(place, fault.msg) from fault
    except UnicodeDecodeError as fault:
        raise Unreadable(_("byte %(number)s", number=fault.start), _("The text is not UTF-8.")) from fault
    except RecursionError as fault:
        raise Unreadable("", _("The file is nested too deeply.")) from fault
    except ValueError as fault:
        raise Unreadable("", _("A number in the file is too long.")) from fault
    if not isinstance(root, dict) or not isinstance(root.get("schedule"), dict):
        raise Unreadable("", _("This JSON is no schedule: it has no object “schedule” at its top."))
    return _Reader().schedule(root["schedule"])


class _Reader:
    def __init__(self) -> None:
        self.report = Report()

    def schedule(self, said: dict[str, Any]) -> Schedule:
        place = "schedule"
        found = _value(said, "conference", dict, place)
        if found is None:
            raise Unreadable(place, _("“conference” is missing."))
        conference = self.conference(found, f"{place}.conference")
        conference.base_url = conference.base_url or _text(said, "base_url", place)
        schedule = Schedule(conference, version=_text(said, "version", place), report=self.report)
        biographies = {_text(person, "guid", at): person for person, at in _objects(said, "persons", place)}
        for day, at in _objects(found, "days", f"{place}.conference"):
            schedule.sessions += self.day(conference, day, at)
        tracks = {track.slug: track.name for track in conference.tracks if track.slug}
        for event, at in _objects(said, "events", place):
            session = self.session(event, at, "", self.room_name(conference, event, at))
            session.track = tracks.get(session.track, session.track)
            schedule.sessions.append(session)
        for person in (person for session in schedule.sessions for person in session.persons):
            if more := biographies.get(person.guid) if person.guid else None:
                person.biography = person.biography or _localised(more, "biography", person.place)[0]
                person.extra |= bare({key: value for key, value in more.items() if key not in PERSON_KNOWN})
        self.own(found, schedule)
        return schedule

    def conference(self, said: dict[str, Any], place: str) -> Conference:
        title = _text(said, "title", place)
        return Conference(
            title=title, acronym=_text(said, "acronym", place), start=_text(said, "start", place),
            end=_text(said, "end", place), days_count=_value(said, "daysCount", int, place),
            zone=_text(said, "time_zone_name", place), timeslot=_text(said, "timeslot_duration", place),
            base_url=_text(said, "base_url", place), url=_text(said, "url", place),
            languages=[tag for tag in _value(said, "languages", list, place) or [] if isinstance(tag, str)],
            tracks=[
                Track(_text(track, "name", at), _text(track, "slug", at),
                      _text(track, "color", at) or _text(_value(track, "colors", dict, at) or {}, "light", at))
                for track, at in _objects(said, "tracks", place)
            ],
            rooms=[Room(name, _text(room, "guid", at)) for room, at in _objects(said, "rooms", place)
                   if (name := _text(room, "name", at))],
            extra=bare({key: value for key, value in said.items() if key not in CONFERENCE_KNOWN}),
            place=place,
        )  # fmt: skip

    def day(self, conference: Conference, said: dict[str, Any], place: str) -> list[Session]:
        day = Day(_text(said, "date", place), place=place)
        day.start = _text(said, "day_start", place) or _text(said, "start", place)
        day.end = _text(said, "day_end", place) or _text(said, "end", place)
        conference.days.append(day)
        found: list[Session] = []
        for name in _value(said, "rooms", dict, place) or {}:
            room = clean(name)
            if room and room not in {each.name for each in conference.rooms}:
                conference.rooms.append(Room(room))
            for event, at in _objects(said["rooms"], name, f"{place}.rooms"):
                session = self.session(event, at, day.date, room)
                named = _text(event, "room", at)
                if named and named != room:
                    sentence = _("The session names another room than the one it stands in; that one counts")
                    self.report.note(sentence, at, named)
                found.append(session)
        return found

    def room_name(self, conference: Conference, event: dict[str, Any], place: str) -> str:
        said = _value(event, "room", dict, place) or {}
        guid, name = _text(said, "guid", f"{place}.room"), _text(said, "name", f"{place}.room")
        for room in conference.rooms:
            if (guid and room.guid == guid) or (not guid and room.name == name):
                return room.name
        if name:
            conference.rooms.append(Room(name, guid))
        return name

    def session(self, said: dict[str, Any], place: str, day: str, room: str) -> Session:
        # In the second form `start` is a moment and `track` an object; `date` is gone.
        start, end = _text(said, "start", place), _text(said, "end", place)
        track = said.get("track")
        logo = said.get("logo")
        abstract, abstracts = _localised(said, "abstract", place)
        description, descriptions = _localised(said, "description", place)
        session = Session(
            title=_text(said, "title", place), guid=_text(said, "guid", place), id=_value(said, "id", int, place),
            code=_text(said, "code", place), slug=_text(said, "slug", place), subtitle=_text(said, "subtitle", place),
            abstract=abstract, description=description, type=_text(said, "type", place),
            language=_text(said, "language", place), room=room, day=day,
            track=_text(track, "slug", f"{place}.track") if isinstance(track, dict) else _text(said, "track", place),
            date=_text(said, "date", place) or (start if "T" in start else ""),
            start="" if "T" in start else start, end=end, duration=_text(said, "duration", place),
            logo=_text(logo, "url", f"{place}.logo") if isinstance(logo, dict) else _text(said, "logo", place),
            url=_text(said, "url", place), feedback_url=_text(said, "feedback_url", place),
            origin_url=_text(said, "origin_url", place), recording_licence=_text(said, "recording_license", place),
            do_not_record=bool(_value(said, "do_not_record", bool, place)),
            persons=[
                self.person(person, at)
                for key in ("persons", "participants") for person, at in _objects(said, key, place)
            ],
            links=[self.link(link, at) for link, at in _objects(said, "links", place)],
            attachments=[self.link(link, at) for link, at in _objects(said, "attachments", place)],
            extra=bare({key: value for key, value in said.items() if key not in SESSION_KNOWN}),
            texts=bare({"abstract": abstracts, "description": descriptions}), place=place,
        )  # fmt: skip
        if state := _text(said, "state", place):
            session.extra["state"] = state
        for link in [link for link in session.links if link.type in ("feedback", "origin")]:
            session.links.remove(link)
            setattr(session, f"{link.type}_url", link.url)
        return session

    def person(self, said: dict[str, Any], place: str) -> Person:
        return Person(
            _text(said, "name", place) or _text(said, "public_name", place), _text(said, "guid", place),
            _value(said, "id", int, place), _text(said, "code", place), _localised(said, "biography", place)[0],
            _text(said, "role", place).lower(),
            bare({key: value for key, value in said.items() if key not in PERSON_KNOWN}), place=place,
        )  # fmt: skip

    def link(self, said: dict[str, Any], place: str) -> Link:
        return Link(_text(said, "url", place), _text(said, "title", place), _text(said, "type", place).lower())

    def own(self, conference: dict[str, Any], schedule: Schedule) -> None:
        """What we wrote into `meta` ourselves; anything else there is kept as it is."""
        place = "schedule.conference.meta"
        meta = _value(conference, "meta", dict, "schedule.conference") or {}
        own = _value(meta, "polyforum", dict, place) or {}
        if rest := {key: value for key, value in meta.items() if key != "polyforum"}:
            schedule.conference.extra["meta"] = rest
        texts = _value(own, "texts", dict, f"{place}.polyforum") or {}
        tracks = _value(own, "language_tracks", dict, f"{place}.polyforum") or {}
        recordings = _value(own, "recordings", dict, f"{place}.polyforum") or {}
        languages = _value(own, "languages", list, f"{place}.polyforum") or []
        schedule.conference.languages += [tag for tag in languages if isinstance(tag, str)]
        for key, thing in _keyed(schedule):
            thing.texts |= {
                name: {tag: clean(text) for tag, text in said.items() if isinstance(text, str)}
                for name, said in (_value(texts, key, dict, place) or {}).items() if isinstance(said, dict)
            }  # fmt: skip
            if isinstance(thing, Session):
                thing.recording_url = _text(recordings, key, place)
                said = [each.split("/") for each in _value(tracks, key, list, place) or [] if isinstance(each, str)]
                thing.followable = [(each[0], each[1]) for each in said if len(each) == 2]


def _keyed(schedule: Schedule) -> list[tuple[str, Any]]:
    """Everything that can have translations, by what names it in the file."""
    return [
        ("conference", schedule.conference),
        *((f"track {track.name}", track) for track in schedule.conference.tracks),
        *((f"room {room.name}", room) for room in schedule.conference.rooms),
        *((session.guid, session) for session in schedule.sessions),
        *((person.guid, person) for session in schedule.sessions for person in session.persons),
    ]


def _value(said: dict[str, Any], key: str, kind: type[Kind], place: str) -> Kind | None:
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        kinds = {
            int: _("a whole number"), str: _("a text"), list: _("a list"), dict: _("an object"),
            bool: _("true or false"),
        }  # fmt: skip
        shown = json.dumps(value, ensure_ascii=False)
        shown = clean(shown if len(shown) < 60 else f"{shown[:57]}…")
        raise Unreadable(f"{place}.{key}", _("%(value)s is not %(kind)s.", value=shown, kind=kinds[kind]))
    if isinstance(value, int) and abs(value) >= 10**15:
        raise Unreadable(f"{place}.{key}", _("The number is too large."))
    return value


def _text(said: dict[str, Any], key: str, place: str) -> str:
    return clean(_value(said, key, str, place) or "")


def _localised(said: dict[str, Any], key: str, place: str) -> tuple[str, dict[str, str]]:
    """A text that may be given in several languages: the first, and all if there are languages."""
    if not isinstance(said.get(key), dict):
        return _text(said, key, place), {}
    texts = {tag: _text(said[key], tag, f"{place}.{key}") for tag in said[key]}
    return next(iter(texts.values()), ""), texts


def _objects(said: dict[str, Any], key: str, place: str) -> list[tuple[dict[str, Any], str]]:
    """The objects of a list, each with its path."""
    path = f"{place}.{key}" if key.isidentifier() else f"{place}[{json.dumps(key, ensure_ascii=False)}]"
    found = []
    for number, item in enumerate(_value(said, key, list, place) or []):
        if not isinstance(item, dict):
            raise Unreadable(f"{path}[{number}]", _("This is not an object."))
        found.append((item, f"{path}[{number}]"))
    return found


def write(schedule: Schedule) -> bytes:
    said = schedule.conference
    texts: dict[str, Texts] = {key: thing.texts for key, thing in _keyed(schedule) if thing.texts}
    tracks = {
        session.guid: [f"{language}/{kind}" for language, kind in session.followable]
        for session in schedule.sessions if session.followable
    }  # fmt: skip
    recordings = {session.guid: session.recording_url for session in schedule.sessions if session.recording_url}
    own = bare({"languages": said.languages, "texts": texts, "language_tracks": tracks, "recordings": recordings})
    sessions: dict[str, dict[str, list[Any]]] = {}
    for session in schedule.sessions:
        rooms = sessions.setdefault(session.day, {})
        rooms.setdefault(session.room, []).append(_session(session))
    conference = bare({
        "acronym": said.acronym, "title": said.title, "start": said.start, "end": said.end,
        "daysCount": len(said.days), "timeslot_duration": said.timeslot, "time_zone_name": said.zone, "url": said.url,
        "tracks": [bare({"name": track.name, "slug": track.slug, "color": track.colour}) for track in said.tracks],
        "rooms": [{"name": room.name, "guid": room.guid} for room in said.rooms],
        "meta": bare({**said.extra.get("meta", {}), "polyforum": own}),
    })  # fmt: skip
    order = [room.name for room in said.rooms] + [""]
    conference["days"] = [
        {
            "index": index, "date": day.date, "day_start": day.start, "day_end": day.end,
            "rooms": {name: sessions[day.date][name] for name in order if name in sessions.get(day.date, {})},
        }
        for index, day in enumerate(said.days, start=1)
    ]  # fmt: skip
    root = {
        "$schema": SCHEMA,
        "generator": {"name": "Polyforum"},
        "schedule": {"version": schedule.version, "base_url": said.base_url, "conference": conference},
    }
    return json.dumps(root, ensure_ascii=False, indent=1).encode() + b"\n"


def _session(session: Session) -> dict[str, Any]:
    said = {
        "guid": session.guid, "id": session.id, "logo": session.logo or None, "date": session.date,
        "start": session.start, "end": session.end, "duration": session.duration, "room": session.room,
        "slug": session.slug, "url": session.url, "title": session.title, "subtitle": session.subtitle,
        "track": session.track or None, "type": session.type, "language": session.language,
        "abstract": session.abstract, "description": session.description,
        "recording_license": session.recording_licence, "do_not_record": session.do_not_record,
        "persons": [
            bare({"id": person.id, "guid": person.guid, "name": person.name, "biography": person.biography,
                  "role": person.role})
            for person in session.persons
        ],
        "links": [_link(link) for link in session.links],
        "attachments": [_link(link) for link in session.attachments],
    }  # fmt: skip
    return said | bare({name: getattr(session, name) for name in ("code", "feedback_url", "origin_url")})


def _link(link: Link) -> dict[str, str]:
    kind = link.type if link.type in LINK_TYPES else ""
    return {"url": link.url} | bare({"title": link.title, "type": kind})
