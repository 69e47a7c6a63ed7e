"""The programme of an event as a Schedule: what takes place, strictly by the format.

Sessions that wait for a time, are cancelled or postponed have no place in the format and stay out of it; the table
of `table.py` names their standing. Where people join never goes out.
"""

import hashlib
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

import sqlalchemy as sa
from sqlalchemy import orm

from app.config import LANGUAGES
from app.events.models import Event, Standing
from app.exchange import frab_json, frab_xml
from app.exchange.frab import Conference, Day, Link, Person, Schedule, Session, Texts, Track, clean, web_address
from app.exchange.frab import Room as SaidRoom
from app.exchange.times import parse_duration
from app.exchange.values import kind_of
from app.extensions import db
from app.languages.service import tracks_by_session
from app.lib import text
from app.lib.text import Translated
from app.lib.urls import absolute
from app.schedule.models import Appearance, EventSession, Part, SessionLink

_ACRONYM = re.compile(r"[a-z0-9_]{4,}")
_SLUG = re.compile(r"[a-z0-9_]{4,}-[0-9]{1,6}-[a-z0-9_-]{3,}[a-z0-9]")
_CODE = re.compile(r"[0-9A-Z]{6}")


_UNVERSIONED = "the version of this schedule"


def xml(event: Event, language: str = "") -> bytes:
    return _versioned(frab_xml.write(schedule_of(event, language)))


def json(event: Event, language: str = "") -> bytes:
    return _versioned(frab_json.write(schedule_of(event, language)))


def _versioned(written: bytes) -> bytes:
    """The version is made from all the rest: the same programme has the same one, wherever it is kept."""
    version = hashlib.blake2b(written, digest_size=5).hexdigest()
    return written.replace(_UNVERSIONED.encode(), version.encode(), 1)


def schedule_of(event: Event, language: str = "") -> Schedule:
    """With texts in `language` where they exist; else as they are spoken, else in the event's main language."""
    return _Export(event, language).schedule()


