"""Who belongs to an audience: one query for each, of people of whatever kind, with what a letter to them needs."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, EventKind
from app.extensions import db
from app.languages.models import Linguist
from app.lib import clock
from app.people.models import Account
from app.registration.models import AgendaItem, Attendance, Registration, RegistrationState
from app.reminders.models import AudienceKind
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is written to: as a registered person, a speaker or a member of the language team."""

    role: str
    """`registration`, `speaker` or `linguist`: the table that `number` is of."""
    number: int
    email: str
    name: str
    language: str
    zone: str

    @property
    def key(self) -> str:
        """As the keys of letters name them: r81, s7, l3."""
        return f"{self.role[0]}{self.number}"

    @property
    def payload(self) -> dict[str, Any]:
        """As the payloads of letters name them. By `registration_id` the letters of a registered person are found when
        everything about them is shown to them or deleted."""
        named = {"role": self.role, "number": self.number}
        return named | {"registration_id": self.number} if self.role == "registration" else named


@dataclass(frozen=True, slots=True)
class Audience:
    """`value`: the theme's or session's number, or a language's tag, where the kind wants one."""

    kind: AudienceKind
    value: str = ""


def people(
    event: Event,
    audience: Audience,
    session: EventSession | None = None,
    numbers: Collection[int] | None = None,
) -> list[Person]:
    """By number, each address once. With a session: those of the audience whom that session concerns.

    With numbers: those of them who belong to it now. Who wants no letters of this sort any more (RFC 8058) is in none.
    """
    found: dict[str, Person] = {}
    rows = query(event, audience, session)
    if numbers is not None:
        rows = rows.where(rows.selected_columns.number.in_(numbers))
    for row in db.session.execute(rows):
        if row.email:
            found.setdefault(row.email.lower(), person_of(event, row))
    return list(found.values())


def among(event: Event, audience: Audience, numbers: Collection[int]) -> dict[int, Person]:
    """Those of them who belong to it now, by number; two of them may have come to have one address."""
    rows = query(event, audience)
    rows = rows.where(rows.selected_columns.number.in_(numbers))
    return {row.number: person_of(event, row) for row in db.session.execute(rows)}


def person_of(event: Event, row: Any) -> Person:
    said = row.name if isinstance(row.name, str) else next(iter((row.name or {}).values()), "")
    return Person(row.role, row.number, row.email or "", said, row.language or event.language, row.zone or event.zone)


def count(event: Event, audience: Audience) -> int:
    rows = query(event, audience).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count(sa.distinct(sa.func.lower(rows.c.email)))).where(
        rows.c.email != "", rows.c.email.is_not(None)
    )) or 0  # fmt: skip


def query(event: Event, audience: Audience, session: EventSession | None = None) -> sa.Select[*tuple[Any, ...]]:
    """Rows of role, number, email, name, language and zone (the last two may be empty)."""
    if audience.kind is AudienceKind.SPEAKERS:
        return _speakers(event, session)
    if audience.kind is AudienceKind.INTERPRETERS:
        return _linguists(event)
    return _registered(event, audience, session)


def _registered(event: Event, audience: Audience, session: EventSession | None) -> sa.Select[*tuple[Any, ...]]:
    state = {
        AudienceKind.UNCONFIRMED: RegistrationState.PENDING, AudienceKind.WAITING: RegistrationState.WAITING,
    }.get(audience.kind, RegistrationState.CONFIRMED)  # fmt: skip
    rows = (
        sa.select(
            sa.literal("registration").label("role"), Registration.id.label("number"), Registration.email,
            Registration.name, Registration.language, Registration.zone,
        )
        .where(
            Registration.event_id == event.id, Registration.state == state, Registration.unsubscribed_at.is_(None)
        )
        .order_by(Registration.id)
    )  # fmt: skip
    if session is not None and state is RegistrationState.CONFIRMED and event.kind is EventKind.CONFERENCE:
        rows = rows.where(_chose(AgendaItem.session_id == session.id))
    match audience.kind:
        case AudienceKind.BOOKED if audience.value:
            rows = rows.where(_comes_to(event, EventSession.id == int(audience.value)))
        case AudienceKind.THEME:
            rows = rows.where(_comes_to(event, EventSession.theme_id == int(audience.value)))
        case AudienceKind.LANGUAGE:
            rows = rows.where(_reads(audience.value))
        case AudienceKind.PRESENT:
            rows = rows.where(_attended(session))
        case AudienceKind.ABSENT:
            rows = rows.where(~_attended(session))
        case _:
            pass
    return rows


