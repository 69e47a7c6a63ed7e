"""A Schedule becomes rows of an event: made, or brought up to date, in the caller's transaction.

What decides who is who:

- A session is known by its guid; without one that is a UUID, by a UUID made from the event's and the file's guid,
  id, slug or title. Real files repeat a guid for the second showing of a session: an entry that is the same word for
  word is listed and left out, one that differs is a session of its own with a guid made from its number. So a file
  has as many sessions here as it has entries that differ.
- A session that a file no longer has is cancelled and stays, since people may have it on their agenda; if a later
  file has it again, it takes place after all. Sessions that no file ever had are left alone.
- Sessions outside the file's days are kept and listed; the days are not stretched for what may be a slip.

The event itself, persons, themes and rooms are in `event_in`, `people_in` and `places_in`.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from app.events.models import Event, Standing
from app.exchange import times
from app.exchange.event_in import describe, new_event
from app.exchange.frab import Report, Schedule, Session, bare
from app.exchange.people_in import People
from app.exchange.places_in import Places
from app.exchange.values import as_guid, kind_of, languages_of, merged, usable_link
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind
from app.languages.service import plan_of
from app.lib import text
from app.lib.signed import is_sign_language
from app.lib.text import Translated
from app.people.models import Account
from app.schedule import service as schedule_service
from app.schedule.models import Appearance, EventSession

Progress = Callable[[Iterable[Session]], Iterable[Session]]


@dataclass(slots=True)
class Outcome:
    event: Event
    report: Report
    days: int
    rooms: int
    sessions: int
    persons: int
    made: int
    changed: int
    cancelled: int


def import_schedule(
    schedule: Schedule, event: Event | None = None, *, slug: str = "", zone: str = "",
    progress: Progress = iter, account: Account | None = None,
) -> Outcome:  # fmt: skip
    """Brings `event`, or a new one at `slug`, to what the schedule says. Raises Unreadable; the caller rolls back."""
    with db.session.no_autoflush:
        return _Import(schedule, event, slug, zone, account).run(progress)


class _Import:
    def __init__(self, schedule: Schedule, event: Event | None, slug: str, zone: str, account: Account | None) -> None:
        self.schedule, self.account = schedule, account
        self.conference = schedule.conference
        self.report = schedule.report
        self.zone = times.choose_zone(self.conference, zone, event.zone if event else "", self.report)
        self.known = _sessions_of(event) if event else {}
        self.event = event or new_event(schedule, slug)
        describe(self.event, self.conference, self.zone, self.report, is_empty=not self.known)
        self.places = Places(self.event, self.conference, self.report)
        self.people = People(self.event, schedule.sessions, self.report)
        self.slugs = {row.slug for row in self.known.values()}
        self.slot = times.time_slot(self.conference)
        self.made = self.changed = 0

    def run(self, progress: Progress) -> Outcome:
        rows: dict[str, EventSession] = {}
        persons: set[str] = set()
        for guid, session in self._identified(progress(self.schedule.sessions)):
            row = rows[guid] = self._session(guid, session)
            persons.update(appearance.speaker.guid for appearance in row.appearances)
        cancelled = self._cancel_missing(rows)
        db.session.flush()
        days = len(self.conference.days) or len(self.event.days)
        return Outcome(
            self.event,
            self.report,
            days,
            len(self.places.rooms),
            len(rows),
            len(persons),
            self.made,
            self.changed,
            cancelled,
        )

    def _identified(self, sessions: Iterable[Session]) -> Iterable[tuple[str, Session]]:
        seen: dict[str, list[Session]] = {}
        ids: set[int] = set()
        for session in sessions:
            if session.id in ids:
                self.report.note(_("An id that another session has too"), session.place, session.id)
            ids |= {session.id} if session.id else set()
            said = as_guid(session.guid) or session.guid
            said = said or (f"id {session.id}" if session.id else session.slug or session.title)
            same = seen.setdefault(said, [])
            if session in same:
                self.report.note(_("Left out: the same entry once more"), session.place, said)
                continue
            same.append(session)
            if len(same) > 1:
                sentence = _("A second session of the same guid or id: it got a guid of its own")
                self.report.note(sentence, session.place, said)
                said = f"{said} #{len(same)}"
            elif guid := as_guid(said):
                yield guid, session
                continue
            elif session.guid:
                self.report.note(_("The guid is no UUID: one was made from it"), session.place, said)
            yield str(uuid.uuid5(uuid.UUID(self.event.guid), said)), session

    def _session(self, guid: str, said: Session) -> EventSession:
        event = self.event
        languages = languages_of(said.language, said.place, self.report)
        begins, ends = times.instants(said, event.tzinfo, event.day_change, self.slot, self.report)
        self._note_day(said, event.day_of(begins))
        row = self.known.get(guid)
        if row is None:
            row = EventSession(
                event=event, guid=guid, slug=self._slug(said), starts_at=begins, ends_at=ends, kind=kind_of(said.type),
                title={}, subtitle={}, abstract={}, description={}, source={}, standing=Standing.CONFIRMED,
            )  # fmt: skip
            db.session.add(row)
        elif row.source.get("type", "") != said.type:
            row.kind = kind_of(said.type)
        language = languages[0] if languages else event.language
        title = said.title or said.code or said.slug or str(said.id or "–")
        if not said.title:
            self.report.note(_("A session without a title"), said.place)
        row.languages = languages
        for name, value in (("title", title), ("subtitle", said.subtitle), ("abstract", said.abstract),
                            ("description", said.description)):  # fmt: skip
            setattr(row, name, merged(getattr(row, name), value, language, said.texts.get(name, {})))
        row.theme, row.room = self.places.theme(said.track), self.places.room(said.room)
        row.recorded, row.recording_licence = not said.do_not_record, self._short(said.recording_licence, said)
        row.recording_url = said.recording_url or row.recording_url or ""
        was_absent = bool(row.source.get("absent"))
        row.source = _source(said, languages)
        parts = {appearance.speaker: appearance.part for appearance in row.appearances}
        schedule_service.set_people(row, self.people.of(said, parts))
        schedule_service.set_links(row, self._links(row, said, language))
        self._language_tracks(row, said)
        if guid in self.known:
            self._follow(row, said, begins, ends, was_absent)
        else:
            self.made += 1
        return row

    def _follow(self, row: EventSession, said: Session, begins: datetime, ends: datetime, was_absent: bool) -> None:
        """A known session: those who look forward to it are told when it moves or takes place after all.

        Last of all, since the move is written at once, and all that the file changes of it is one change.
        """
        has_moved = (row.starts_at, row.ends_at) != (begins, ends)
        self.changed += has_moved or db.session.is_modified(row)
        if has_moved:
            schedule_service.move_session(row, begins, ends, self.account)
        if was_absent:
            schedule_service.set_standing(row, Standing.CONFIRMED, by=self.account)
        elif row.standing is not Standing.CONFIRMED:
            self.report.note(_("Cancelled or postponed here, though the file has it"), said.place, said.title)

    def _note_day(self, said: Session, day: date) -> None:
        if not self.event.starts_on <= day <= self.event.ends_on:
            self.report.note(_("Outside the days of the event"), said.place, day)
        elif said.day and said.day != day.isoformat():
            self.report.note(_("Begins on another day than the one it stands in"), said.place, f"{said.day} → {day}")

    def _slug(self, said: Session) -> str:
        found = text.free_slug(text.slug(said.title, "session"), self.slugs)
        self.slugs.add(found)
        return found

    def _short(self, value: str, said: Session) -> str:
        if len(value) > 200:
            self.report.note(_("Shortened: a licence of more than 200 characters"), said.place)
        return value[:200]

    def _links(self, row: EventSession, said: Session, language: str) -> list[tuple[str, Translated, str]]:
        titles = {link.url: link.title for link in row.links}
        wanted: list[tuple[str, Translated, str]] = []
        for usual, links in (("related", said.links), ("attachment", said.attachments)):
            for link in links:
                if usable := usable_link(link, self.conference.base_url, said.place, self.report):
                    if usable.type not in ("", "slides", "related"):
                        self.report.note(_("The type of a link was not kept"), said.place, usable.type)
                    kind = "slides" if usable.type == "slides" else usual
                    wanted.append((kind, merged(titles.get(usable.url, {}), usable.title, language, {}), usable.url))
        return wanted

    def _language_tracks(self, row: EventSession, said: Session) -> None:
        """The languages that a schedule of our own tells of, as promises; where they are heard is never told.

        What fell through here stays so: the file may be older than that.
        """
        there = {(track.language, track.kind) for track in plan_of(row)} if said.followable and row.id else set()
        for language, kind in dict.fromkeys(said.followable):
            if kind not in list(TrackKind) or not (text.is_language(language) or is_sign_language(language)):
                self.report.note(_("Not a known language track"), said.place, f"{language}/{kind}")
            elif (language, kind) not in there:
                db.session.add(LanguageTrack(session=row, language=language, kind=TrackKind(kind)))

    def _cancel_missing(self, rows: dict[str, EventSession]) -> int:
        missing = [
            row for guid, row in self.known.items()
            if guid not in rows and row.source.get("imported")
            and row.standing is Standing.CONFIRMED and row.is_scheduled
        ]  # fmt: skip
        for row in missing:
            self.report.note(_("No longer in the file: cancelled here"), row.slug, text.pick(row.title, ()).text)
            row.source = {**row.source, "absent": True}
            schedule_service.set_standing(row, Standing.CANCELLED, by=self.account)
        return len(missing)


def _sessions_of(event: Event) -> dict[str, EventSession]:
    rows = db.session.scalars(
        sa.select(EventSession)
        .where(EventSession.event == event)
        .options(
            orm.joinedload(EventSession.theme), orm.joinedload(EventSession.room),
            orm.selectinload(EventSession.links),
            orm.selectinload(EventSession.appearances).joinedload(Appearance.speaker),
        )
    )  # fmt: skip
    return {row.guid: row for row in rows}


def _source(said: Session, languages: list[str]) -> dict[str, object]:
    """What has no column here; `language` as it stands where we could not read all of it."""
    unread = said.language if len(languages) == 0 else ""
    return bare({
        "imported": True, "id": said.id, "code": said.code, "slug": said.slug, "url": said.url, "type": said.type,
        "logo": said.logo, "feedback_url": said.feedback_url, "origin_url": said.origin_url, "language": unread,
        **said.extra,
    })  # fmt: skip
