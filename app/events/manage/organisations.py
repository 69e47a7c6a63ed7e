"""Who hosts, partners and sponsors an event."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events import hosts, service
from app.events.forms import InvolveForm
from app.events.guard import acting_account, organiser
from app.events.manage import blueprint
from app.events.manage.event import Answer
from app.events.models import Event, EventOrganisation, Involvement
from app.extensions import db
from app.lib.present import chosen
from app.people.organisations import organisations as known_organisations
from app.people.permissions import Action


@blueprint.route("/events/<event>/organisations/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def organisations(event: Event) -> Answer:
    form = InvolveForm(event)
    known = {organisation.slug: organisation for organisation in known_organisations()}
    form.organisation.choices = [("", _("A new one")), *((slug, chosen(row.name)) for slug, row in known.items())]
    if not form.validate_on_submit():
        page = render_template("events/organisations.html", form=form, event=event)
        return page, 422 if form.is_submitted() else 200
    hosts.involve(
        event, acting_account(), Involvement(form.involvement.data), known.get(form.organisation.data or ""),
        name=form.name.data, url=form.url.data or "",
    )  # fmt: skip
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("events_manage.organisations", event=event.slug))


@blueprint.post("/events/<event>/organisations/remove/")
@organiser(Action.EDIT_EVENT)
def remove_organisation(event: Event) -> Answer:
    hosts.release(event, _involved(event), acting_account())
    db.session.commit()
    flash(_("Removed from the event."))
    return redirect(url_for("events_manage.organisations", event=event.slug))


@blueprint.post("/events/<event>/organisations/move/")
@organiser(Action.EDIT_EVENT)
def move_organisation(event: Event) -> Answer:
    service.move(event.involved, _involved(event), -1 if request.form.get("to") == "up" else 1)
    db.session.commit()
    return redirect(url_for("events_manage.organisations", event=event.slug))


def _involved(event: Event) -> EventOrganisation:
    named = request.form.get("organisation"), request.form.get("part")
    rows = (row for row in event.involved if (row.organisation.slug, row.involvement.value) == named)
    return next(rows, None) or abort(404)
