"""Audiences as organisers choose and read them."""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events.models import Event, EventKind, Theme
from app.extensions import db
from app.lib.present import chosen, language_name
from app.reminders.audiences import Audience
from app.reminders.models import AudienceKind
from app.schedule.models import EventSession

Choices = list[tuple[str, str]]
Groups = dict[str, Choices]
PLAIN = (
    AudienceKind.ALL, AudienceKind.SPEAKERS, AudienceKind.INTERPRETERS, AudienceKind.UNCONFIRMED,
    AudienceKind.WAITING, AudienceKind.PRESENT, AudienceKind.ABSENT,
)  # fmt: skip


def groups(event: Event, languages: Collection[str], present: Audience | None = None) -> Groups:
    """What a message can be for, by its value in a form; of a conference also by what people chose.

    The present audience is among them also when it is gone: else a form would show another as chosen, and whoever
    mends a word would write to all.
    """
    found: Groups = {_("Groups"): [(kind.value, kind.label) for kind in PLAIN]}
    if event.kind is EventKind.CONFERENCE:
        found[AudienceKind.THEME.label] = [
            (value_of(Audience(AudienceKind.THEME, str(theme.id))), chosen(theme.name)) for theme in event.themes
        ]
        found[AudienceKind.BOOKED.label] = [
            (value_of(Audience(AudienceKind.BOOKED, str(session.id))), chosen(session.title))
            for session in _sessions(event)
        ]
    found[AudienceKind.LANGUAGE.label] = [
        (value_of(Audience(AudienceKind.LANGUAGE, tag)), language_name(tag)) for tag in languages
    ]
    if present and present.value:
        value, of_kind = value_of(present), found.setdefault(present.kind.label, [])
        if value not in dict(of_kind):
            of_kind.append((value, said(event, present)))
    return {group: choices for group, choices in found.items() if choices}


def value_of(audience: Audience) -> str:
    return f"{audience.kind.value}:{audience.value}" if audience.value else audience.kind.value


def audience_in(value: str) -> Audience:
    kind, _colon, of_what = value.partition(":")
    return Audience(AudienceKind(kind), of_what)


def said(event: Event, audience: Audience) -> str:
    """An audience in words; what is gone since is said to be."""
    if audience.kind in PLAIN or not audience.value:
        return audience.kind.label
    return str(_("%(kind)s: %(name)s", kind=audience.kind.label, name=_name(event, audience) or _("(is gone)")))


def _name(event: Event, audience: Audience) -> str:
    if audience.kind is AudienceKind.LANGUAGE:
        return language_name(audience.value)
    if audience.kind is AudienceKind.THEME:
        theme = db.session.get(Theme, int(audience.value))
        return chosen(theme.name) if theme and theme.event_id == event.id else ""
    session = db.session.get(EventSession, int(audience.value))
    return chosen(session.title) if session and session.event_id == event.id else ""


def _sessions(event: Event) -> list[EventSession]:
    of_event = sa.select(EventSession).where(EventSession.event_id == event.id)
    return list(db.session.scalars(of_event.order_by(EventSession.starts_at, EventSession.id)))
