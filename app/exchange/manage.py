"""Organisers bring a schedule file into their event, see what became of it, and find the exports."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import organiser
from app.events.models import Event
from app.exchange import reading, service
from app.exchange.forms import ImportForm
from app.exchange.frab import Unreadable
from app.extensions import db
from app.people.guard import current_account
from app.people.permissions import Action

blueprint = Blueprint("exchange_manage", __name__, template_folder="templates")


@blueprint.route("/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def import_schedule(event: Event) -> Response | str | tuple[str, int]:
    form = ImportForm()
    if form.validate_on_submit():
        try:
            schedule = reading.read(form.file.data.read())
            service.take_in(schedule, event=event, zone=form.zone.data or "", account=current_account())
        except Unreadable as fault:
            db.session.rollback()
            form.file.errors = [str(fault)]
        else:
            db.session.commit()
            flash(_("The schedule was imported."), "success")
            return redirect(url_for("exchange_manage.import_schedule", event=event.slug), 303)
    page = render_template("exchange/import.html", event=event, form=form, last=service.last_import(event))
    return (page, 422) if form.errors else page
