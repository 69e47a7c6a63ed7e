"""The people of a schedule: which speaker each entry means."""

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, new_guid
from app.exchange.frab import Person, Report, Session, bare
from app.exchange.values import merged
from app.extensions import db
from app.lib import text
from app.schedule.models import Part
from app.speakers.models import Speaker

Cast = list[tuple[Speaker, Part]]


class People:
    """A person is known by guid, code, id or name, whichever comes first.

    Merged files use one id for different people: each name under an id is a person. The guid that goes out is
    random: a file's own is taken over only if it is a random one (version 4), since others may be made from an
    address; it is remembered in `source`, so that the same person is found again.
    """

    def __init__(self, event: Event, sessions: list[Session], report: Report) -> None:
        self.event, self.report = event, report
        rows = db.session.scalars(sa.select(Speaker).where(Speaker.event == event)).all() if event.id else []
        self.by_guid = {row.guid: row for row in rows}
        self.by_key = {str(row.source["key"]): row for row in rows if "key" in row.source}
        self.slugs = {row.slug for row in rows}
        self.seen: dict[str, Speaker] = {}
        self.first_names: dict[str, str] = {}
        for person in (person for session in sessions for person in session.persons):
            self.first_names.setdefault(_key(person), person.name)

    def of(self, session: Session, parts: dict[Speaker, Part]) -> Cast:
        """Who is in a session as what; without a role in the file, as what they are already there (`parts`)."""
        cast: Cast = []
        for person in session.persons:
            if not person.name:
                self.report.note(_("Not kept: a person without a name"), person.place or session.place)
                continue
            speaker = self._speaker(person)
            if person.role in ("", "speaker", "moderator"):
                part = Part(person.role) if person.role else parts.get(speaker, Part.SPEAKER)
            else:
                self.report.note(_("Kept as a speaker: a person in another role"), person.place, person.role)
                part = Part.SPEAKER
            if (speaker, part) in cast:
                self.report.note(_("Left out: the same person twice in a session"), person.place, person.name)
            else:
                cast.append((speaker, part))
        return cast

    def _speaker(self, person: Person) -> Speaker:
        key = _key(person)
        if person.name != self.first_names[key]:
            other, key = self.first_names[key], f"{key}/{person.name}"
            if key not in self.seen:
                sentence = _("One id stands for several people; each was kept")
                self.report.note(sentence, person.place, f"{other} / {person.name}")
        if key not in self.seen:
            self.seen[key] = self._row(person, key)
        return self.seen[key]

    def _row(self, person: Person, key: str) -> Speaker:
        guid = _random_guid(person.guid)
        row = self.by_guid.get(guid) or self.by_key.get(key)
        if row is None:
            if person.guid and not guid:
                self.report.note(_("The guid of a person is not a random one: they got one"), person.place, person.name)
            row = Speaker(event=self.event, guid=guid or new_guid(), slug=self._slug(person), name={}, biography={},
                          affiliation={}, source={})  # fmt: skip
            db.session.add(row)
            self.by_guid[row.guid] = row
        language = self.event.language
        row.name = merged(row.name, person.name, language, person.texts.get("name", {}))
        if person.biography:
            row.biography = merged(row.biography, person.biography, language, person.texts.get("biography", {}))
        if affiliation := person.texts.get("affiliation"):
            row.affiliation = affiliation
        row.source = bare({"key": key, "id": person.id, "code": person.code, **person.extra})
        return row

    def _slug(self, person: Person) -> str:
        found = text.free_slug(text.slug(person.name, "speaker"), self.slugs)
        self.slugs.add(found)
        return found


def _key(person: Person) -> str:
    if person.guid:
        return f"guid {person.guid.lower()}"
    if person.code:
        return f"code {person.code}"
    return f"id {person.id}" if person.id else f"name {person.name}"


def _random_guid(said: str) -> str:
    try:
        guid = uuid.UUID(said)
    except ValueError:
        return ""
    return str(guid) if guid.version == 4 else ""
