"""The letters about languages that fell through, or are there after all."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db
from app.languages.models import LanguageTrack, TrackKind, TrackState
from app.languages.service import tracks_of
from app.lib.present import chosen, language_name
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.reminders.entries import asking
from app.reminders.languages import LANGUAGES, LANGUAGES_TOLD, concerns_anybody
from app.reminders.letters import attended, confirmed, items, page, reply_to
from app.reminders.wording import Item
from app.schedule.models import EventSession


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to a language in a session, and how the session can be followed now."""

    track: LanguageTrack
    item: Item

    @property
    def heading(self) -> str:
        said = {"language": language_name(self.track.language), "title": chosen(self.item.session.title)}
        gone: dict[TrackKind, str] = {
            TrackKind.INTERPRETATION: _("No interpretation into %(language)s: %(title)s", **said),
            TrackKind.CAPTIONS: _("No live captions in %(language)s: %(title)s", **said),
            TrackKind.SUBTITLES: _("No subtitles in %(language)s: %(title)s", **said),
            TrackKind.SIGN: _("Not in %(language)s: %(title)s", **said),
        }
        back: dict[TrackKind, str] = {
            TrackKind.INTERPRETATION: _("Interpretation into %(language)s after all: %(title)s", **said),
            TrackKind.CAPTIONS: _("Live captions in %(language)s after all: %(title)s", **said),
            TrackKind.SUBTITLES: _("Subtitles in %(language)s after all: %(title)s", **said),
            TrackKind.SIGN: _("In %(language)s after all: %(title)s", **said),
        }
        return (back if self.track.is_offered else gone)[self.track.kind]

    @property
    def ways(self) -> list[str]:
        return list(ways(self.item.session))


def ways(session: EventSession) -> Iterator[str]:
    """How a session can be followed, a line for each way."""
    if session.languages:
        yield _("Spoken: %(languages)s", languages=", ".join(map(language_name, session.languages)))
    tracks = tracks_of(session)
    for kind in TrackKind:
        names = [_name(track) for track in tracks if track.kind is kind]
        if names:
            yield f"{kind.label}: {', '.join(names)}"


def _name(track: LanguageTrack) -> str:
    language = language_name(track.language)
    return _("%(language)s (promised)", language=language) if track.state is TrackState.PROMISED else language


@renders(LANGUAGES)
def _to_people(letter: Letter) -> Content:
    registration = confirmed(letter)
    coming = {session.id for session in attended(registration)}
    tracks = [track for track in _still_true(letter) if track.session_id in coming or track.session.starts_at is None]
    if not tracks:
        raise Stale("they do not attend it any more")
    told = [Told(track, items([track.session], registration.zone, registration)[0]) for track in tracks]
    sessions = list(dict.fromkeys(track.session for track in tracks if track.session.starts_at))
    return compose(
        "reminders/mail/languages", _subject(told, registration.event), reply_to=reply_to(registration.event),
        attachments=asking(registration, sessions).files, event=registration.event, name=registration.name, told=told,
        address=page(letter, registration), number=None,
    )  # fmt: skip


@renders(LANGUAGES_TOLD)
def _to_organisers(letter: Letter) -> Content:
    tracks = _still_true(letter)
    event = tracks[0].session.event
    told = [Told(track, items([track.session], event.zone)[0]) for track in tracks]
    return compose(
        "reminders/mail/languages", _subject(told, event), event=event, name="", told=told,
        number=letter.payload["told"],
        address=absolute("languages_manage.matrix", lang=letter.language, event=event.slug),
    )  # fmt: skip


def _still_true(letter: Letter) -> list[LanguageTrack]:
    said: dict[str, bool] = letter.payload["tracks"]
    tracks = [track for number in said if (track := db.session.get(LanguageTrack, int(number)))]
    true = [track for track in tracks if track.is_offered is said[str(track.id)] and concerns_anybody(track)]
    if not true:
        raise Stale("what it tells has changed again since, or is over")
    return true


def _subject(told: list[Told], event: Event) -> str:
    return told[0].heading if len(told) == 1 else _("Languages have changed: %(event)s", event=chosen(event.title))
