"""Speakers of an event: the verbs and the queries."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.events.models import Event, Grant
from app.events.service import change, subject
from app.events.slugs import unique_slug
from app.extensions import db
from app.lib.text import Translated, pick
from app.lib.tokens import new_token
from app.mail.service import enqueue
from app.people import audit
from app.people import service as people
from app.people.models import Account, Role
from app.speakers.models import Speaker


def speakers_of(event: Event) -> Sequence[Speaker]:
    """By name, in the event's main language."""
    found = db.session.scalars(sa.select(Speaker).where(Speaker.event == event))
    return sorted(found, key=lambda speaker: pick(speaker.name, event.languages).text.casefold())


def speaker_by_slug(event: Event, slug: str) -> Speaker | None:
    return db.session.scalar(sa.select(Speaker).where(Speaker.event == event, Speaker.slug == slug))


def speaker_of_account(event: Event, account: Account) -> Speaker | None:
    return db.session.scalar(sa.select(Speaker).where(Speaker.event == event, Speaker.account == account))


def create(event: Event, by: Account, name: Translated, **facts: Any) -> Speaker:
    slug = unique_slug(Speaker, name, fallback="speaker", event=event)
    speaker = Speaker(event=event, slug=slug, name=name, **facts)
    db.session.add(speaker)
    db.session.flush()
    audit.record(by, "speaker.created", _subject(speaker), name=dict(name))
    return speaker


def update(speaker: Speaker, by: Account, **facts: Any) -> None:
    """Writes the facts that differ."""
    if changed := change(speaker, facts):
        audit.record(by, "speaker.edited", _subject(speaker), name=dict(speaker.name), changed=changed)
    db.session.flush()


def delete(speaker: Speaker, by: Account) -> None:
    """The speaker leaves the event and its sessions; an account that was only this loses its role."""
    audit.record(by, "speaker.deleted", _subject(speaker), name=dict(speaker.name))
    if speaker.account is not None:
        for grant in _grants(speaker.event, speaker.account):
            if grant.role is Role.SPEAKER:
                speaker.event.grants.remove(grant)
    db.session.delete(speaker)
    db.session.flush()


def invite(speaker: Speaker, by: Account, language: str) -> None:
    """Lets whoever reads the speaker's mail edit the profile: an account, a role, and a letter with the link."""
    account = people.ensure(speaker.email, by=by, name=pick(speaker.name, (language,)).text, language=language)
    speaker.account = account
    if not _grants(speaker.event, account):
        speaker.event.grants.append(Grant(account=account, role=Role.SPEAKER))
    audit.record(by, "speaker.invited", _subject(speaker), name=dict(speaker.name), email=account.email)
    db.session.flush()
    enqueue(
        "speakers.invitation",
        new_token(),
        account.email,
        language=account.language,
        recipient_name=account.name,
        about=f"event:{speaker.event_id}",
        speaker=speaker.id,
    )


def _grants(event: Event, account: Account) -> list[Grant]:
    return [grant for grant in event.grants if grant.account is account]


def _subject(speaker: Speaker) -> str:
    return subject(speaker.event, f"speaker:{speaker.id}")
