"""Taking a schedule in: into the event it belongs to, with an entry in the audit trail."""

import sqlalchemy as sa
from flask_babel import gettext as _

from app.events import service as events_service
from app.events.models import Event, EventState
from app.exchange.event_in import default_slug
from app.exchange.frab import Schedule, Unreadable
from app.exchange.importing import Outcome, Progress, import_schedule
from app.extensions import db
from app.lib import text
from app.people import audit
from app.people.models import Account, AuditEntry

IMPORTED = "schedule.imported"


def take_in(
    schedule: Schedule, *, event: Event | None = None, slug: str = "", zone: str = "", publish: bool = False,
    account: Account | None = None, progress: Progress = iter,
) -> Outcome:  # fmt: skip
    """Imports into `event`, else into the one at `slug`, else into the one that the file made before or makes now.

    With `publish` a draft is published, even if it lacks what organisers' pages would ask for first.
    Raises Unreadable; the caller then rolls back, and nothing of the file is left.
    """
    if event is None:
        if slug and slug != text.slug(slug, max_length=80):
            raise Unreadable("", _("“%(slug)s” cannot be the address of an event: a–z, 0–9 and hyphens.", slug=slug))
        wanted = slug or default_slug(schedule.conference)
        event = db.session.scalar(sa.select(Event).where(Event.slug == wanted))
        if event and not slug and not event.source.get("imported"):
            raise Unreadable("", _("An event %(slug)s exists already; name it to import into it.", slug=wanted))
        slug = wanted
    outcome = import_schedule(schedule, event, slug=slug, zone=zone, progress=progress, account=account)
    audit.record(
        account, IMPORTED, f"event:{outcome.event.id}", days=outcome.days, rooms=outcome.rooms,
        sessions=outcome.sessions, persons=outcome.persons, made=outcome.made, changed=outcome.changed,
        cancelled=outcome.cancelled, notes=outcome.report.notes,
    )  # fmt: skip
    if publish and outcome.event.state is EventState.DRAFT:
        events_service.publish(outcome.event, account, even_unready=True)
    db.session.flush()
    return outcome


def last_import(event: Event) -> AuditEntry | None:
    """What the last import of an event did, as it reported."""
    return db.session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.subject == f"event:{event.id}", AuditEntry.action == IMPORTED)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
