"""The calendar of a member of the language team: an entry for each stretch in a booth or at a desk, with its turns.

Whoever sees the calendar of another person sees this, so it has neither private links nor those to join.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar import writing
from app.calendar.lines import line, text_line, utc
from app.calendar.writing import Feed
from app.calendar.zones import moment
from app.events.models import Event, Standing
from app.extensions import db, first_row
from app.languages import duties
from app.languages.duties import Duty
from app.languages.models import LanguageTrack, Linguist, LinguistLink, LinkPurpose, Rota, TrackKind, Turn
from app.lib import clock
from app.lib.conditional import Rendered, Version
from app.lib.present import hour, language_name, zone_name
from app.lib.text import Picked, pick
from app.lib.urls import absolute, interface_language
from app.schedule.models import EventSession

_links, _linguists, _events, _tracks, _sessions, _rotas = (
    model.__table__ for model in (LinguistLink, Linguist, Event, LanguageTrack, EventSession, Rota)
)


def _of_tracks(column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Something of all tracks of the linguist's event."""
    return (
        sa.select(column)
        .select_from(_tracks.join(_sessions, _sessions.c.id == _tracks.c.session_id))
        .where(_sessions.c.event_id == _events.c.id)
        .correlate(_events)
        .scalar_subquery()
    )


_of_link = (
    sa.select(
        _links.c.revoked_at, _linguists.c.id, _linguists.c.language, _linguists.c.zone, _events.c.revision,
        _events.c.changed_at, _rotas.c.told_at, _of_tracks(sa.func.sum(_tracks.c.turns_version)).label("turns"),
        _of_tracks(sa.func.max(_tracks.c.turns_changed_at)).label("turns_changed_at"),
    )
    .join_from(_links, _linguists, _linguists.c.id == _links.c.linguist_id)
    .join(_events, _events.c.id == _linguists.c.event_id)
    .outerjoin(_rotas, _rotas.c.event_id == _events.c.id)
    .where(_links.c.token == sa.bindparam("token"), _links.c.purpose == LinkPurpose.CALENDAR)
)  # fmt: skip


class LinkRow(NamedTuple):
    """What the feed depends on."""

    revoked_at: datetime | None
    linguist_id: int
    language: str
    zone: str
    revision: int
    changed_at: datetime
    told_at: datetime | None
    turns: int | None
    turns_changed_at: datetime | None

    @property
    def version(self) -> Version:
        moments = self.changed_at, self.told_at, self.turns_changed_at
        return Version(f"linguist:{self.linguist_id}", self.revision, max(at for at in moments if at))

    @property
    def variant(self) -> tuple[object, ...]:
        return self.language, self.zone, self.told_at, self.turns