def _comes_to(event: Event, which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """All who registered come to a session of a webinar, and nobody to one that is gone."""
    sessions = sa.select(EventSession.id).where(EventSession.event_id == event.id, which).correlate(None)
    return _chose(AgendaItem.session_id.in_(sessions)) if event.kind is EventKind.CONFERENCE else sessions.exists()


def _chose(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(AgendaItem.registration_id == Registration.id, which).correlate(Registration)


def _reads(tag: str) -> sa.ColumnElement[bool]:
    """The language itself or a kind of it: `pt` is read by who chose `pt-BR`."""
    return sa.or_(Registration.language == tag, Registration.language.startswith(f"{tag}-"))


def _attended(session: EventSession | None) -> sa.ColumnElement[bool]:
    came = sa.exists().where(Attendance.registration_id == Registration.id)
    return came.where(Attendance.session_id == session.id) if session else came


def _speakers(event: Event, session: EventSession | None) -> sa.Select[*tuple[Any, ...]]:
    rows = (
        sa.select(
            sa.literal("speaker").label("role"), Speaker.id.label("number"),
            sa.func.coalesce(sa.func.nullif(Speaker.email, ""), Account.email).label("email"), Speaker.name,
            Account.language, sa.func.coalesce(sa.func.nullif(Speaker.zone, ""), Account.zone).label("zone"),
        )
        .outerjoin(Account, Account.id == Speaker.account_id)
        .where(Speaker.event_id == event.id)
        .order_by(Speaker.id)
    )  # fmt: skip
    speaks = sa.exists().where(Appearance.speaker_id == Speaker.id)
    return rows.where(speaks.where(Appearance.session_id == session.id) if session else speaks)


def _linguists(event: Event) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            sa.literal("linguist").label("role"), Linguist.id.label("number"), Linguist.email, Linguist.name,
            Linguist.language, Linguist.zone,
        )
        .where(Linguist.event_id == event.id)
        .order_by(Linguist.id)
    )  # fmt: skip


def with_sessions(event: Event, audience: Audience) -> sa.Select[*tuple[Any, ...]]:
    """The same people once for each session that concerns them: what they chose or, of a webinar, all; what they
    speak in. Rows have the session's number, start and end besides, and since when the person has it."""
    if audience.kind is AudienceKind.SPEAKERS:
        speaks_in = sa.select(Appearance.speaker_id, Appearance.session_id).distinct().subquery()
        rows = _speakers(event, None).join(speaks_in, speaks_in.c.speaker_id == Speaker.id)
        rows = rows.join(EventSession, EventSession.id == speaks_in.c.session_id)
        since: sa.ColumnElement[Any] = sa.literal(clock.LONG_AGO, clock.UtcDateTime())
    elif event.kind is EventKind.CONFERENCE:
        rows = _registered(event, audience, None).join(AgendaItem, AgendaItem.registration_id == Registration.id)
        rows = rows.join(EventSession, EventSession.id == AgendaItem.session_id)
        confirmed, added = Registration.confirmed_at, AgendaItem.added_at
        since = sa.case((added > confirmed, added), else_=confirmed)
    else:
        rows = _registered(event, audience, None).join(EventSession, EventSession.event_id == Registration.event_id)
        since = sa.type_coerce(Registration.confirmed_at, clock.UtcDateTime())
    if audience.kind is AudienceKind.THEME:
        rows = rows.where(EventSession.theme_id == int(audience.value))
    if audience.kind is AudienceKind.BOOKED and audience.value:
        rows = rows.where(EventSession.id == int(audience.value))
    return rows.add_columns(
        EventSession.id.label("session_id"), EventSession.starts_at, EventSession.ends_at, since.label("since")
    )


def addresses(event: Event, *audiences: Audience, sessions: Collection[int] | None = None) -> set[str]:
    """In lower case; with sessions, of the speakers of those."""
    found: set[str] = set()
    for audience in audiences:
        rows = with_sessions(event, audience) if sessions is not None else query(event, audience)
        if sessions is not None:
            rows = rows.where(EventSession.id.in_(sessions))
        found |= {row.email.lower() for row in db.session.execute(rows) if row.email}
    return found
