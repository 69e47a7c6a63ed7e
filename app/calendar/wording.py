"""The words of calendar entries, in one language: titles that say what became of a session, and descriptions."""

from collections.abc import Iterator
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar.entries import Entry
from app.events.models import Event, EventKind, Standing
from app.languages.models import TrackKind
from app.lib import text
from app.lib.text import Picked, Translated
from app.lib.urls import absolute, interface_language
from app.schedule.models import FormerSession

# Markdown takes a third of a millisecond a text, and a feed that changed has mostly the texts that it had before.
_plain = lru_cache(2048)(text.plain)
_language_name = lru_cache(1024)(text.language_name)
_PLACE = "session-of-this-place"
HOLDER = "token-of-the-person-who-reads-it"
"""Holds the place of a private token, and is as long as one (see `writing.personal`)."""


class Wording:
    """Says entries to someone who reads `language`: our words in the nearest language of the interface, the
    organisers' in the language itself where they exist in it."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.interface = interface_language(language)
        self._pages: dict[int, str] = {}
        self._way_in = ""
        with force_locale(self.interface.replace("-", "_")):
            self._marks = {
                Standing.CONFIRMED: "%(title)s",
                Standing.POSTPONED: _("Postponed: %(title)s"),
                Standing.CANCELLED: _("Cancelled: %(title)s"),
            }
            self._tracks = {
                TrackKind.INTERPRETATION: _("Interpretation: %(languages)s"),
                TrackKind.CAPTIONS: _("Live captions: %(languages)s"),
                TrackKind.SUBTITLES: _("Subtitles: %(languages)s"),
                TrackKind.SIGN: _("Sign language: %(languages)s"),
            }
            self._languages = _("Languages: %(languages)s")
            self._people = _("With %(names)s")
            self._few = _("Places are few and have to be booked.")
            self._reason = _("Reason: %(reason)s")
            self._join = _("Join: %(address)s")
            self._phone = _("By phone: %(number)s")
            self._passcode = _("Passcode: %(passcode)s")
            self._channel = _("Interpretation into %(language)s: %(address)s")
            self._part_of = _("It is part of another session now: %(title)s")
            self._left = _("This session is no longer in the programme.")
            self.online = _("Online")
            self.by_phone = _("By phone")
            self.join = _("Join the session")

    def pick(self, translated: Translated) -> Picked:
        return text.pick(translated, (self.language,))

    def language_name(self, tag: str) -> str:
        return _language_name(tag, self.interface)

    def title(self, entry: Entry) -> Picked:
        title = self.pick(entry.session.title)
        return Picked(self._marks[entry.standing] % {"title": title.text}, title.language)

    def location(self, entry: Entry) -> Picked:
        """The room, and that one can be there on line."""
        room = self.pick(entry.session.room or {})
        is_online = bool(entry.session.join_url) or (not room.text and entry.event.kind is EventKind.WEBINAR)
        said = [*([room.text] if room.text else []), *([self.online] if is_online else [])]
        return Picked(", ".join(said), room.language or self.interface)

    def called_off(self, title: Translated) -> Picked:
        picked = self.pick(title)
        return Picked(self._marks[Standing.CANCELLED] % {"title": picked.text}, picked.language)

    def what_became_of(self, former: FormerSession) -> str:
        if former.became is None:
            return str(self._left)
        return str(self._part_of % {"title": self.pick(former.became.title).text})

    def page(self, event: Event, session: str) -> str:
        """A session's page; the router is asked once for an event, since it needs more than all else here."""
        if event.id not in self._pages:
            self._pages[event.id] = absolute("site.session", lang=self.interface, event=event.slug, session=_PLACE)
        return self._pages[event.id].replace(_PLACE, session)

    def way_in(self, entry: Entry, language: str = "") -> str:
        """Where to join, on the floor or in a language: a page of the reader's own, which counts who came."""
        if not self._way_in:
            self._way_in = absolute("personal.join", lang=self.interface, token=HOLDER, session=_PLACE)
        address = self._way_in.replace(_PLACE, entry.session.slug)
        return f"{address}#{language}" if language else address

    def description(self, entry: Entry, *, with_access: bool = False, is_withdrawn: bool = False) -> str:
        """Without what it was to be about where the entry is to go."""
        parts = [self._reason_of(entry) if is_withdrawn else self._about(entry), "\n".join(self._facts(entry))]
        if with_access:
            parts.append("\n".join(self._access(entry)))
        parts.append(self.page(entry.event, entry.session.slug))
        return "\n\n".join(part for part in parts if part)

    def _about(self, entry: Entry) -> str:
        session = entry.session
        said = [
            self._reason_of(entry), self.pick(session.subtitle).text, _plain(self.pick(session.abstract).text),
        ]  # fmt: skip
        return "\n\n".join(part for part in said if part)

    def _reason_of(self, entry: Entry) -> str:
        reason = self.pick(entry.standing_reason).text if entry.standing is not Standing.CONFIRMED else ""
        return reason and self._reason % {"reason": _plain(reason)}

    def _facts(self, entry: Entry) -> Iterator[str]:
        yield self.pick(entry.event.title).text
        if entry.people:
            yield self._people % {"names": ", ".join(self.pick(name).text for name in entry.people)}
        if entry.session.languages and not entry.is_break:
            yield self._languages % {"languages": ", ".join(map(self.language_name, entry.session.languages))}
        for kind, wording in self._tracks.items():
            tags = [track.language for track in entry.tracks if track.kind is kind]
            if tags:
                yield wording % {"languages": ", ".join(map(self.language_name, tags))}
        if entry.session.capacity is not None:
            yield self._few

    def _access(self, entry: Entry) -> Iterator[str]:
        """How to join: for registered people alone."""
        session = entry.session
        if session.join_url:
            yield self._join % {"address": self.way_in(entry)}
        if session.join_phone:
            yield self._phone % {"number": session.join_phone}
        if session.join_passcode:
            yield self._passcode % {"passcode": session.join_passcode}
        for track in entry.tracks:
            if track.url:
                address = self.way_in(entry, track.language)
                yield self._channel % {"language": self.language_name(track.language), "address": address}
