"""When and to whom registration is open, and how long what it knows is kept."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, lock_row
from app.lib import clock
from app.lib.present import moment
from app.people import audit
from app.people.permissions import Action
from app.registration import admission, erasure
from app.registration.manage import blueprint
from app.registration.manage.admission_forms import AdmissionForm, written_in

FACTS = ("opens_at", "closes_at", "by_code", "by_approval", "offer_hours", "keep_days")


@blueprint.route("/manage/events/<event>/admission/", methods=["GET", "POST"])
@organiser(Action.EDIT_EVENT)
def admitting(event: Event) -> Any:
    if request.method == "POST":
        lock_row(event)
    terms = admission.of(event)
    facts = {name: getattr(terms, name) for name in FACTS}
    form = AdmissionForm(data=facts | {name: written_in(event, facts[name]) for name in FACTS[:2]})
    if form.validate_on_submit() and _is_meant(event, form):
        written = {name: form[name].data for name in FACTS}
        written |= {name: form[name].moment(event) for name in FACTS[:2]}
        changed = [name for name in FACTS if facts[name] != written[name]]
        for name in changed:
            setattr(terms, name, written[name])
        db.session.add(terms)
        if changed:
            audit.record(acting_account(), "admission.changed", f"event:{event.id}", changed=", ".join(changed))
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("registration_manage.admitting", event=event.slug))
    return render_template(
        "registration/admission.html", event=event, form=form, due_at=erasure.due_at(event)
    ), 422 if form.is_submitted() else 200  # fmt: skip


def _is_meant(event: Event, form: AdmissionForm) -> bool:
    """What would delete everything with the next sweep wants one more tick, unless it was so before."""
    days = form.keep_days.data
    if days is None or form.at_once.data or days == admission.of(event).keep_days:
        return True
    due_at = event.over_at + timedelta(days=days)
    if due_at > clock.now():
        return True
    form.keep_days.errors = [
        _("That was %(moment)s: everything would be deleted within a day. Tick below if you mean it.",
          moment=moment(due_at, event.zone))
    ]  # fmt: skip
    return False


@blueprint.get("/manage/events/<event>/admission/data/")
@organiser(Action.SEE_REGISTRATIONS)
def kept_data(event: Event) -> str:
    """What will be deleted and when, before it happens; and the record of what was."""
    return render_template(
        "registration/kept_data.html", event=event, due_at=erasure.due_at(event), number=erasure.number_of(event),
        records=erasure.records(event), is_over=event.over_at <= clock.now(),
    )  # fmt: skip


@blueprint.post("/manage/events/<event>/admission/data/delete/")
@organiser(Action.EDIT_EVENT)
def delete_data(event: Event) -> Any:
    """Everything at once, after the event; whoever means it writes the event's address part."""
    if event.over_at > clock.now():
        abort(409)
    if request.form.get("event", "").strip() != event.slug:
        flash(_("Nothing was deleted: write “%(word)s” to say that you mean it.", word=event.slug), "error")
    else:
        number = erasure.erase_all(event, erasure.ORGANISER, acting_account())
        flash(_("%(number)s registrations are deleted, with everything that belongs to them.", number=number))
    return redirect(url_for("registration_manage.kept_data", event=event.slug))
