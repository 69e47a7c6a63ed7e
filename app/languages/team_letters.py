"""Letters to the language team: the invitation with the private link, new work; and to organisers: who cannot do it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db
from app.languages import team
from app.languages.models import LanguageTrack, Linguist, LinkPurpose
from app.lib import clock
from app.lib.present import chosen
from app.lib.tokens import new_token
from app.lib.urls import absolute, interface_language
from app.mail.models import Letter, LetterState
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue

INVITATION, ASSIGNED, DECLINED = "languages.invitation", "languages.track-assigned", "languages.track-declined"
GATHERED = timedelta(minutes=10)
"""What somebody is given within this time is one letter."""


def invite(linguist: Linguist) -> None:
    """Brings the private link; asked for by a person and sent each time."""
    _write(INVITATION, f"{linguist.id}:{new_token()}", linguist)


def invited(event: Event) -> set[int]:
    """Who was written to with their link."""
    letters = sa.select(Letter.payload["linguist"].as_integer()).where(
        Letter.kind == INVITATION, Letter.about == f"event:{event.id}"
    )
    return set(db.session.scalars(letters))


def tell_assigned(track: LanguageTrack, **_previous: object) -> None:
    """Tells whoever is responsible for a track now; several tracks given one after the other are one letter."""
    linguist = track.linguist
    if linguist is None or not linguist.email:
        return
    for letter in _waiting(linguist):
        if track.id in letter.payload["tracks"] or _put_in(letter, track):
            return
    due_at = clock.now() + GATHERED
    _write(ASSIGNED, f"{linguist.id}:{new_token()}", linguist, not_before=due_at, tracks=[track.id])


def _waiting(linguist: Linguist) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(
        Letter.kind == ASSIGNED, Letter.state == LetterState.QUEUED, Letter.recipient == linguist.email,
        Letter.payload["linguist"].as_integer() == linguist.id,
    )))  # fmt: skip


def _put_in(letter: Letter, track: LanguageTrack) -> bool:
    """Adds a track to a letter that still waits; False when it was taken up meanwhile."""
    payload = letter.payload | {"tracks": [*letter.payload["tracks"], track.id]}
    waits = sa.update(Letter).where(Letter.id == letter.id, Letter.state == LetterState.QUEUED)
    return bool(db.session.execute(waits.values(payload=payload)).rowcount)  # type: ignore[attr-defined]


def tell_declined(track: LanguageTrack, linguist: Linguist, reason: str) -> None:
    """To the organisers."""
    event = linguist.event
    enqueue(
        DECLINED, f"{track.id}:{linguist.id}:{new_token()}", reply_address(event), language=event.language,
        about=f"event:{event.id}", track=track.id, name=linguist.name, email=linguist.email, reason=reason,
    )  # fmt: skip


def _write(kind: str, key: str, linguist: Linguist, **more: Any) -> None:
    enqueue(
        kind, key, linguist.email, recipient_name=linguist.name, language=linguist.language,
        about=f"event:{linguist.event_id}", linguist=linguist.id, **more,
    )  # fmt: skip


@renders(INVITATION)
def _invitation(letter: Letter) -> Content:
    linguist = addressed(letter)
    return compose(
        "languages/mail/invitation", _("Your page of the language team: %(event)s", event=chosen(linguist.event.title)),
        reply_to=reply_address(linguist.event), linguist=linguist, event=linguist.event, page=page_of(linguist),
    )  # fmt: skip


@renders(ASSIGNED)
def _assigned(letter: Letter) -> Content:
    linguist = addressed(letter)
    tracks = [
        track for track in team.tracks_of(linguist) if track.id in letter.payload["tracks"] and _lies_ahead(track)
    ]
    if not tracks:
        raise Stale("somebody else does it now, or it is called off or over")
    return compose(
        "languages/mail/assigned", _("Your part in the languages of: %(event)s", event=chosen(linguist.event.title)),
        reply_to=reply_address(linguist.event), linguist=linguist, event=linguist.event, tracks=tracks,
        zone=zone_of(linguist), page=page_of(linguist),
    )  # fmt: skip


@renders(DECLINED)
def _declined(letter: Letter) -> Content:
    track = db.session.get(LanguageTrack, letter.payload["track"])
    if track is None or track.linguist is not None or not _lies_ahead(track):
        raise Stale("somebody else does it now, or it is called off or over")
    session, name = track.session, letter.payload["name"]
    return compose(
        "languages/mail/declined", _("%(name)s cannot do it: %(session)s", name=name, session=chosen(session.title)),
        reply_to=letter.payload["email"], track=track, session=session, event=session.event, name=name,
        reason=letter.payload["reason"],
        page=absolute(
            "languages_manage.tracks", lang=interface_language(letter.language), event=session.event.slug,
            session=session.slug,
        ),
    )  # fmt: skip


def addressed(letter: Letter) -> Linguist:
    """The member that a letter goes to, if they still are one and their event lies ahead."""
    linguist = db.session.get(Linguist, letter.payload["linguist"])
    if linguist is None:
        raise Stale("the person has left the team")
    if linguist.email != letter.recipient:
        raise Stale("the person has another address now")
    if linguist.event.over_at <= clock.ago(days=90):
        raise Stale("the event is long over")
    return linguist


def page_of(linguist: Linguist) -> str:
    shown_in = interface_language(linguist.language)
    return absolute("language_team.page", lang=shown_in, token=linguist.token(LinkPurpose.PAGE))


def reply_address(event: Event) -> str:
    return event.reply_to or event.contact_email


def zone_of(linguist: Linguist) -> str:
    return linguist.zone or linguist.event.zone


def _lies_ahead(track: LanguageTrack) -> bool:
    """Subtitles are made after the session."""
    session = track.session
    is_past = session.ends_at is not None and session.ends_at <= clock.now() and track.kind != "subtitles"
    return track.is_offered and session.takes_place and not is_past
