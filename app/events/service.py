"""Events and series: the verbs and the queries. What organisers do is written into the event's trail."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.events.checks import Missing, blocking
from app.events.models import Event, EventState, Grant, Series, Standing
from app.events.signals import Change, capacity_changed, event_changed
from app.events.slugs import unique_slug
from app.extensions import db
from app.lib import clock
from app.lib.text import Translated
from app.people import audit
from app.people.models import Account, Role
from app.people.permissions import ALLOWED, Action, may

CHANGE_OF = {
    Standing.CANCELLED: Change.CANCELLED, Standing.POSTPONED: Change.POSTPONED, Standing.CONFIRMED: Change.RESTORED,
}  # fmt: skip


class NotReady(Exception):  # noqa: N818 - news for the organiser
    """The event lacks what publishing needs; `missing` says what and where."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = missing


def events_of(account: Account) -> Sequence[Event]:
    """The events that an account organises or reads, the latest first; an administrator's are all."""
    found = sa.select(Event).order_by(Event.starts_on.desc(), Event.id.desc())
    if not account.is_admin:
        found = found.join(Grant).where(Grant.account == account, Grant.role.in_(ALLOWED[Action.SEE_EVENT]))
    return db.session.scalars(found).all()


def events_spoken_at(account: Account) -> Sequence[Event]:
    """The events at which an account may edit its own profile as a speaker, and no more."""
    speaks = sa.and_(Grant.account == account, Grant.role == Role.SPEAKER)
    return db.session.scalars(sa.select(Event).join(Grant).where(speaks).order_by(Event.starts_on.desc())).all()


def events_with_a_door(account: Account) -> Sequence[Event]:
    """The events at which an account checks people in, and no more."""
    checks_in = sa.and_(Grant.account == account, Grant.role == Role.DOOR)
    return db.session.scalars(sa.select(Event).join(Grant).where(checks_in).order_by(Event.starts_on.desc())).all()


def public_event(slug: str) -> Event | None:
    """The event at a public address; a draft is at none."""
    return db.session.scalar(sa.select(Event).where(Event.slug == slug, Event.state != EventState.DRAFT))


def may_create(account: Account) -> bool:
    """Whether an account may make events and series: by its role in any event."""
    roles = db.session.scalars(sa.select(Grant.role).where(Grant.account == account).distinct())
    return any(may(account, Action.CREATE_EVENT, role) for role in (None, *roles))


def subject(event: Event, *inside: str) -> str:
    """What the audit trail calls an event, or something in it: `event:12/session:81`."""
    return "/".join((f"event:{event.id}", *inside))


def create(by: Account, title: Translated, **facts: Any) -> Event:
    """A new draft, of which its creator is the owner."""
    event = Event(slug=unique_slug(Event, title, fallback="event"), title=title, **facts)
    event.grants.append(Grant(account=by, role=Role.OWNER))
    db.session.add(event)
    db.session.flush()
    audit.record(by, "event.created", subject(event), title=dict(title))
    return event


def update(event: Event, by: Account, **facts: Any) -> None:
    """Writes the facts that differ."""
    changed = change(event, facts)
    if changed:
        audit.record(by, "event.edited", subject(event), changed=changed)
    db.session.flush()
    if "capacity" in changed:
        capacity_changed.send(event)


def change(row: Any, facts: dict[str, Any]) -> list[str]:
    """Sets the attributes that differ, and answers their names."""
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    return changed


def publish(event: Event, by: Account | None, *, even_unready: bool = False) -> None:
    """Shows a draft, or an archived event that goes on, to the public. Raises NotReady.

    There is no way back to a draft: people hold links and calendars. What shall not be is cancelled, or archived.
    """
    if not even_unready and (lacks := blocking(event)):
        raise NotReady(lacks)
    event.published_at = event.published_at or clock.now()
    _set_state(event, EventState.PUBLISHED, by)


def archive(event: Event, by: Account) -> None:
    """Stays to be read; nobody registers any more."""
    _set_state(event, EventState.ARCHIVED, by)


def _set_state(event: Event, state: EventState, by: Account | None) -> None:
    if event.state is state:
        return
    audit.record(by, f"event.{state}", subject(event), before=event.state.value)
    event.state = state
    db.session.flush()


def set_standing(event: Event, standing: Standing, reason: Translated | None = None, by: Account | None = None) -> bool:
    """Cancels or postpones the whole event, or says that it takes place after all. Answers whether people get word."""
    if event.standing is standing:
        if standing is not Standing.CONFIRMED:
            event.standing_reason = reason or event.standing_reason
        db.session.flush()
        return False
    event.standing = standing
    event.standing_reason = {} if standing is Standing.CONFIRMED else dict(reason or {})
    audit.record(by, f"event.{CHANGE_OF[standing]}", subject(event), reason=dict(event.standing_reason))
    db.session.flush()
    is_news = event.is_public and event.over_at > clock.now()
    if is_news:
        event_changed.send(event, change=CHANGE_OF[standing])
    return is_news


def series_by_slug(slug: str) -> Series | None:
    return db.session.scalar(sa.select(Series).where(Series.slug == slug))


def series_of(account: Account) -> Sequence[Series]:
    """The series that an account may edit and add events to: where it runs an event, and those without any yet."""
    found = sa.select(Series).order_by(Series.slug)
    if not account.is_admin:
        runs = Event.grants.any(sa.and_(Grant.account == account, Grant.role.in_(ALLOWED[Action.EDIT_EVENT])))
        used = sa.select(Event.series_id).where(Event.series_id.is_not(None))
        mine = used.where(runs)
        found = found.where(sa.or_(Series.id.in_(mine), Series.id.not_in(used)))
    return db.session.scalars(found).all()


def create_series(by: Account, title: Translated, description: Translated) -> Series:
    series = Series(slug=unique_slug(Series, title, fallback="series"), title=title, description=description)
    db.session.add(series)
    db.session.flush()
    audit.record(by, "series.created", f"series:{series.id}", title=dict(title))
    return series


def update_series(series: Series, by: Account, **facts: Any) -> None:
    if changed := change(series, facts):
        audit.record(by, "series.edited", f"series:{series.id}", changed=changed)
    db.session.flush()


def move(rows: list[Any], row: Any, by: int) -> None:
    """Moves a theme, a room or an organisation up (-1) or down (1) among its like."""
    ordered: list[Any] = sorted(rows, key=lambda each: (each.position, each.id))
    place = ordered.index(row)
    other = max(0, min(len(ordered) - 1, place + by))
    ordered.insert(other, ordered.pop(place))
    for position, each in enumerate(ordered):
        each.position = position
    db.session.flush()
