"""The proposal as long work: what the worker writes down of it, and how organisers take it over."""

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Event
from app.extensions import db
from app.jobs.kinds import Progress, Refused, does
from app.jobs.models import Job
from app.languages.models import LanguageTrack, Turn
from app.languages.rota import material as materials
from app.languages.rota import turns
from app.languages.rota.material import Material
from app.languages.rota.proposal import propose
from app.languages.rota.stretches import Proposal, kept_turns
from app.people import audit
from app.people.models import Account

PROPOSE = "languages.rota"


class Outdated(Exception):  # noqa: N818 - news for the organiser
    """Programme, team or rota have changed since the proposal was made."""


@does(PROPOSE, writes=False)
def work(job: Job, progress: Progress) -> None:
    event = db.session.get(Event, job.payload["event"])
    if event is None:
        raise Refused(_("The event is gone."))
    material = materials.of(event)
    if not material.tracks:
        raise Refused(_("No session with a time has interpretation in its plan."))
    if len(material.team) < 2:
        raise Refused(_("A booth needs two people: enter those who interpret into the language team first."))
    progress(0, 1)
    proposal = propose(material)
    job.result = _written(material, proposal)
    job.message = said_of(job.result)


def _written(material: Material, proposal: Proposal) -> dict[str, Any]:
    return {
        "made_from": fingerprint(material),
        "turns": [
            [turn.track.id, turn.linguist.id, turn.partner.id, *(moment.isoformat() for moment in turn.span)]
            for turn in proposal.turns
        ],
        "gaps": len(proposal.gaps),
        "is_best": proposal.is_best,
    }


def said_of(result: dict[str, Any]) -> str:
    if not result["gaps"]:
        return str(_("Everything is covered."))
    return str(ngettext(
        "%(num)s stretch stays without anybody: nobody has both its languages and the time.",
        "%(num)s stretches stay without anybody: nobody has both their languages and the time.",
        result["gaps"],
    ))  # fmt: skip


def fingerprint(material: Material) -> str:
    """Changes with all that a proposal is made from."""
    said = [
        [(track.id, *materials.span_of(track), track.language, track.via, track.booth_id) for track in material.tracks],
        [(*_key(turn.track.id, turn), turn.is_pinned) for turn in material.turns],
        [
            (person.id, [(skill.language, skill.grade) for skill in person.skills],
             [(each.starts_at, each.ends_at) for each in person.availability])
            for person in material.team
        ],
        material.most_minutes,
    ]  # fmt: skip
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


def _key(track: int, turn: Turn) -> tuple[Any, ...]:
    return track, turn.linguist_id, turn.partner_id, turn.starts_at, turn.ends_at


def proposed(material: Material, result: dict[str, Any]) -> tuple[Material, set[Turn]]:
    """The rota as it would be, with turns that nothing keeps yet; and those of them that are new. Raises Outdated."""
    if result["made_from"] != fingerprint(material):
        raise Outdated
    tracks = {track.id: track for track in material.tracks}
    people = {person.id: person for person in material.team}
    there = {_key(turn.track_id, turn): turn for turn in material.turns}
    would_be, new = kept_turns(material), set()
    for track, linguist, partner, start, end in result["turns"]:
        turn = _turn(tracks[track], people, linguist, partner, start, end)
        before = there.get(_key(track, turn))
        would_be.append(before or turn)
        if before is None:
            new.add(turn)
    return material.with_turns(would_be), new


def _turn(track: LanguageTrack, people: dict[int, Any], linguist: int, partner: int, start: str, end: str) -> Turn:
    return Turn(
        track=track, linguist_id=linguist, linguist=people[linguist], partner_id=partner, partner=people[partner],
        starts_at=datetime.fromisoformat(start), ends_at=datetime.fromisoformat(end), is_pinned=False,
    )  # fmt: skip


def take_over(material: Material, result: dict[str, Any], by: Account) -> Counter[str]:
    """Puts the proposal in the place of what is not pinned; how many turns are new and gone. Raises Outdated."""
    would_be, new = proposed(material, result)
    stay = set(would_be.turns)
    gone = [turn for turn in material.turns if turn not in stay]
    for turn in gone:
        db.session.delete(turn)
    db.session.add_all(new)
    turns.touch(material.event)
    counted = Counter(new=len(new), gone=len(gone))
    audit.record(by, "rota.proposed", f"event:{material.event.id}", **counted)
    return counted
