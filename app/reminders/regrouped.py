"""The letters about a session that is a part of another now, and about one that is in two parts."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.calendar.invitations import withdrawal
from app.events.models import Event
from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Attachment, Content, Stale, compose, renders
from app.mail.service import enqueue_all, letter_row
from app.registration import bookings
from app.registration.models import Booking, Claim, MailedEntry, Registration
from app.reminders.changes import zone_of_speaker
from app.reminders.entries import asking
from app.reminders.letters import confirmed, for_calendar, items, page, reply_to, wait_in_words
from app.reminders.models import News
from app.reminders.news import Reader, concerned
from app.reminders.wording import times
from app.schedule.models import EventSession, FormerSession
from app.schedule.service import is_over

MERGED, SPLIT = "reminders.merged", "reminders.split"


def note_merged(session: EventSession, into: EventSession, former: FormerSession | None) -> None:
    """Who meant to come, while it can still be read; the session goes at the end of this transaction."""
    if former is None or not _is_news(into):
        return
    in_calendar = set(db.session.scalars(
        sa.select(MailedEntry.registration_id)
        .where(MailedEntry.session_id == session.id, MailedEntry.called_off_at.is_(None))
    ))  # fmt: skip
    waiting = set(db.session.scalars(
        sa.select(Booking.registration_id).where(Booking.session_id == session.id, Booking.claim != Claim.BOOKED)
    ))  # fmt: skip
    _write(MERGED, former.id, into.event, {
        reader: {
            "former_id": former.id, "mailed": reader.registration_id in in_calendar,
            "waited": reader.registration_id in waiting,
        }
        for reader in _of(session)
    })  # fmt: skip


def note_split(session: EventSession, second: EventSession) -> None:
    if _is_news(session):
        _write(SPLIT, second.id, session.event, {
            reader: {"first_id": session.id, "second_id": second.id} for reader in _of(session)
        })  # fmt: skip


def _is_news(session: EventSession) -> bool:
    return session.event.is_public and session.takes_place and not is_over(session.event)


def _of(session: EventSession) -> list[Reader]:
    return concerned(session.event, News(session_id=session.id, first_at=clock.now()))


def _write(kind: str, number: int, event: Event, readers: dict[Reader, dict[str, Any]]) -> None:
    enqueue_all([
        letter_row(
            kind, f"{reader.key}:{number}", reader.email, recipient_name=reader.name, language=reader.language,
            about=f"event:{event.id}", event_id=event.id, **facts, **reader.payload,
        )
        for reader, facts in readers.items()
    ])  # fmt: skip


@renders(MERGED)
def _merged(letter: Letter) -> Content:
    former = db.session.get(FormerSession, letter.payload["former_id"])
    if former is None or former.became is None:
        raise Stale("the session is back in the programme, or what it became has left it")
    into = former.became
    registration, zone = _reader(letter, into)
    has_place = registration is None or bookings.may_join(registration, into)
    attachments: tuple[Attachment, ...] = ()
    if registration:
        if letter.payload["mailed"]:
            called_off = "text/calendar; method=CANCEL; charset=utf-8"
            attachments = (Attachment(withdrawal(registration, former), called_off, f"{former.slug}.ics"),)
        attachments += asking(registration, [into]).files if has_place else ()
    return compose(
        "reminders/mail/regrouped", _("Part of another session now: %(title)s", title=chosen(former.title)),
        reply_to=reply_to(into.event), attachments=attachments, event=into.event, name=letter.recipient_name,
        former=former, items=items([into], zone, registration), waits=_waits(registration, [into]),
        waited=letter.payload.get("waited", False) and registration is not None,
        before=times(former.starts_at, former.ends_at, zone, into.event), **_pages(letter, into, registration),
    )  # fmt: skip


@renders(SPLIT)
def _split(letter: Letter) -> Content:
    parts = [db.session.get(EventSession, letter.payload[name]) for name in ("first_id", "second_id")]
    both = [part for part in parts if part and part.is_scheduled and part.takes_place]
    if len(both) < 2:
        raise Stale("the two parts are not both in the programme any more")
    registration, zone = _reader(letter, both[0])
    return compose(
        "reminders/mail/regrouped", _("In two parts now: %(title)s", title=chosen(both[0].title)),
        reply_to=reply_to(both[0].event),
        attachments=asking(registration, for_calendar(registration, both)).files if registration else (),
        event=both[0].event, name=letter.recipient_name, former=None, items=items(both, zone, registration),
        waits=_waits(registration, both), waited=False, before=[], **_pages(letter, both[0], registration),
    )  # fmt: skip


def _reader(letter: Letter, session: EventSession) -> tuple[Registration | None, str]:
    """Who reads it, if they are registered, and their zone. Raises Stale."""
    if not _is_news(session) or session.starts_at is None or session.starts_at <= clock.now():
        raise Stale("the session has begun or does not take place")
    if "registration_id" in letter.payload:
        registration = confirmed(letter)
        return registration, registration.zone
    return None, zone_of_speaker(letter, session.event)


def _waits(registration: Registration | None, sessions: Sequence[EventSession]) -> dict[int, str]:
    return {session.id: wait_in_words(registration, session) for session in sessions}


def _pages(letter: Letter, session: EventSession, registration: Registration | None) -> dict[str, str]:
    return {
        "page": page(letter, registration) if registration else "",
        "session_page": absolute(
            "site.session", lang=letter.language, event=session.event.slug, session=session.slug
        ),
    }  # fmt: skip
