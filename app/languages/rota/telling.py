"""Interpreters are told their turns: all of them once, and later those whose turns have changed since."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db
from app.languages import duties, team
from app.languages.models import LanguageTrack, Linguist, Rota, Turn
from app.languages.rota import material as materials
from app.languages.rota import turns
from app.languages.team_letters import addressed, page_of, reply_address, zone_of
from app.lib import clock
from app.lib.present import chosen
from app.lib.tokens import new_token
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.mail.service import enqueue
from app.people import audit
from app.people.models import Account

LETTER = "languages.rota"


def to_tell(event: Event) -> list[Linguist]:
    """Whose turns are not those that they were told last, by name."""
    rota = db.session.get(Rota, event.id)
    told = rota.told if rota else {}
    own = _by_person(turns.of_event(event))
    return [person for person in team.members(event) if fingerprint(own[person.id]) != told.get(str(person.id), "")]


def tell(event: Event, by: Account) -> list[Linguist]:
    """Writes to everybody of `to_tell`, who are answered; those without an address must be told by somebody."""
    rota = turns.rota_of(event)
    people = to_tell(event)
    _settle_booths(event)
    own = _by_person(turns.of_event(event))
    for person in people:
        enqueue(
            LETTER, f"{person.id}:{new_token()}", person.email, recipient_name=person.name,
            language=person.language, about=f"event:{event.id}", linguist=person.id,
            is_change=str(person.id) in rota.told,
        )  # fmt: skip
    rota.told = rota.told | {str(person.id): fingerprint(own[person.id]) for person in people}
    rota.told_at = clock.now()
    audit.record(by, "rota.told", f"event:{event.id}", people=len(people))
    db.session.flush()
    return people


def _settle_booths(event: Event) -> None:
    """The booth that a track has by its languages is the one that people are told, so it stays."""
    for track, booth in materials.of(event).booth_of.items():
        if booth is not None and track.booth_id is None:
            track.booth = booth


def _by_person(those: Sequence[Turn]) -> dict[int, list[Turn]]:
    found: dict[int, list[Turn]] = defaultdict(list)
    for turn in those:
        found[turn.linguist_id].append(turn)
        if turn.partner_id not in (None, turn.linguist_id):
            found[turn.partner_id].append(turn)
    return found


def fingerprint(those: Sequence[Turn]) -> str:
    """What a person is told of their turns; empty when there are none."""
    said = [(turn.track_id, turn.linguist_id, turn.partner_id, turn.starts_at, turn.ends_at) for turn in those]
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest() if said else ""


@renders(LETTER)
def _letter(letter: Letter) -> Content:
    linguist = addressed(letter)
    if not duties.is_told(linguist.event):
        raise Stale("the rota is a draft again")
    sessions: dict[LanguageTrack, list[Turn]] = defaultdict(list)
    for turn in turns.of(linguist):
        if turn.ends_at > clock.now():
            sessions[turn.track].append(turn)
    event = linguist.event
    subject = _("Your turns have changed: %(event)s") if letter.payload["is_change"] else _("Your turns: %(event)s")
    return compose(
        "languages/mail/rota", subject % {"event": chosen(event.title)}, reply_to=reply_address(event),
        linguist=linguist, event=event, sessions=sessions, zone=zone_of(linguist), page=page_of(linguist),
        is_change=letter.payload["is_change"],
    )  # fmt: skip
