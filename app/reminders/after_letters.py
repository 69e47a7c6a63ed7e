"""What people are told after the event: thanks, the form for what they think of it, recordings, their certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.feedback import links
from app.languages.service import subtitle_languages
from app.lib import clock
from app.lib.present import chosen, language_name, page_language
from app.lib.urls import absolute
from app.mail.models import Letter, Priority
from app.mail.rendering import Content, Stale, renders
from app.registration import certificates
from app.registration.models import Purpose
from app.reminders import alike
from app.reminders.event_rules import FEEDBACK, THANKS
from app.reminders.letters import attended
from app.reminders.models import Publication
from app.reminders.recipients import Recipient
from app.reminders.recordings import RECORDING
from app.reminders.rule_letters import Frame, addressed
from app.schedule.models import EventSession

MOST = 20
"""Recordings in one letter; the event's page has all."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording as the letter tells of it."""

    session: EventSession
    address: str
    languages: str
    """Of its subtitles, in words; empty when there are none."""


@renders(THANKS, Priority.BULK)
def _thanks(letter: Letter) -> Content:
    frame = _after(letter)
    to = frame.to
    return alike.written(frame, thanks, _is_asked(to), tuple(_concerned(to, letter)), _has_certificate(to))


@renders(FEEDBACK, Priority.BULK)
def _feedback(letter: Letter) -> Content:
    frame = _after(letter)
    if not _is_asked(frame.to):
        raise Stale("nothing is asked of them any more")
    return alike.written(frame, feedback)


@renders(RECORDING, Priority.BULK)
def _recordings(letter: Letter) -> Content:
    rule, to = addressed(letter)
    _went_well(to.event)
    found = db.session.scalars(
        sa.select(Publication)
        .where(Publication.id.in_(letter.payload["publications"]))
        .options(orm.joinedload(Publication.session))
    ).all()
    sessions = list({each.session_id: each.session for each in found if _is_there(each)}.values())
    if not sessions:
        raise Stale("the recordings are gone again")
    return alike.written(Frame(rule, to), recordings, tuple(sessions))


def thanks(frame: Frame, is_asked: bool, sessions: Sequence[EventSession], has_certificate: bool) -> Content:
    title = chosen(frame.to.event.title)
    recorded = [session for session in sessions if session.recording_url]
    return frame.compose(
        "thanks", _("Thank you for coming: %(title)s", title=title), form=_form(frame.to) if is_asked else "",
        recorded=_recorded(recorded), has_certificate=has_certificate, **_event_page(frame.to.event),
    )  # fmt: skip


def feedback(frame: Frame) -> Content:
    title = chosen(frame.to.event.title)
    return frame.compose("feedback", _("What did you think of it? %(title)s", title=title), form=_form(frame.to))


def recordings(frame: Frame, sessions: Sequence[EventSession]) -> Content:
    only = len(sessions) == 1
    title = chosen(sessions[0].title if only else frame.to.event.title)
    subject = _("The recording is there: %(title)s", title=title) if only else (
        _("Recordings are there: %(title)s", title=title)
    )  # fmt: skip
    return frame.compose("recordings", subject, recorded=_recorded(sessions), **_event_page(frame.to.event))


def _is_asked(to: Recipient) -> bool:
    return to.registration is not None and links.address(to.registration, page_language()) is not None


def _form(to: Recipient) -> str:
    token = to.shown.token(Purpose.PAGE) if to.shown else "example"
    return absolute("feedback.form", lang=page_language(), token=token)


def _after(letter: Letter) -> Frame:
    rule, to = addressed(letter)
    _went_well(to.event)
    until = letter.payload.get("until") or max(letter.payload["untils"].values())
    if clock.now().timestamp() >= until:
        raise Stale("it is too late for this letter")
    return Frame(rule, to)


def _went_well(event: Event) -> None:
    if not event.is_public or not event.takes_place:
        raise Stale("the event did not take place")


def _concerned(to: Recipient, letter: Letter) -> list[EventSession]:
    """The sessions that the letter is about: one's own of the event, or those that it names."""
    if to.registration is None:
        return []
    named = letter.payload.get("sessions")
    return [session for session in attended(to.registration) if named is None or str(session.id) in named]


def _is_there(publication: Publication) -> bool:
    session = publication.session
    if not session.takes_place:
        return False
    if publication.language:
        return publication.language in subtitle_languages([session.id]).get(session.id, [])
    return bool(session.recording_url)


def _recorded(sessions: Sequence[EventSession]) -> list[Recorded]:
    subtitles = subtitle_languages([session.id for session in sessions])
    return [
        Recorded(
            session,
            absolute("site.session", lang=page_language(), event=session.event.slug, session=session.slug),
            ", ".join(map(language_name, subtitles.get(session.id, []))),
        )
        for session in sessions[:MOST]
    ]  # fmt: skip


def _has_certificate(to: Recipient) -> bool:
    """Issued, or to be had from their page now."""
    registration = to.registration
    return registration is not None and (
        certificates.of(registration) is not None or certificates.is_earned(registration)
    )


def _event_page(event: Event) -> dict[str, Any]:
    return {"event_page": absolute("site.event", lang=page_language(), event=event.slug)}
