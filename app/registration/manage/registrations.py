"""Who registered, for the organisers."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events.guard import organiser
from app.events.models import Event
from app.extensions import db
from app.people import audit
from app.people.guard import current_account
from app.people.permissions import Action
from app.registration import service
from app.registration.listing import PAGE, by_column, listed
from app.registration.manage import blueprint
from app.registration.models import Registration, RegistrationState


@blueprint.get("/manage/events/<event>/registrations/")
@organiser(Action.SEE_REGISTRATIONS)
def registrations(event: Event) -> str:
    sought = " ".join(request.args.get("q", "").split())[:100]
    state = request.args.get("state", "")
    page = max(request.args.get("page", 1, type=int), 1)
    found, number = listed(event, sought, state if state in set(RegistrationState) else "", min(page, 100_000))
    return render_template(
        "registration/registrations.html", event=event, registrations=found, number=number, sought=sought,
        state=state, page=page, pages=max(1, -(-number // PAGE)), counts=service.counts_by_state(event),
        countries=by_column(event, Registration.country), languages=by_column(event, Registration.language),
        states=RegistrationState,
    )  # fmt: skip


@blueprint.route("/manage/events/<event>/registrations/<int:number>/cancel/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def cancel(event: Event, number: int) -> Any:
    registration = db.session.scalar(
        sa.select(Registration).where(Registration.id == number, Registration.event_id == event.id)
    )
    if registration is None:
        abort(404)
    if request.method != "POST":
        return render_template("registration/cancel_one.html", event=event, registration=registration)
    service.cancel(registration)
    audit.record(current_account(), "registration.cancelled", f"event:{event.id}/registration:{registration.id}")
    db.session.commit()
    flash(_("The registration of %(name)s is cancelled.", name=registration.name))
    return redirect(url_for("registration_manage.registrations", event=event.slug))
