"""What stands in which calendar."""

from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from app.calendar import writing
from app.calendar.entries import Slot, slots
from app.calendar.filters import Asked, filter_of
from app.calendar.former import Gone, gone
from app.calendar.writing import Feed
from app.events.models import Event, EventState, Series, Standing
from app.extensions import db
from app.lib import clock
from app.lib.conditional import Rendered
from app.lib.text import Picked, pick, plain
from app.lib.urls import absolute, interface_language
from app.schedule.models import Appearance, EventSession, FormerSession
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
        absolute("calendar.site", **given(lang=language)), language,
    )  # fmt: skip
    last_left = db.session.scalar(
        sa.select(sa.func.max(Event.ends_on)).where(long_past, Event.state != EventState.DRAFT)
    )
    leave_on = {slot.event.ends_on for slot in shown} | ({last_left} if last_left else set())
    return rendered(about, shown, gone(~long_past), {
        datetime.combine(day, time(), UTC) + SITE_KEEPS for day in leave_on
    })  # fmt: skip


def series_feed(series_id: int, language: str, default: str) -> Rendered:
    """All editions, the past ones too."""
    series = db.session.get_one(Series, series_id)
    spoken = language or default
    about = Feed(
        pick(series.title, (spoken,)), _plain(pick(series.description, (spoken,))),
        absolute("site.series", lang=interface_language(spoken), series=series.slug),
        absolute("calendar.series", series=series.slug, **given(lang=language)), language,
    )  # fmt: skip
    return rendered(about, slots(Event.series_id == series_id), gone(Event.series_id == series_id))


def event_feed(event_id: int, language: str, asked: Asked, alarm: int | None) -> Rendered:
    """`language` is the one to write in, that of `asked` the one to follow the sessions in. Raises UnknownTheme."""
    event = db.session.get_one(Event, event_id)
    chosen = filter_of(event, asked)
    spoken = language or event.language
    title = pick(event.title, (spoken,))
    about = Feed(
        Picked(" – ".join([title.text, *chosen.names(spoken)]), title.language), _plain(pick(event.summary, (spoken,))),
        absolute("site.schedule", lang=interface_language(spoken), event=event.slug, **asked.parameters()),
        absolute("calendar.event", event=event.slug, **asked.parameters(), **given(alarm=alarm, lang=language)),
        language, event.zone, alarm,
    )  # fmt: skip
    left = [row for row in gone(FormerSession.event_id == event_id) if chosen.shows(row.former)]
    return rendered(about, slots(*chosen.conditions()), left)


def session_feed(session_id: int, language: str) -> Rendered:
    session = db.session.get_one(EventSession, session_id)
    event = session.event
    spoken = language or event.language
    named = {"event": event.slug, "session": session.slug}
    about = Feed(
        pick(session.title, (spoken,)), Picked("", ""),
        absolute("site.session", lang=interface_language(spoken), **named),
        absolute("calendar.session", **named, **given(lang=language)), language, event.zone,
    )  # fmt: skip
    same = FormerSession.event_id == event.id, FormerSession.guid == session.guid
    return rendered(about, slots(EventSession.id == session_id), gone(*same))


def former_session_feed(former_id: int, language: str) -> Rendered | None:
    """Of a session that left the programme; None when its event is over, and there is no more to say."""
    (row,) = gone(FormerSession.id == former_id)
    if row.is_gone:
        return None
    event, former = row.event, row.former
    spoken = language or event.language
    named = {"event": event.slug, "session": former.slug}
    about = Feed(
        pick(former.title, (spoken,)), Picked("", ""),
        absolute("site.schedule", lang=interface_language(spoken), event=event.slug),
        absolute("calendar.session", **named, **given(lang=language)), language, event.zone,
    )  # fmt: skip
    return rendered(about, [], [row])


def speaker_feed(speaker_id: int, language: str) -> Rendered:
    speaker = db.session.get_one(Speaker, speaker_id)
    event = speaker.event
    spoken = language or event.language
    named = {"event": event.slug, "speaker": speaker.slug}
    name = pick(speaker.name, (spoken,))
    about = Feed(
        Picked(f"{name.text} – {pick(event.title, (spoken,)).text}", name.language), Picked("", ""),
        absolute("site.speaker", lang=interface_language(spoken), **named),
        absolute("calendar.speaker", **named, **given(lang=language)), language, event.zone,
    )  # fmt: skip
    appears = sa.select(Appearance.session_id).where(Appearance.speaker_id == speaker_id)
    spoke = [row for row in gone(FormerSession.event_id == event.id) if speaker_id in row.former.speaker_ids]
    return rendered(about, slots(EventSession.id.in_(appears)), spoke)


def rendered(
    about: Feed, shown: Sequence[Slot], left: Sequence[Gone], moments: Iterable[datetime] = (),
    *, token: str = "", barred: Container[int] = (),
) -> Rendered:  # fmt: skip
    """The feed as it is now, and when the clock alone changes it: what is called off goes with its event.

    `left`: what is not in the programme any more; `token` and `barred`: of a personal feed (see `writing.feed`).
    """
    ends = {slot.kept_until for slot in shown if slot.standing is Standing.CANCELLED}
    ends.update(row.kept_until for row in left)
    body = writing.feed(
        about, [slot for slot in shown if not slot.is_gone], [row for row in left if not row.is_gone], barred
    )
    return Rendered.between(writing.personal(body, token) if token else body, {*moments, *ends})


def _plain(picked: Picked) -> Picked:
    return Picked(plain(picked.text), picked.language)


def given(**parameters: object) -> dict[str, object]:
    """The parameters of an address that say something."""
    return {name: value for name, value in parameters.items() if value not in ("", None)}
