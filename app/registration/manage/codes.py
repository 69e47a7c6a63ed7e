"""Codes that open the form, and invitations that carry one."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.lib.present import own_name
from app.lib.urls import interface_language
from app.people import audit
from app.people.permissions import Action
from app.registration import admission, codes, invitations
from app.registration.manage import blueprint
from app.registration.manage.admission_forms import CodeForm, InviteForm
from app.registration.models import AccessCode


@blueprint.get("/manage/events/<event>/admission/codes/")
@organiser(Action.SEE_REGISTRATIONS)
def all_codes(event: Event) -> str:
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found, number = codes.listed(event, page)
    return render_template(
        "registration/codes.html", event=event, codes=found, number=number, page=page,
        pages=max(1, -(-number // codes.PAGE)), by_code=admission.of(event).by_code,
    )  # fmt: skip


@blueprint.route("/manage/events/<event>/admission/codes/new/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def new_code(event: Event) -> Any:
    form = CodeForm()
    if form.validate_on_submit():
        facts = (form.note.data or "", form.most_uses.data, form.expires_at.moment(event))
        number = 1 if form.code.data else form.number.data or 1
        try:
            if form.code.data:
                codes.make(event, form.code.data, *facts)
            else:
                codes.make_many(event, number, *facts)
        except codes.Taken:
            form.code.errors = [_("This event has that code already. Choose another word.")]
        else:
            audit.record(acting_account(), "code.made", f"event:{event.id}", number=number)
            db.session.commit()
            flash(ngettext("%(num)s code is made.", "%(num)s codes are made.", number))
            return _to(event)
    return render_template("registration/code_form.html", event=event, form=form), 422 if form.is_submitted() else 200


@blueprint.route("/manage/events/<event>/admission/codes/invite/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def invite(event: Event) -> Any:
    languages = current_app.config["LANGUAGES"]
    form = InviteForm(data={"language": interface_language(event.language)})
    form.language.choices = [(tag, own_name(tag)) for tag in languages]
    if not form.validate_on_submit():
        page = render_template("registration/invite.html", event=event, form=form)
        return page, 422 if form.is_submitted() else 200
    done = invitations.invite(
        event, form.invited, form.language.data, form.note.data or "", form.expires_at.moment(event)
    )
    audit.record(acting_account(), "code.invited", f"event:{event.id}", number=done.sent)
    db.session.commit()
    flash(ngettext("%(num)s invitation is on the way.", "%(num)s invitations are on the way.", done.sent))
    if done.known:
        flash(_("Invited or registered already, so not written to: %(people)s", people=_listed(done.known)), "warning")
    if form.repeated:
        flash(_("Written more than once, invited once: %(people)s", people=_listed(form.repeated)), "warning")
    return _to(event)


def _listed(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:10])
    return (
        shown if len(addresses) <= 10 else _("%(people)s and %(number)s more", people=shown, number=len(addresses) - 10)
    )


@blueprint.post("/manage/events/<event>/admission/codes/<int:number>/revoke/")
@organiser(Action.SEE_REGISTRATIONS)
def revoke_code(event: Event, number: int) -> Any:
    code = _code(event, number)
    codes.revoke(code)
    audit.record(acting_account(), "code.revoked", f"event:{event.id}/code:{code.id}")
    db.session.commit()
    flash(_("The code %(code)s lets nobody in any more. Who registered with it stays registered.", code=code.code))
    return _to(event)


@blueprint.post("/manage/events/<event>/admission/codes/<int:number>/again/")
@organiser(Action.SEE_REGISTRATIONS)
def invite_again(event: Event, number: int) -> Any:
    """The invitation once more; `after` says how many letters the page knew of, so that two presses are one letter."""
    code = _code(event, number)
    if not code.email or not code.is_in_force:
        abort(404)
    invitations.invite_again(code, request.form.get("after", "1"), interface_language(event.language))
    audit.record(acting_account(), "code.invited", f"event:{event.id}/code:{code.id}", number=1)
    db.session.commit()
    flash(_("The invitation of %(address)s is sent again.", address=code.email))
    return _to(event)


def _code(event: Event, number: int) -> AccessCode:
    code = codes.of_number(event, number)
    if code is None:
        abort(404)
    return code


def _to(event: Event) -> Any:
    return redirect(url_for("registration_manage.all_codes", event=event.slug, page=request.args.get("page")))
