"""The language team of an event: who is in it, what they can and when, and the private links by which they work."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.events.models import Event, Grant
from app.extensions import db
from app.languages.models import Availability, Grade, LanguageTrack, Linguist, LinguistLink, LinkPurpose, Skill, Turn
from app.lib import clock
from app.people.models import Account
from app.people.permissions import Action, may
from app.schedule.models import EventSession

Stretch = tuple[datetime, datetime]


def members(event: Event) -> list[Linguist]:
    """By name, with what they can and when."""
    return list(
        db.session.scalars(
            sa.select(Linguist)
            .where(Linguist.event_id == event.id)
            .order_by(sa.func.lower(Linguist.name), Linguist.id)
            .options(orm.selectinload(Linguist.skills), orm.selectinload(Linguist.availability))
        )
    )


def has_members(event: Event) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Linguist.event_id == event.id))))


def member(event: Event, number: int) -> Linguist | None:
    return db.session.scalar(sa.select(Linguist).where(Linguist.event_id == event.id, Linguist.id == number))


def link_of(token: str, purpose: LinkPurpose) -> LinguistLink | None:
    """The link at an address, also one that has ended."""
    return db.session.scalar(
        sa.select(LinguistLink)
        .where(LinguistLink.token == token, LinguistLink.purpose == purpose)
        .options(orm.joinedload(LinguistLink.linguist).joinedload(Linguist.event))
    )


def by_token(token: str, purpose: LinkPurpose) -> Linguist | None:
    """The person that a link in force belongs to."""
    link = link_of(token, purpose)
    return link.linguist if link and link.revoked_at is None else None


def enter(linguist: Linguist) -> Linguist:
    """A new member, with their links."""
    linguist.links = [LinguistLink(purpose=purpose) for purpose in LinkPurpose]
    db.session.add(linguist)
    db.session.flush()
    return linguist


def organiser(event: Event, account: Account) -> Linguist:
    """An organiser of the event as a member of its team, who may do everything there."""
    found = db.session.scalar(sa.select(Linguist).where(Linguist.event == event, Linguist.account == account))
    if found is None:
        found = enter(Linguist(
            event=event, account=account, name=account.name or account.email, email=account.email,
            language=account.language or event.language, coordinates=True,
        ))  # fmt: skip
    return found


def coordinates(linguist: Linguist) -> bool:
    """Whether they may do everything. An organiser may as long as they are one."""
    if linguist.account is None or not linguist.coordinates:
        return linguist.coordinates
    role = db.session.scalar(
        sa.select(Grant.role).where(Grant.event_id == linguist.event_id, Grant.account_id == linguist.account_id)
    )
    return may(linguist.account, Action.EDIT_PROGRAMME, role)


def is_known(event: Event, email: str, besides: Linguist | None = None) -> bool:
    """Whether somebody else of the team has this address."""
    same = sa.select(Linguist).where(Linguist.event_id == event.id, Linguist.email == email)
    return any(each is not besides for each in db.session.scalars(same)) if email else False


def take_over(event: Event, source: Event) -> list[Linguist]:
    """The team of another event comes into this one, each with their languages; those who are new are answered.

    Neither what they may do everywhere nor the hours of the other event come along.
    """
    known = {row.email for row in members(event) if row.email}
    come = [row for row in members(source) if not row.email or row.email not in known]
    return [
        enter(Linguist(
            event=event, name=row.name, email=row.email, language=row.language, zone=row.zone, note=row.note,
            crafts=list(row.crafts),
            skills=[Skill(language=skill.language, grade=skill.grade) for skill in row.skills],
        ))
        for row in come
    ]  # fmt: skip


def set_skills(linguist: Linguist, skills: Iterable[tuple[str, Grade]]) -> bool:
    """The working languages, each with its grade; the last word on a language counts. Whether anything changed."""
    wanted = dict(skills)
    before = {skill.language: skill.grade for skill in linguist.skills}
    if wanted == before:
        return False
    kept = [skill for skill in linguist.skills if skill.language in wanted]
    for skill in kept:
        skill.grade = wanted[skill.language]
    new = [Skill(language=tag, grade=grade) for tag, grade in wanted.items() if tag not in before]
    linguist.skills = [*kept, *new]
    db.session.flush()
    return True


def set_availability(linguist: Linguist, stretches: Iterable[Stretch]) -> bool:
    """When somebody can work; stretches that touch become one. Whether anything changed."""
    wanted = joined(stretches)
    if wanted == [(row.starts_at, row.ends_at) for row in linguist.availability]:
        return False
    linguist.availability = [Availability(starts_at=start, ends_at=end) for start, end in wanted]
    db.session.flush()
    return True


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In the order of time, each moment in one of them at most."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def remove(linguist: Linguist) -> None:
    """Their turns go with them, and the tracks that they were responsible for have nobody."""
    for turn in turns_of(linguist):
        if turn.linguist_id == linguist.id:
            db.session.delete(turn)
        else:
            turn.partner = None
    for track in tracks_of(linguist):
        track.linguist = None
    db.session.flush()
    db.session.delete(linguist)
    db.session.flush()


def turns_of(linguist: Linguist) -> Sequence[Turn]:
    """Those in which they speak or sit beside, told or not."""
    theirs = sa.or_(Turn.linguist_id == linguist.id, Turn.partner_id == linguist.id)
    return db.session.scalars(sa.select(Turn).where(theirs).order_by(Turn.starts_at, Turn.id)).all()


def tracks_of(linguist: Linguist) -> Sequence[LanguageTrack]:
    """Those that they are responsible for, by time."""
    return db.session.scalars(
        sa.select(LanguageTrack)
        .join(LanguageTrack.session)
        .where(LanguageTrack.linguist_id == linguist.id)
        .order_by(EventSession.starts_at.is_(None), EventSession.starts_at, LanguageTrack.language, LanguageTrack.kind)
        .options(orm.contains_eager(LanguageTrack.session))
    ).all()


def replace_link(linguist: Linguist, purpose: LinkPurpose) -> None:
    """Ends the link of this purpose and makes a new one."""
    for link in linguist.links:
        if link.purpose is purpose and link.revoked_at is None:
            link.revoked_at = clock.now()
    linguist.links.append(LinguistLink(purpose=purpose))
    db.session.flush()
