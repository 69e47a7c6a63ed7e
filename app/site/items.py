"""What the programme says of each session: written once, and kept for as long as the session stays as it is.

All of it that can change moves the session's SEQUENCE (`schedule.sequence`), except its subtitle files, whose
languages are therefore compared beside it. So a change of one session costs the writing of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import get_template_attribute, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.events.models import Event, Standing
from app.extensions import db
from app.lib import present, text
from app.lib.memory import Memory
from app.schedule.models import Appearance, EventSession, SessionKind
from app.site.choice import Offer
from app.speakers.models import Speaker

Row = sa.Row[*tuple[Any, ...]]

_sessions, _appearances, _speakers = (model.__table__ for model in (EventSession, Appearance, Speaker))
_texts = sa.select(
    _sessions.c.id, _sessions.c.slug, _sessions.c.title, _sessions.c.kind, _sessions.c.languages,
    _sessions.c.theme_id, _sessions.c.room_id, _sessions.c.starts_at, _sessions.c.ends_at, _sessions.c.standing,
    _sessions.c.standing_reason,
)  # fmt: skip
_people = (
    sa.select(_appearances.c.session_id, _speakers.c.name)
    .join_from(_appearances, _speakers)
    .order_by(_appearances.c.session_id, _appearances.c.position)
)
_KIND_CLASS = {SessionKind.BREAK: " pause", SessionKind.KEYNOTE: " keynote"}


class Item(NamedTuple):
    """One session as the programme shows it, but for where and when."""

    stamp: tuple[object, ...]
    """Of which state of the session this is."""
    classes: str
    html: Markup


class Line(NamedTuple):
    """What stands in an item; text is ready, `language` is empty when it is the page's."""

    href: str
    title: str
    language: str
    direction: str
    notice: str
    reason: str
    people: str
    room: str
    facts: str


_kept: Memory[tuple[int, str, str], dict[int, Item]] = Memory("programme items", 24)


def items(
    event: Event, zone: str, offered: Offer, rows: Sequence[Row], tracks: Mapping[int, Sequence[str]]
) -> dict[int, Item]:
    """By session; of `rows` are needed `id`, `sequence` and `changed_at`. Links keep the reader's `zone`."""
    key = event.id, present.page_language(), zone
    kept = _kept.get(key) or _kept.keep(key, {})
    stamps = {row.id: (row.sequence, row.changed_at, *tracks.get(row.id, ())) for row in rows}
    missing = [session for session, stamp in stamps.items() if session not in kept or kept[session].stamp != stamp]
    if missing:
        writer = _Writer(event, zone, offered, _names(missing), tracks)
        for row in db.session.execute(_texts.where(_sessions.c.id.in_(missing))):
            kept[row.id] = writer.item(row, stamps[row.id])
    return kept


def _names(sessions: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    language = present.page_language()
    for session, name in db.session.execute(_people.where(_appearances.c.session_id.in_(sessions))):
        names.setdefault(session, []).append(text.pick(name, (language,)).text)
    return names


class _Writer:
    """Writes many items; what several of them share is looked up once."""

    def __init__(
        self, event: Event, zone: str, offered: Offer, people: Mapping[int, list[str]],
        tracks: Mapping[int, Sequence[str]],
    ) -> None:  # fmt: skip
        self.language = present.page_language()
        self.wanted = (self.language,)
        self.prefix = url_for("site.session", event=event.slug, session="0").removesuffix("0/")
        self.suffix = f"/?zone={zone}" if zone else "/"
        self.rooms = {number: text.pick(name, self.wanted).text for number, name in offered.rooms.items()}
        self.themes = {theme.id: text.pick(theme.name, self.wanted).text for theme in offered.themes.values()}
        self.people, self.tracks = people, tracks
        self.notices = {
            Standing.CONFIRMED: "", Standing.CANCELLED: _("Cancelled"), Standing.POSTPONED: _("Postponed"),
        }  # fmt: skip
        self.write = get_template_attribute("site/_item.html", "item")
        self._lengths: dict[timedelta, str] = {}
        self._spoken: dict[tuple[str, ...], str] = {}

    def item(self, row: Row, stamp: tuple[object, ...]) -> Item:
        title = text.pick(row.title, self.wanted)
        foreign = title.language != self.language
        notice = self.notices[row.standing]
        told = () if row.kind is SessionKind.BREAK else (
            self.themes.get(row.theme_id), self._languages(row.languages, self.tracks.get(row.id, ()))
        )  # fmt: skip
        line = Line(
            f"{self.prefix}{row.slug}{self.suffix}",
            title.text,
            title.language if foreign else "",
            text.direction(title.language) if foreign else "",
            notice,
            text.pick(row.standing_reason, self.wanted).text if notice else "",
            ", ".join(self.people.get(row.id, ())),
            self.rooms.get(row.room_id, ""),
            " · ".join((self._length(row.ends_at - row.starts_at), *filter(None, told))),
        )
        theme = f" t{row.theme_id}" if row.theme_id else ""
        classes = f"{theme}{_KIND_CLASS.get(row.kind, '')}{' off' if notice else ''}"
        return Item(stamp, classes, self.write(line))

    def _length(self, length: timedelta) -> str:
        if length not in self._lengths:
            self._lengths[length] = present.length(length)
        return self._lengths[length]

    def _languages(self, floor: list[str], tracks: Iterable[str]) -> str:
        key = (*floor, "+", *tracks)
        if key not in self._spoken:
            names = ", ".join(present.language_name(tag) for tag in floor)
            added = ", ".join(present.language_name(tag) for tag in tracks if tag not in floor)
            self._spoken[key] = f"{names} (+ {added})" if names and added else names or added
        return self._spoken[key]
