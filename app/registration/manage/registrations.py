"""Who registered: the list that organisers search, filter and sort."""

import sqlalchemy as sa
from flask import current_app, render_template, request

from app.events.guard import organiser
from app.events.models import Event
from app.extensions import db
from app.people.permissions import Action
from app.registration import choices, listing, service
from app.registration.acts import Act
from app.registration.listing import Filters
from app.registration.manage import blueprint
from app.registration.models import AccessCode, Origin, RegistrationState
from app.schedule.models import EventSession


@blueprint.get("/manage/events/<event>/registrations/")
@organiser(Action.SEE_REGISTRATIONS)
def registrations(event: Event) -> str:
    filters = Filters.of(request.args)
    counts = service.counts_by_state(event)
    found = listing.page_of(event, filters, request.args.get("page", 1, type=int), counts)
    return render_template(
        "registration/registrations.html", event=event, filters=filters, found=found,
        positions=listing.positions(event, found.rows), counts=counts,
        states=RegistrationState, origins=Origin, acts=Act, **offered(event),
    )  # fmt: skip


def offered(event: Event) -> dict[str, object]:
    """What the filters let choose from."""
    return {
        "countries": listing.countries(event),
        "languages": choices.languages(event, current_app.config["LANGUAGES"]),
        "sessions": db.session.scalars(
            sa.select(EventSession)
            .where(EventSession.event_id == event.id, EventSession.capacity.is_not(None))
            .order_by(EventSession.starts_at, EventSession.id)
        ).all(),
        "codes": db.session.scalars(
            sa.select(AccessCode).where(AccessCode.event_id == event.id).order_by(AccessCode.code).limit(200)
        ).all(),
    }
