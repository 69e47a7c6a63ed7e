"""Who may do what in an event, and what they did."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events import roles as roles_of
from app.events import service
from app.events.forms import RoleForm
from app.events.guard import acting_account, organiser
from app.events.manage import blueprint
from app.events.manage.event import Answer
from app.events.models import Event
from app.extensions import db
from app.lib.present import page_language
from app.people import audit
from app.people.models import Role
from app.people.permissions import Action


@blueprint.route("/events/<event>/roles/", methods=["GET", "POST"])
@organiser(Action.GRANT_ROLES)
def roles(event: Event) -> Answer:
    form = RoleForm()
    if form.validate_on_submit():
        # Whoever stands at the door may open no other page of the event.
        at_door = form.role.data == Role.DOOR
        here = url_for("events_manage.home") if at_door else url_for("events_manage.overview", event=event.slug)
        try:
            roles_of.give(
                event,
                form.email.data or "",
                Role(form.role.data),
                acting_account(),
                language=page_language(),
                target=here,
            )
        except roles_of.LastOwner:
            form.form_errors.append(_last_owner())
        else:
            db.session.commit()
            flash(_("Saved."))
            return redirect(url_for("events_manage.roles", event=event.slug))
    return render_template("events/roles.html", event=event, form=form), 422 if form.is_submitted() else 200


@blueprint.post("/events/<event>/roles/take/")
@organiser(Action.GRANT_ROLES)
def take_role(event: Event) -> Answer:
    grant = next((each for each in event.grants if str(each.account_id) == request.form.get("account")), None)
    if grant is None:
        abort(404)
    try:
        roles_of.take(event, grant, acting_account())
    except roles_of.LastOwner:
        form = RoleForm(None)
        form.form_errors.append(_last_owner())
        return render_template("events/roles.html", event=event, form=form), 422
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("events_manage.roles", event=event.slug))


@blueprint.get("/events/<event>/trail/")
@organiser(Action.SEE_EVENT)
def trail(event: Event) -> str:
    before = request.args.get("before", type=int)
    entries = audit.trail_of(service.subject(event), before)
    return render_template("events/trail.html", event=event, entries=entries, page=audit.PAGE)


def _last_owner() -> str:
    return str(_("An event always has an owner. Make somebody else an owner first."))