class _Export:
    def __init__(self, event: Event, language: str) -> None:
        self.event = event
        self.wanted = (language,) if language else ()
        rows = [row for row in sessions_of(event) if row.standing is Standing.CONFIRMED]
        self.ids = _numbers([(row.id, row.source.get("id")) for row in rows], unique=True)
        self.rows = sorted(rows, key=lambda row: (row.starts_at, self.ids[row.id]))
        speakers = {each.speaker.id: each.speaker for row in rows for each in row.appearances}
        self.person_ids = _numbers([(each.id, each.source.get("id")) for each in speakers.values()], unique=False)
        self.tracks = tracks_by_session([row.id for row in rows])
        self.rooms = _named(event.rooms, self.say)
        self.themes = _named(event.themes, self.say)
        said = str(event.source.get("acronym", "")) or event.slug
        acronym = re.sub(r"[^a-z0-9_]+", "_", said.lower())
        self.acronym = acronym if _ACRONYM.fullmatch(acronym) else f"{acronym}_schedule"
        self.slugs: set[str] = set()

    def say(self, value: Translated, spoken: tuple[str, ...] = ()) -> str:
        return clean(text.pick(value, (*self.wanted, *spoken, self.event.language)).text)

    def address(self, endpoint: str, **values: str) -> str:
        event = {"event": self.event.slug} if values else {}
        return absolute(endpoint, **event, **values, lang=page_language_of(self.event, *self.wanted))

    def texts(self, assumed: str, **values: Translated) -> Texts:
        """The texts that a reader of the plain schedule would not find again as they are."""
        return {name: dict(value) for name, value in values.items() if value and list(value) != [assumed]}

    def schedule(self) -> Schedule:
        return Schedule(self.conference(), [self.session(row) for row in self.rows], _UNVERSIONED)

    def conference(self) -> Conference:
        event, source = self.event, self.event.source
        days = [
            Day(day.isoformat(), *(moment.isoformat(timespec="seconds") for moment in event.day_bounds(day)))
            for day in event.days
        ]  # fmt: skip
        main = event.language
        length = parse_duration(str(source.get("timeslot", ""))) or timedelta(minutes=5)
        meta = source.get("meta")
        return Conference(
            title=self.say(event.title), acronym=self.acronym, start=days[0].date, end=days[-1].date, zone=event.zone,
            timeslot=_hours(length), days=days, languages=list(event.languages),
            base_url=web_address(source.get("base_url")) or self.address("site.home"),
            url=web_address(source.get("url")) or event.website,
            tracks=[
                Track(self.themes[row.id], row.slug, row.colour, self.texts(main, name=row.name))
                for row in event.themes
            ],
            rooms=[SaidRoom(self.rooms[row.id], row.guid, self.texts(main, name=row.name)) for row in event.rooms],
            texts=self.texts(main, title=event.title), extra={"meta": meta} if isinstance(meta, dict) else {},
        )  # fmt: skip

    def session(self, row: EventSession) -> Session:
        source, number = row.source, self.ids[row.id]
        assert row.starts_at is not None  # noqa: S101 - only sessions with times are asked for
        assert row.ends_at is not None  # noqa: S101 - and both or none
        begins, ends = (moment.astimezone(self.event.tzinfo) for moment in (row.starts_at, row.ends_at))
        assumed = row.languages[0] if row.languages else self.event.language
        spoken = (assumed,)
        kind = str(source.get("type", ""))
        code = str(source.get("code", ""))
        return Session(
            guid=row.guid, id=number, code=code if _CODE.fullmatch(code) else "", slug=self.slug(row, number),
            title=self.say(row.title, spoken), subtitle=self.say(row.subtitle, spoken),
            abstract=self.say(row.abstract, spoken), description=self.say(row.description, spoken),
            type=kind if kind and kind_of(kind) is row.kind else row.kind.value,
            language=", ".join(row.languages) or str(source.get("language", "")),
            room=self.rooms[row.room_id] if row.room_id else "",
            track=self.themes[row.theme_id] if row.theme_id else "",
            day=self.day(row).isoformat(), date=begins.isoformat(timespec="seconds"), start=begins.strftime("%H:%M"),
            end=ends.isoformat(timespec="seconds"), duration=_hours(row.ends_at - row.starts_at),
            logo=web_address(source.get("logo")),
            url=web_address(source.get("url")) or self.address("site.session", session=row.slug),
            feedback_url=web_address(source.get("feedback_url")), origin_url=web_address(source.get("origin_url")),
            recording_licence=clean(row.recording_licence), recording_url=self.recording(row),
            do_not_record=not row.recorded,
            persons=[self.person(each) for each in row.appearances],
            links=[self.link(link, spoken) for link in row.links if link.kind == "related"],
            attachments=[self.link(link, spoken) for link in row.links if link.kind != "related"],
            texts=self.texts(
                assumed, title=row.title, subtitle=row.subtitle, abstract=row.abstract, description=row.description
            ),
            followable=[(track.language, track.kind.value) for track in self.tracks[row.id]],
        )  # fmt: skip

    def recording(self, row: EventSession) -> str:
        """Also one that lies on this site, by its whole address."""
        return web_address(urljoin(self.address("site.home"), row.recording_url)) if row.recording_url else ""

    def person(self, appearance: Appearance) -> Person:
        row = appearance.speaker
        main = self.event.language
        return Person(
            self.say(row.name), row.guid, self.person_ids[row.id], biography=self.say(row.biography),
            role=appearance.part.value if appearance.part is not Part.SPEAKER else "",
            texts=self.texts(main, name=row.name, biography=row.biography)
            | self.texts("", affiliation=row.affiliation),
        )  # fmt: skip

    def link(self, row: SessionLink, spoken: tuple[str, ...]) -> Link:
        return Link(row.url, self.say(row.title, spoken), "slides" if row.kind == "slides" else "")

    def day(self, row: EventSession) -> date:
        """The programme day; what lies outside the event's days stands in the nearest."""
        assert row.starts_at  # noqa: S101 - only sessions with times are asked for
        return min(max(self.event.day_of(row.starts_at), self.event.starts_on), self.event.ends_on)

    def slug(self, row: EventSession, number: int) -> str:
        said = str(row.source.get("slug", ""))
        if not _SLUG.fullmatch(said) or said in self.slugs:
            said = f"{self.acronym}-{number % 1_000_000}-{text.slug(self.say(row.title), 'session')}"
            said = said if _SLUG.fullmatch(said) else f"{said}-session"
        self.slugs.add(said)
        return said


def page_language_of(event: Event, *wanted: str) -> str:
    """The language of the pages that an export leads to; never that of whoever asked for it first."""
    return next((tag for tag in (*wanted, *event.languages) if tag in LANGUAGES), LANGUAGES[0])


def sessions_of(event: Event) -> list[EventSession]:
    """The sessions of an event that have a time, in their order, with all that an export says of them."""
    return list(db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.event == event, EventSession.starts_at.is_not(None))
        .order_by(EventSession.starts_at, EventSession.id)
        .options(
            orm.selectinload(EventSession.links),
            orm.selectinload(EventSession.appearances).joinedload(Appearance.speaker),
            orm.joinedload(EventSession.theme), orm.joinedload(EventSession.room),
        )
    ))  # fmt: skip


def _numbers(rows: list[tuple[int, object]], unique: bool) -> dict[int, int]:
    """The whole number that each row goes out with: the one it came with, else one that depends on itself alone."""
    numbers: dict[int, int] = {}
    taken: set[int] = set()
    for row_id, said in rows:
        if isinstance(said, int) and said > 0 and not (unique and said in taken):
            numbers[row_id] = said
            taken.add(said)
    for row_id, _said in rows:
        if row_id not in numbers:
            number = row_id
            while number in taken:
                number += 100_000
            numbers[row_id] = number
            taken.add(number)
    return numbers


def _named(rows: list[Any], say: Any) -> dict[int, str]:
    """The name of each room or theme; the format tells them apart by name alone."""
    names: dict[int, str] = {}
    for row in rows:
        stem = found = say(row.name) or row.slug
        number = 1
        while found in names.values():
            number += 1
            found = f"{stem} ({number})"
        names[row.id] = found
    return names


def _hours(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
