"""Who was there, for the organisers: how many, who, marking by hand, and the certificates of it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, lock_row
from app.lib.present import length
from app.people import audit
from app.people.permissions import Action
from app.registration import admission, attendance, certificates, door
from app.registration.manage import blueprint
from app.registration.models import Registration, Source


class CertificateForm(FlaskForm):
    certificates = BooleanField(_l("Whoever attended gets a certificate after the event"))
    certificate_minutes = IntegerField(
        _l("Minutes to be attended for it"),
        [InputRequired(_l("Write a number of minutes.")),
         NumberRange(1, 10_000, _l("Write a number of minutes from 1 to 10,000."))],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip


@blueprint.get("/manage/events/<event>/attendance/")
@organiser(Action.SEE_REGISTRATIONS)
def attended(event: Event) -> str:
    return _page(event, CertificateForm(formdata=None, obj=admission.of(event)))


@blueprint.post("/manage/events/<event>/attendance/certificates/")
@organiser(Action.EDIT_EVENT)
def certificate_rules(event: Event) -> Any:
    lock_row(event)
    form, terms = CertificateForm(), admission.of(event)
    if not form.validate():
        return _page(event, form), 422
    form.populate_obj(terms)
    db.session.add(terms)
    audit.record(acting_account(), "certificates.set", f"event:{event.id}")
    db.session.commit()
    flash(_("Saved."))
    return _to(event, "certificates")


@blueprint.post("/manage/events/<event>/attendance/send/")
@organiser(Action.SEE_REGISTRATIONS)
def send_certificates(event: Event) -> Any:
    """A letter to everyone who earned one; pressed twice, nobody gets two."""
    number = certificates.send(event)
    if number:
        audit.record(acting_account(), "certificates.sent", f"event:{event.id}", number=number)
    db.session.commit()
    flash(ngettext("%(num)s certificate is on its way.", "%(num)s certificates are on their way.", number))
    return _to(event, "certificates")


@blueprint.route("/manage/events/<event>/attendance/<int:number>/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def person(event: Event, number: int) -> Any:
    """What one person attended; organisers mark by hand what no link and no door has seen."""
    registration = db.session.get(Registration, number)
    if registration is None or registration.event_id != event.id:
        abort(404)
    if request.method == "POST":
        _act(registration)
        db.session.commit()
        return redirect(url_for("registration_manage.person", event=event.slug, number=number))
    sessions = attendance.attended(event, [registration.id]).get(registration.id, [])
    return render_template(
        "registration/attendance_one.html", event=event, registration=registration, targets=door.targets(event),
        since={each.key: door.since(registration, each) for each in door.targets(event)}, sessions=sessions,
        length=length(timedelta(minutes=attendance.minutes(sessions))), certificate=certificates.of(registration),
    )  # fmt: skip


def _act(registration: Registration) -> None:
    event, by = registration.event, acting_account()
    subject = f"event:{event.id}/registration:{registration.id}"
    if request.form.get("act") == "renew":
        if certificates.renew(registration) is None:
            flash(_("There is no certificate to renew, or too little was attended."), "warning")
            return
        audit.record(by, "certificate.renewed", subject)
        flash(_("The certificate says now what is known now, at the same address."))
        return
    at = door.target(event, request.form.get("for", "")) or abort(404)
    if request.form.get("act") == "undo":
        if attendance.undo(registration, at.session, at.day):
            audit.record(by, "attendance.unmarked", subject, target=at.key)
    elif not registration.is_confirmed:
        flash(_("%(name)s has no confirmed place.", name=registration.name), "error")
    elif attendance.check_in(registration, at.session, at.day, Source.ORGANISER):
        audit.record(by, "attendance.marked", subject, target=at.key)


def _page(event: Event, form: CertificateForm) -> str:
    sought = " ".join(request.args.get("q", "").split())[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    people, number = door.listed(event, door.usual(event), sought, page)
    heard = attendance.attended(event, [registration.id for registration, _at in people])
    sessions = attendance.counted_sessions(event)
    is_ready = certificates.are_ready(event)
    return render_template(
        "registration/attendance.html", event=event, form=form, sought=sought, page=page, number=number,
        pages=max(1, -(-number // door.PAGE)), total=attendance.attended_count(event), sessions=sessions,
        by_session=attendance.counts_by_session(event), by_day=attendance.counts_by_day(event),
        people=[(registration, heard.get(registration.id, [])) for registration, _at in people],
        length=lambda sessions: length(timedelta(minutes=attendance.minutes(sessions))),
        confirmed=_confirmed(event), is_ready=is_ready, ends_at=certificates.ends_at(event),
        sending=certificates.sending(event) if is_ready else None,
    )  # fmt: skip


def _confirmed(event: Event) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*door.confirmed(event))) or 0


def _to(event: Event, anchor: str) -> Any:
    return redirect(url_for("registration_manage.attended", event=event.slug, _anchor=anchor))
