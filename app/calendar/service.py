"""What stands in which calendar."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar import writing
from app.calendar.entries import Slot, slots
from app.calendar.writing import Feed
from app.events.models import Event, EventKind, EventState, Series, Standing, Theme
from app.extensions import db
from app.languages.service import sessions_followable_in
from app.lib import clock
from app.lib.conditional import Rendered
from app.lib.text import Picked, language_name, pick, plain
from app.lib.urls import absolute, interface_language
from app.registration.models import AgendaItem, Purpose, Registration
from app.schedule.models import Appearance, EventSession
from app.speakers.models import Speaker

SITE_KEEPS = timedelta(days=31)
"""How long after its last day an event leaves the calendar of the site."""


def site_feed(language: str, default: str) -> Rendered:
    """`default` is the language of the calendar's name where readers have chosen none."""
    spoken = interface_language(language or default)
    with force_locale(spoken):
        name = Picked(_("Polyforum: all events"), spoken)
    present = clock.now()
    long_past = Event.ends_on <= (present - SITE_KEEPS).date()
    shown = slots(~long_past)
    about = Feed(
        name, Picked("", ""), absolute("site.home", lang=spoken),
        absolute("calendar.site", **_given(lang=language)), language,
    )  # fmt: skip
    last_left = db.session.scalar(
        sa.select(sa.func.max(Event.ends_on)).where(long_past, Event.state != EventState.DRAFT)
    )
    leave_on = {slot.event.ends_on for slot in shown} | ({last_left} if last_left else set())
    return _rendered(about, shown, {
        datetime.combine(day, time(), UTC) + SITE_KEEPS for day in leave_on
    })  # fmt: skip


def series_feed(series_id: int, language: str, default: str) -> Rendered:
    """All editions, the past ones too."""
    series = db.session.get_one(Series, series_id)
    spoken = language or default
    about = Feed(
        pick(series.title, (spoken,)), _plain(pick(series.description, (spoken,))),
        absolute("site.series", lang=interface_language(spoken), series=series.slug),
        absolute("calendar.series", series=series.slug, **_given(lang=language)), language,
    )  # fmt: skip
    return _rendered(about, slots(Event.series_id == series_id))


def event_feed(event_id: int, language: str, theme_id: int | None, followable_in: str, alarm: int | None) -> Rendered:
    """`language` is the one to write in, `followable_in` the one that the sessions can be followed in."""
    event = db.session.get_one(Event, event_id)
    theme = db.session.get_one(Theme, theme_id) if theme_id else None
    conditions = [EventSession.event_id == event_id]
    spoken = language or event.language
    title = pick(event.title, (spoken,))
    parts = [title.text]
    if theme:
        conditions.append(EventSession.theme_id == theme.id)
        parts.append(pick(theme.name, (spoken,)).text)
    if followable_in:
        conditions.append(EventSession.id.in_(sessions_followable_in(event, followable_in)))
        parts.append(language_name(followable_in, interface_language(spoken)))
    filters = _given(theme=theme.slug if theme else "", language=followable_in)
    about = Feed(
        Picked(" – ".join(parts), title.language), _plain(pick(event.summary, (spoken,))),
        absolute("site.schedule", lang=interface_language(spoken), event=event.slug, **filters),
        absolute("calendar.event", event=event.slug, **filters, **_given(alarm=alarm, lang=language)),
        language, event.zone, alarm,
    )  # fmt: skip
    return _rendered(about, slots(*conditions))


def session_feed(session_id: int, language: str) -> Rendered:
    session = db.session.get_one(EventSession, session_id)
    event = session.event
    spoken = language or event.language
    named = {"event": event.slug, "session": session.slug}
    about = Feed(
        pick(session.title, (spoken,)), Picked("", ""),
        absolute("site.session", lang=interface_language(spoken), **named),
        absolute("calendar.session", **named, **_given(lang=language)), language, event.zone,
    )  # fmt: skip
    return _rendered(about, slots(EventSession.id == session_id))


def speaker_feed(speaker_id: int, language: str) -> Rendered:
    speaker = db.session.get_one(Speaker, speaker_id)
    event = speaker.event
    spoken = language or event.language
    named = {"event": event.slug, "speaker": speaker.slug}
    name = pick(speaker.name, (spoken,))
    about = Feed(
        Picked(f"{name.text} – {pick(event.title, (spoken,)).text}", name.language), Picked("", ""),
        absolute("site.speaker", lang=interface_language(spoken), **named),
        absolute("calendar.speaker", **named, **_given(lang=language)), language, event.zone,
    )  # fmt: skip
    appears = sa.select(Appearance.session_id).where(Appearance.speaker_id == speaker_id)
    return _rendered(about, slots(EventSession.id.in_(appears)))


def personal_feed(registration_id: int, token: str, alarm: int | None) -> Rendered:
    """What a registered person means to attend, and how to join it; nothing once they have no place."""
    registration = db.session.get_one(Registration, registration_id)
    event, language = registration.event, registration.language
    spoken = interface_language(language)
    title = pick(event.title, (language,))
    with force_locale(spoken):
        name = Picked(_("%(event)s: my sessions", event=title.text), title.language)
    about = Feed(
        name, Picked("", ""), absolute("site.event", lang=spoken, event=event.slug),
        absolute("calendar.personal", token=token, **_given(alarm=alarm)),
        language, registration.zone, alarm, with_access=True,
    )  # fmt: skip
    attended = [EventSession.event_id == event.id]
    if event.kind is EventKind.CONFERENCE:
        chosen = sa.select(AgendaItem.session_id).where(AgendaItem.registration_id == registration.id)
        attended.append(EventSession.id.in_(chosen))
    shown = slots(*attended) if registration.is_confirmed else []
    return _rendered(about, shown, token=registration.token(Purpose.JOIN))


def _rendered(
    about: Feed, shown: Sequence[Slot], moments: set[datetime] = frozenset(), token: str = ""  # type: ignore[assignment]
) -> Rendered:  # fmt: skip
    """The feed as it is now, and when the clock alone changes it: a cancelled entry goes with its event."""
    ends = {slot.event.over_at for slot in shown if slot.standing is Standing.CANCELLED}
    body = writing.feed(about, [slot for slot in shown if not slot.is_gone])
    return Rendered.between(writing.personal(body, token) if token else body, {*moments, *ends})


def _plain(picked: Picked) -> Picked:
    return Picked(plain(picked.text), picked.language)


def _given(**parameters: object) -> dict[str, object]:
    """The parameters of an address that say something."""
    return {name: value for name, value in parameters.items() if value not in ("", None)}