def link(token: str) -> LinkRow | None:
    row = first_row(_of_link, token=token)
    return LinkRow(*row) if row else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A duty in a calendar."""

    duty: Duty

    @property
    def event(self) -> Event:
        return self.duty.session.event

    @property
    def starts_at(self) -> datetime:
        return self.duty.starts_at.astimezone(self.event.tzinfo)

    @property
    def ends_at(self) -> datetime:
        return self.duty.ends_at.astimezone(self.event.tzinfo)

    @property
    def standing(self) -> Standing:
        """A language that fell through is called off, as if its session were."""
        if self.duty.stands:
            return Standing.CONFIRMED
        of_both = {self.duty.session.standing, self.event.standing}
        return Standing.POSTPONED if of_both == {Standing.CONFIRMED, Standing.POSTPONED} else Standing.CANCELLED

    @property
    def is_gone(self) -> bool:
        """What was called off is marked while the event lasts, and no longer."""
        return self.standing is Standing.CANCELLED and clock.now() >= self.kept_until

    @property
    def kept_until(self) -> datetime:
        return max(self.event.over_at, self.ends_at)

    @property
    def uid(self) -> str:
        track = self.duty.track
        return f"{self.duty.session.guid}-{track.language}-{track.kind}-{self.duty.linguist.id}"

    @property
    def sequence(self) -> int:
        """Of the session, and of what only its interpreters see: each only rises."""
        return self.duty.session.sequence + self.duty.track.turns_version

    @property
    def changed_at(self) -> datetime:
        return max(at for at in (self.duty.session.changed_at, self.duty.track.turns_changed_at) if at)


def feed(linguist_id: int, token: str, alarm: int | None) -> Rendered:
    linguist = db.session.get_one(Linguist, linguist_id)
    event, spoken = linguist.event, interface_language(linguist.language)
    title = pick(event.title, (linguist.language,))
    stretches = [Stretch(duty) for duty in duties.of(linguist)]
    with force_locale(spoken.replace("-", "_")):
        about = Feed(
            Picked(_("%(event)s: language team", event=title.text), title.language), Picked("", ""),
            absolute("site.event", lang=spoken, event=event.slug),
            absolute("calendar.personal", token=token, **({"alarm": alarm} if alarm is not None else {})),
            linguist.language, linguist.zone or event.zone, alarm,
        )  # fmt: skip
        shown = [stretch for stretch in stretches if not stretch.is_gone]
        entries = [each for stretch in shown for each in _entry(stretch, about, spoken)]
    body = writing.calendar(writing.head_of(about), shown, entries)
    return Rendered.between(body, {each.kept_until for each in stretches if each.standing is Standing.CANCELLED})


def _entry(stretch: Stretch, about: Feed, spoken: str) -> Iterator[bytes]:
    event, session = stretch.event, stretch.duty.session
    title = _title(stretch, about.language)
    yield line("BEGIN", "VEVENT")
    yield line("DTSTAMP", utc(stretch.changed_at))
    yield text_line("UID", stretch.uid)
    yield line("SEQUENCE", str(stretch.sequence))
    yield line("LAST-MODIFIED", utc(stretch.changed_at))
    yield moment("DTSTART", stretch.starts_at, event.zone)
    yield moment("DTEND", stretch.ends_at, event.zone)
    yield text_line("SUMMARY", title, spoken)
    yield text_line("DESCRIPTION", "\n".join(_description(stretch, about)), spoken)
    yield text_line("LOCATION", stretch.duty.track.booth.name if stretch.duty.track.booth else _("Online"), spoken)
    if event.is_public:
        yield line("URL", absolute("site.session", lang=spoken, event=event.slug, session=session.slug))
    yield line("STATUS", writing.STATUS[stretch.standing])
    yield line("TRANSP", "OPAQUE" if stretch.standing is Standing.CONFIRMED else "TRANSPARENT")
    if about.alarm is not None and stretch.standing is Standing.CONFIRMED:
        yield from writing.alarm(title, about.alarm)
    yield line("END", "VEVENT")


def _title(stretch: Stretch, language: str) -> str:
    track = stretch.duty.track
    session = pick(stretch.duty.session.title, (language,)).text
    wordings = {
        TrackKind.INTERPRETATION: _("Interpreting into %(language)s: %(session)s"),
        TrackKind.CAPTIONS: _("Live captions in %(language)s: %(session)s"),
        TrackKind.SIGN: _("%(language)s: %(session)s"),
    }
    title = wordings[track.kind] % {"language": language_name(track.language), "session": session}
    marks = {
        Standing.CONFIRMED: "%(title)s", Standing.POSTPONED: _("Postponed: %(title)s"),
        Standing.CANCELLED: _("Cancelled: %(title)s"),
    }  # fmt: skip
    return str(marks[stretch.standing] % {"title": title})


def _description(stretch: Stretch, about: Feed) -> Iterator[str]:
    duty = stretch.duty
    yield pick(stretch.event.title, (about.language,)).text
    if duty.track.via:
        yield _("Relay: from %(language)s", language=language_name(duty.track.via))
    if duty.turns:
        yield ""
        yield _("Turns (%(zone)s):", zone=zone_name(about.zone))
        yield from (_turn(turn, duty.linguist, about.zone) for turn in duty.turns)
    yield ""
    yield _("Links, slides and glossary are on your page of the language team.")


def _turn(turn: Turn, linguist: Linguist, zone: str) -> str:
    name = _("you") if turn.linguist_id == linguist.id else turn.linguist.name
    times = f"{hour(turn.starts_at, zone)}–{hour(turn.ends_at, zone)}"
    if turn.partner is None:
        return f"{times} {name}"
    beside = _("you") if turn.partner_id == linguist.id else turn.partner.name
    return str(_("%(times)s %(name)s, beside: %(beside)s", times=times, name=name, beside=beside))
