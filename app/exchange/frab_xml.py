"""schedule.xml: bytes to a Schedule and back.

Read liberally: every real file fails the official schema. Written strictly: what goes out is valid by the official
schema and by the older one that many readers still hold to, so it carries only what both allow.
"""

from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from flask_babel import gettext as _

from app.exchange.frab import Conference, Day, Link, Person, Report, Room, Schedule, Session, Track, Unreadable, clean

SESSION_TEXTS = {
    "title", "subtitle", "slug", "abstract", "description", "type", "language", "track", "date", "start", "duration",
    "logo", "url", "feedback_url", "origin_url",
}  # fmt: skip
SESSION_PARTS = SESSION_TEXTS | {"room", "persons", "links", "attachments", "recording"}
CONFERENCE_TEXTS = {
    "title", "acronym", "start", "end", "days", "timeslot_duration", "base_url", "url", "time_zone_name", "day_change",
}  # fmt: skip


class _Builder(ET.TreeBuilder):
    """Remembers the line that each element begins in, for the report."""

    parser: Any = None

    def start(self, tag: Any, attributes: Any) -> Any:
        element = super().start(tag, attributes)
        self.lines[element] = self.parser.parser.CurrentLineNumber
        return element

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[ET.Element, int] = {}


def read(data: bytes) -> Schedule:
    """Raises Unreadable."""
    builder = _Builder()
    parser = DefusedXMLParser(target=builder)
    builder.parser = parser
    try:
        parser.feed(data)
        root = parser.close()
    except ParseError as fault:
        line, column = fault.position
        reason = str(fault).split(":")[0]
        raise Unreadable(_("line %(line)s, column %(column)s", line=line, column=column + 1), reason) from fault
    except DefusedXmlException as fault:
        raise Unreadable("", _("The file defines XML entities, which a schedule never needs.")) from fault
    except (ValueError, LookupError) as fault:
        raise Unreadable("", _("The file's character encoding is not known.")) from fault
    return _Reader(builder.lines).schedule(root)


class _Reader:
    def __init__(self, lines: dict[ET.Element, int]) -> None:
        self.lines = lines
        self.report = Report()

    def place(self, element: ET.Element) -> str:
        line = _("line %(line)s", line=self.lines[element])
        number = element.get("id")
        return f"{line} ({element.tag} {number})" if number else line

    def schedule(self, root: ET.Element) -> Schedule:
        if root.tag != "schedule":
            raise Unreadable(self.place(root), _("The root is <%(tag)s>, not <schedule>.", tag=root.tag))
        conference_element = root.find("conference")
        if conference_element is None:
            raise Unreadable(self.place(root), _("There is no <conference> in the schedule."))
        conference = self.conference(conference_element)
        conference.tracks += [Track(name) for track in root.iterfind("tracks/track") if (name := text_of(track))]
        if missing := [name for name in ("version",) if root.find(name) is None]:
            self.report.note(_("Missing in the file"), self.place(root), ", ".join(missing))
        schedule = Schedule(conference, version=child(root, "version"), report=self.report)
        rooms: dict[str, Room] = {}
        for day in root.iterfind("day"):
            conference.days.append(
                Day(day.get("date", ""), day.get("start", ""), day.get("end", ""), place=self.place(day))
            )
            for room in day.iterfind("room"):
                name = clean(room.get("name", ""))
                rooms.setdefault(name, Room(name, room.get("guid", "")))
                date = day.get("date", "")
                schedule.sessions += [self.session(event, date, name) for event in room.iterfind("event")]
                self.unknown(room, {"event"}, {"name", "guid"})
            self.unknown(day, {"room"}, {"index", "date", "start", "end"})
        conference.rooms = [room for room in rooms.values() if room.name]
        for track in root.iterfind("tracks/track"):
            self.unknown(track, set(), set())
        self.unknown(root, {"version", "conference", "tracks", "day", "generator", "url"}, set(root.keys()))
        return schedule

    def conference(self, element: ET.Element) -> Conference:
        count = child(element, "days")
        return Conference(
            title=child(element, "title"), acronym=child(element, "acronym"), start=child(element, "start"),
            end=child(element, "end"), days_count=int(count) if count.isascii() and count.isdigit() else None,
            zone=child(element, "time_zone_name"), timeslot=child(element, "timeslot_duration"),
            base_url=child(element, "base_url"), url=child(element, "url"), day_change=child(element, "day_change"),
            tracks=[
                Track(name, track.get("slug", ""), track.get("color", ""))
                for track in element.iterfind("track") if (name := clean(track.get("name", "")) or text_of(track))
            ],
            extra={part.tag: text for part in element
                   if part.tag not in CONFERENCE_TEXTS | {"track"} and (text := text_of(part))},
            place=self.place(element),
        )  # fmt: skip

    def session(self, event: ET.Element, day: str, room: str) -> Session:
        place = self.place(event)
        recording = event.find("recording")
        said: dict[str, Any] = {name: child(event, name) for name in SESSION_TEXTS}
        extra: dict[str, Any] = {
            part.tag: text for part in event if part.tag not in SESSION_PARTS and (text := text_of(part))
        }
        if (named := child(event, "room")) and named != room:
            sentence = _("The session names another room than the one it stands in; that one counts")
            self.report.note(sentence, place, named)
            extra["room"] = named
        self.unknown(event, {part.tag for part in event}, {"id", "guid", "code"})
        return Session(
            **said, guid=event.get("guid", ""), id=self.number(event), code=event.get("code", ""), day=day, room=room,
            persons=[
                Person(text_of(person), person.get("guid", ""), self.number(person), person.get("code", ""),
                       place=self.place(person))
                for person in event.iterfind("persons/person")
            ],
            links=[self.link(each) for each in event.iterfind("links/link")],
            attachments=[self.link(each) for each in event.iterfind("attachments/attachment")],
            recording_licence=child(recording, "license"),
            recording_url=child(recording, "url") or child(recording, "link"),
            do_not_record=child(recording, "optout").lower() in ("true", "1", "yes"),
            extra=extra, place=place,
        )  # fmt: skip

    def number(self, element: ET.Element) -> int | None:
        said = element.get("id", "").strip()
        if said.isascii() and said.isdigit() and len(said) < 16:
            return int(said)
        if said:
            self.report.note(_("The id is no whole number and was left out"), self.place(element), said)
        return None

    def link(self, element: ET.Element) -> Link:
        return Link(element.get("href", "").strip(), text_of(element), element.get("type", ""))

    def unknown(self, element: ET.Element, parts: set[str], attributes: set[str]) -> None:
        for part in element:
            if part.tag not in parts:
                self.report.note(_("Not kept: an element that the format does not know"), self.place(part), part.tag)
        for name in sorted(set(element.keys()) - attributes):
            self.report.note(_("Not kept: an attribute that the format does not know"), self.place(element), name)


