"""The words that open a form: for whoever knows one, or for the one address that it was mailed to."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.events.models import Event
from app.extensions import db, lock_row
from app.lib import clock
from app.mail.models import Letter, LetterState
from app.registration import admission
from app.registration.models import AccessCode, Registration

INVITATION = "registration.invitation"
PAGE = 100
SHORTEST, LONGEST = 4, 40
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None that is taken for another when it is read aloud or copied by hand."""


class Taken(Exception):  # noqa: N818 - a rule of the house
    """The event has this code already."""


class Listed(NamedTuple):
    code: AccessCode
    uses: int
    letters: int
    """How often its invitation was written."""
    letter: LetterState | None
    """What became of the last of them."""

    @property
    def is_used_up(self) -> bool:
        return self.code.most_uses is not None and self.uses >= self.code.most_uses


def make(event: Event, code: str, note: str, most_uses: int | None, expires_at: datetime | None) -> AccessCode:
    """A code of one's own words. Raises Taken."""
    lock_row(event)
    if of_text(event, code) is not None:
        raise Taken
    return add(event, code, note=note, most_uses=most_uses, expires_at=expires_at)


def make_many(event: Event, number: int, note: str, most_uses: int | None, expires_at: datetime | None) -> None:
    for _ in range(number):
        add(event, free_text(event), note=note, most_uses=most_uses, expires_at=expires_at)


def revoke(code: AccessCode) -> None:
    """Who registered with it stays registered. Doing it again changes nothing."""
    code.revoked_at = code.revoked_at or clock.now()
    db.session.flush()


def add(event: Event, text: str, *, note: str, most_uses: int | None, expires_at: datetime | None,
         email: str = "") -> AccessCode:  # fmt: skip
    code = AccessCode(
        event_id=event.id, code=text, note=note, most_uses=most_uses, expires_at=expires_at, email=email
    )  # fmt: skip
    db.session.add(code)
    db.session.flush()
    return code


def free_text(event: Event) -> str:
    """Ten signs by chance: 31¹⁰ words, of which nobody finds one by trying."""
    while True:
        signs = "".join(secrets.choice(_SIGNS) for _ in range(10))
        if of_text(event, text := f"{signs[:5]}-{signs[5:]}") is None:
            return text


# Questions.


def of_text(event: Event, text: str) -> AccessCode | None:
    return db.session.scalar(
        sa.select(AccessCode).where(
            AccessCode.event_id == event.id, sa.func.lower(AccessCode.code) == text.strip().lower()
        )
    )


def of_number(event: Event, number: int) -> AccessCode | None:
    return db.session.scalar(sa.select(AccessCode).where(AccessCode.id == number, AccessCode.event_id == event.id))


def opening(event: Event, text: str, email: str) -> AccessCode | None:
    """The code that was written, if it lets this address in.

    An invitation whose use is by its own address still does, so that who lost the letter can have it again.
    """
    code = of_text(event, text)
    if code is None or not code.is_in_force or not is_for(code, email):
        return None
    return code if admission.has_use_left(code) or (code.email and _stands_on(code, email)) else None


def is_for(code: AccessCode, email: str) -> bool:
    """Whether it is everybody's, or was sent to this address."""
    return code.email in ("", email)


def _stands_on(code: AccessCode, email: str) -> bool:
    found = sa.select(Registration.id).where(Registration.code_id == code.id, Registration.email == email)
    return db.session.scalar(found) is not None


def listed(event: Event, page: int) -> tuple[list[Listed], int]:
    """A page of an event's codes, the newest first; and how many there are."""
    number = db.session.scalar(sa.select(sa.func.count()).where(AccessCode.event_id == event.id)) or 0
    found = db.session.scalars(
        sa.select(AccessCode)
        .where(AccessCode.event_id == event.id)
        .order_by(AccessCode.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    uses, letters = _uses(found), _letters(found)
    return [Listed(code, uses.get(code.id, 0), *letters.get(code.id, (0, None))) for code in found], number


def _uses(codes: Sequence[AccessCode]) -> dict[int, int]:
    found = db.session.execute(
        sa.select(Registration.code_id, sa.func.count())
        .where(Registration.code_id.in_([code.id for code in codes]), Registration.state.in_(admission.LIVE))
        .group_by(Registration.code_id)
    )
    return {row[0]: row[1] for row in found if row[0]}


def number_of_letters(code: AccessCode) -> int:
    number, _state = _letters([code]).get(code.id, (0, None))
    return number


def _letters(codes: Sequence[AccessCode]) -> dict[int, tuple[int, LetterState]]:
    addresses = {code.email for code in codes if code.email}
    code_id = Letter.payload["code"].as_integer()
    found = db.session.execute(
        sa.select(code_id, Letter.state)
        .where(Letter.recipient.in_(addresses), Letter.kind == INVITATION)
        .order_by(Letter.id)
    )
    letters: dict[int, tuple[int, LetterState]] = {}
    for number, state in found:
        letters[number] = (letters.get(number, (0, state))[0] + 1, state)
    return letters
