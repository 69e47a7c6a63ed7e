"""The letter about sessions and events that were moved, called off or brought back."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.events.models import Event, Standing
from app.events.signals import Change
from app.extensions import db
from app.lib import clock
from app.lib.present import chosen
from app.lib.text import Translated
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.registration.models import Registration
from app.reminders.entries import Enclosed, asking, calling_off, enclosed
from app.reminders.letters import (
    attended,
    confirmed,
    for_calendar,
    in_calendar,
    items,
    page,
    reply_to,
    wait_in_words,
)
from app.reminders.news import CHANGE
from app.reminders.wording import Item, span, times
from app.schedule import zones
from app.schedule.models import EventSession
from app.schedule.service import is_over
from app.speakers.models import Speaker

STANDING_AFTER = {
    Change.MOVED: Standing.CONFIRMED, Change.CLOCKS: Standing.CONFIRMED, Change.RESTORED: Standing.CONFIRMED,
    Change.CANCELLED: Standing.CANCELLED, Change.POSTPONED: Standing.POSTPONED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One change as the letter tells it; `item` is None when it is about the event as a whole."""

    change: Change
    title: Translated
    reason: Translated
    before: list[str]
    item: Item | None
    wait: str = ""
    """How the reader stands who waits for a place in it."""

    @property
    def heading(self) -> str:
        title = chosen(self.title)
        headings: dict[Change, str] = {
            Change.MOVED: _("Moved: %(title)s", title=title),
            Change.CLOCKS: _("Another hour for you: %(title)s", title=title),
            Change.CANCELLED: _("Cancelled: %(title)s", title=title),
            Change.POSTPONED: _("Postponed: %(title)s", title=title),
            Change.RESTORED: _("Takes place after all: %(title)s", title=title),
        }
        return headings[self.change]


@renders(CHANGE)
def _change(letter: Letter) -> Content:
    registration = confirmed(letter) if "registration_id" in letter.payload else None
    event = db.session.get(Event, letter.payload["event_id"])
    if event is None or not event.is_public or is_over(event):
        raise Stale("the event is over or not public any more")
    zone = registration.zone if registration else zone_of_speaker(letter, event)
    told = [news for fact in letter.payload["changes"] if (news := _still_true(fact, event, zone, registration))]
    if not told:
        raise Stale("what it tells has changed again since")
    only = told[0].heading if len(told) == 1 else _("Changes in the programme: %(event)s", event=chosen(event.title))
    entries = _entries(registration, told) if registration else Enclosed()
    return compose(
        "reminders/mail/change", only, reply_to=reply_to(event), attachments=entries.files, left=entries,
        event=event, name=letter.recipient_name, told=told, page=page(letter, registration) if registration else "",
        event_page=absolute("site.event", lang=letter.language, event=event.slug),
    )  # fmt: skip


def zone_of_speaker(letter: Letter, event: Event) -> str:
    speaker = db.session.get(Speaker, letter.payload["speaker_id"])
    if speaker is None:
        raise Stale("the speaker is gone")
    return speaker.zone or event.zone


def _still_true(fact: dict[str, Any], event: Event, zone: str, registration: Registration | None) -> Told | None:
    change = Change(fact["change"])
    if fact["session_id"] is None:
        still = event.standing is STANDING_AFTER[change]
        return Told(change, event.title, event.standing_reason, [], None) if still else None
    session = db.session.get(EventSession, fact["session_id"])
    if session is None or not event.takes_place:
        return None
    start = session.starts_at and int(session.starts_at.timestamp())
    if start != fact["start"] or (start and session.standing is not STANDING_AFTER[change]):
        return None
    before: list[str] = []
    if fact["previous"] and fact["previous"] != fact["start"]:
        previous = clock.from_timestamp(fact["previous"])
        if change is Change.CLOCKS:
            # What the reader's clocks were to show; in the event's zone it is what they show.
            shown = zones.shown_before(previous, zone, clock.from_timestamp(fact["since"]))
            before = [span(shown.replace(tzinfo=clock.zone(zone)), None, zone)]
        else:
            before = times(previous, None, zone, event)
    wait = wait_in_words(registration, session)
    if wait and not session.takes_place:
        wait = _("You waited for a place in this session.") if change is Change.CANCELLED else ""
    return Told(change, session.title, session.standing_reason, before, items([session], zone, registration)[0], wait)


def _entries(registration: Registration, told: list[Told]) -> Enclosed:
    """The calendar entries as they are now, each with a SEQUENCE above that of the one they replace."""
    if any(news.item is None for news in told):
        if told[0].change is Change.CANCELLED:
            return calling_off(registration, in_calendar(registration))
        return asking(registration, attended(registration))
    theirs = for_calendar(registration, [news.item.session for news in told if news.item])
    return enclosed(registration, [
        (news.item.session, "CANCEL" if news.change is Change.CANCELLED else "REQUEST")
        for news in told if news.item and news.item.session in theirs
    ])  # fmt: skip