def child(element: ET.Element | None, name: str) -> str:
    return clean(element.findtext(name, "")) if element is not None else ""


def text_of(element: ET.Element) -> str:
    return clean("".join(element.itertext()))


def write(schedule: Schedule) -> bytes:
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", name="Polyforum")
    _texts(root, version=schedule.version)
    said = schedule.conference
    _texts(
        ET.SubElement(root, "conference"), acronym=said.acronym, title=said.title, start=said.start, end=said.end,
        days=str(len(said.days)), timeslot_duration=said.timeslot, base_url=said.base_url, time_zone_name=said.zone,
    )  # fmt: skip
    sessions: dict[tuple[str, str], list[Session]] = {}
    for session in schedule.sessions:
        sessions.setdefault((session.day, session.room), []).append(session)
    for index, day in enumerate(said.days, start=1):
        element = ET.SubElement(root, "day", index=str(index), date=day.date, start=day.start, end=day.end)
        # Every room stands in every day, so that an empty one and their order are kept.
        for room in [*said.rooms, Room("")]:
            if room.name or (day.date, "") in sessions:
                within = ET.SubElement(element, "room", name=room.name)
                if room.guid:
                    within.set("guid", room.guid)
                for session in sessions.get((day.date, room.name), []):
                    _write_session(within, session)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _write_session(room: ET.Element, session: Session) -> None:
    event = ET.SubElement(room, "event", guid=session.guid, id=str(session.id))
    _texts(
        event, room=session.room, title=session.title, subtitle=session.subtitle, type=session.type,
        date=session.date, start=session.start, duration=session.duration, abstract=session.abstract,
        slug=session.slug, track=session.track, logo=session.logo, language=session.language,
        description=session.description,
    )  # fmt: skip
    persons = ET.SubElement(event, "persons")
    for person in session.persons:
        attributes = {"guid": person.guid} | ({"id": str(person.id)} if person.id else {})
        ET.SubElement(persons, "person", attributes).text = person.name
    recording = ET.SubElement(event, "recording")
    _texts(recording, license=session.recording_licence, optout=str(session.do_not_record).lower())
    if session.recording_url:
        _texts(recording, url=session.recording_url)
    for name, links in (("link", session.links), ("attachment", session.attachments)):
        within = ET.SubElement(event, f"{name}s")
        for link in links:
            ET.SubElement(within, name, href=link.url).text = link.title
    _texts(event, **{name: url for name in ("url", "feedback_url") if (url := getattr(session, name))})


def _texts(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = clean(text)
