"""Letters that bring a code to the one address that it is for."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db, lock_row
from app.lib import clock
from app.lib.present import chosen
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.registration import admission, codes
from app.registration.models import AccessCode, Registration


class Invited(NamedTuple):
    sent: int
    known: list[str]
    """Addresses that have an invitation in force or a registration, and got nothing."""


def invite(
    event: Event, people: Iterable[tuple[str, str]], language: str, note: str, expires_at: datetime | None
) -> Invited:
    """Writes to each (name, normal address) once, unless it is invited or registered already."""
    lock_row(event)  # Nobody else invites the same people at this moment.
    people = list(people)
    addresses = [email for _name, email in people]
    in_force = sa.select(AccessCode.email).where(
        AccessCode.event_id == event.id, AccessCode.email.in_(addresses), AccessCode.revoked_at.is_(None),
        sa.or_(AccessCode.expires_at.is_(None), AccessCode.expires_at > clock.now()),
    )  # fmt: skip
    registered = sa.select(Registration.email).where(
        Registration.event_id == event.id, Registration.email.in_(addresses), Registration.state.in_(admission.LIVE)
    )
    known = set(db.session.scalars(in_force.union(registered)))
    for name, email in people:
        if email not in known:
            noted = ", ".join(filter(None, (name, note)))[:200]
            code = codes.add(event, codes.free_text(event), note=noted, most_uses=1, expires_at=expires_at, email=email)
            _write(code, 1, language, name)
    return Invited(len(people) - len(known), sorted(known))


def invite_again(code: AccessCode, after: str, language: str) -> None:
    """One more letter, if there were so many; asked for twice at once it is still one. The name is in the first."""
    written = codes.number_of_letters(code)
    if after != str(written):
        return
    name = db.session.scalar(sa.select(Letter.recipient_name).where(Letter.key == f"{codes.INVITATION}:{code.id}:1"))
    _write(code, written + 1, language, name or "")


def _write(code: AccessCode, number: int, language: str, name: str) -> None:
    enqueue(
        codes.INVITATION, f"{code.id}:{number}", code.email, recipient_name=name, language=language, code=code.id,
        about=f"event:{code.event_id}",
    )  # fmt: skip


@renders(codes.INVITATION)
def _invitation(letter: Letter) -> Content:
    code = db.session.get(AccessCode, letter.payload["code"])
    if code is None or not code.is_in_force or code.email != letter.recipient:
        raise Stale("the invitation was taken back or has run out")
    event = code.event
    if not event.is_public or not event.takes_place or event.over_at <= clock.now():
        raise Stale("the event is not public, does not take place, or is over")
    if admission.uses(code):
        raise Stale("the person has registered")
    return compose(
        "registration/mail/invitation", _("Your invitation: %(event)s", event=chosen(event.title)),
        reply_to=event.reply_to, name=letter.recipient_name, event=event, code=code,
        link=absolute("registration.register", lang=letter.language, event=event.slug, code=code.code),
    )  # fmt: skip
