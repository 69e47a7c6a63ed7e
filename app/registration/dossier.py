"""All that is stored about one registered person, for that person: plain values under names that explain themselves."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.lib.urls import absolute
from app.mail.models import Letter
from app.registration import codes
from app.registration.letters import NEW_ADDRESS
from app.registration.models import (
    AccessCode,
    Answer,
    Attendance,
    Certificate,
    FormerAgendaItem,
    MailedEntry,
    Purpose,
    QuestionKind,
    QuestionOption,
    Registration,
    Reply,
)
from app.schedule.models import EventSession


def of(registration: Registration) -> dict[str, Any]:
    """Moments are in UTC (ISO 8601), countries ISO 3166, languages BCP 47, time zones IANA."""
    event = registration.event
    return {
        "about": _(
            "All that is stored about your registration. Moments are in UTC; countries are ISO 3166 codes, languages "
            "BCP 47 tags, time zones names of the IANA database."
        ),
        "written_at": clock.now().isoformat(),
        "event": {
            "title": chosen(event.title),
            "address": absolute("site.event", event=event.slug),
            "first_day": event.starts_on.isoformat(),
            "last_day": event.ends_on.isoformat(),
        },
        "person": {
            "name": registration.name,
            "email": registration.email,
            "email_waiting_for_confirmation": registration.new_email or None,
            "country": registration.country,
            "language": registration.language,
            "time_zone": registration.zone,
        },
        "registration": _course(registration),
        "answers": [_answer(answer) for answer in registration.answers],
        "needs": [
            {"kind": need.kind.value, "language": need.language or None, "note": need.note or None}
            for need in registration.needs
        ],
        "bookings": [
            {
                "session": _session(booking.session),
                "state": booking.claim.value,
                "number_on_waiting_list": booking.number,
                "kept_until": _iso(booking.held_until),
                "created_at": _iso(booking.created_at),
            }
            for booking in registration.bookings
        ],
        "agenda": [
            {"session": _session(item.session), "added_at": _iso(item.added_at)} for item in registration.agenda
        ],
        "former_agenda": [
            {"session": chosen(item.former.title), "was_booked": item.was_booked} for item in _former(registration)
        ],
        "calendar_entries": [_mailed(row) for row in _mailed_entries(registration)],
        "calendar_answers": [_reply(row) for row in _of(Reply, registration)],
        "attendance": [_attendance(row) for row in _of(Attendance, registration)],
        "certificates": [_certificate(row) for row in _of(Certificate, registration)],
        "invitations": _invitations(registration),
        "private_links": [
            {
                "purpose": link.purpose.value,
                "created_at": _iso(link.created_at),
                "revoked_at": _iso(link.revoked_at),
            }
            for link in registration.links
        ],
        "letters": [_letter(letter) for letter in _letters(registration)],
    }


def _course(registration: Registration) -> dict[str, Any]:
    code = db.session.get(AccessCode, registration.code_id) if registration.code_id else None
    return {
        "state": registration.state.value,
        "entered_through": registration.origin.value,
        "code": code.code if code else None,
        "number_on_waiting_list": registration.queue_number,
        "place_kept_until": _iso(registration.held_until),
        "consented_at": _iso(registration.consented_at),
        "created_at": _iso(registration.created_at),
        "confirmed_at": _iso(registration.confirmed_at),
        "cancelled_at": _iso(registration.cancelled_at),
        "no_reminders_since": _iso(registration.unsubscribed_at),
        "times_registered": registration.attempt,
        "own_page": absolute("personal.page", token=registration.token(Purpose.PAGE)),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    value = answer.value
    if answer.question.kind.has_options:
        numbers = value if isinstance(value, list) else [value]
        options = [db.session.get(QuestionOption, number) for number in numbers]
        value = [chosen(option.label) for option in options if option]
    elif answer.question.kind is QuestionKind.FILE and isinstance(value, dict):
        value = value.get("name")
    return {"question": chosen(answer.question.label), "answer": value}


def _mailed(row: MailedEntry) -> dict[str, Any]:
    session = db.session.get_one(EventSession, row.session_id)
    return {
        "session": _session(session),
        "sent_by_letter_at": _iso(row.mailed_at),
        "called_off_at": _iso(row.called_off_at),
    }


def _reply(row: Reply) -> dict[str, Any]:
    return {
        "session": _session(row.session),
        "answer": row.partstat.value,
        "answered_at": _iso(row.stamped_at),
        "comment": row.comment or None,
    }


def _attendance(row: Attendance) -> dict[str, Any]:
    return {
        "session": _session(row.session) if row.session else None,
        "day": row.day.isoformat(),
        "first_at": _iso(row.first_at),
        "last_at": _iso(row.last_at),
        "noted_by": row.source.value,
    }


def _certificate(row: Certificate) -> dict[str, Any]:
    return {
        "name": row.name,
        "language": row.language,
        "minutes": row.minutes,
        "issued_at": _iso(row.issued_at),
        "verification_code": row.code,
    }


def _invitations(registration: Registration) -> list[dict[str, Any]]:
    sent = sa.select(AccessCode).where(
        AccessCode.event_id == registration.event_id, AccessCode.email == registration.email, AccessCode.email != ""
    )
    return [
        {"code": code.code, "note": code.note or None, "created_at": _iso(code.created_at)}
        for code in db.session.scalars(sent.order_by(AccessCode.id))
    ]


def _letters(registration: Registration) -> list[Letter]:
    payload = Letter.payload
    invited = sa.select(AccessCode.id).where(
        AccessCode.event_id == registration.event_id, AccessCode.email == registration.email, AccessCode.email != ""
    )
    theirs = sa.or_(
        payload["registration"].as_integer() == registration.id,
        payload["registration_id"].as_integer() == registration.id,
        (Letter.kind == codes.INVITATION) & payload["code"].as_integer().in_(invited),
    )
    # Whether a letter went to an address that is not proven yet would tell whether that is registered itself.
    proven = sa.or_(Letter.kind != NEW_ADDRESS, Letter.recipient == registration.email)
    return list(db.session.scalars(sa.select(Letter).where(theirs, proven).order_by(Letter.id)))


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "to": letter.recipient,
        "subject": letter.subject or None,
        "state": letter.state.value,
        "written_at": _iso(letter.created_at),
        "sent_at": _iso(letter.sent_at),
    }


def _session(session: EventSession) -> str:
    return chosen(session.title)


def _former(registration: Registration) -> list[FormerAgendaItem]:
    """What was on the agenda when it left the programme."""
    return list(
        db.session.scalars(
            sa.select(FormerAgendaItem)
            .where(FormerAgendaItem.registration_id == registration.id)
            .order_by(FormerAgendaItem.former_id)
        )
    )


def _mailed_entries(registration: Registration) -> list[MailedEntry]:
    """Sessions that a letter brought into their calendar."""
    theirs = sa.select(MailedEntry).where(MailedEntry.registration_id == registration.id)
    return list(db.session.scalars(theirs.order_by(MailedEntry.session_id)))


def _of(model: Any, registration: Registration) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.registration_id == registration.id).order_by(model.id)))


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
