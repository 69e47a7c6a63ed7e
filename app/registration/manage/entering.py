"""Registering somebody who has no computer at hand."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.lib.present import page_language
from app.people import audit
from app.people.permissions import Action
from app.registration import places, service
from app.registration.manage import blueprint
from app.registration.manage.entry_form import EntryForm
from app.registration.models import Origin


@blueprint.route("/manage/events/<event>/registrations/new/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def enter(event: Event) -> str | Response | tuple[str, int]:
    form = EntryForm(event)
    if request.method != "POST":
        form.language.data, form.zone.data = page_language(), event.zone
    elif form.validate():
        return _enter(event, form)
    page = render_template("registration/entry.html", event=event, form=form, full=not places.any_left(event))
    return page, 422 if form.errors else 200


def _enter(event: Event, form: EntryForm) -> Response:
    entry = form.entry()
    known = service.of_address(event, entry.email) if entry.email else None
    if known is not None and known.is_live:
        flash(_("This address is registered already. Nothing was changed."), "error")
        registration = known
    else:
        registration = service.enter(event, entry, Origin.ORGANISER)
        audit.record(acting_account(), "registration.entered", f"event:{event.id}/registration:{registration.id}")
        said = _("Registered.") if registration.is_confirmed else _("All places are taken: on the waiting list.")
        db.session.commit()
        flash(said)
    return redirect(url_for("registration_manage.registration", event=event.slug, number=registration.id))
