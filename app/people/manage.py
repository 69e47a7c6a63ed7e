"""Administrators' pages: accounts and the audit trail; and everybody's: organisations, one's own long work."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.jobs import service as jobs
from app.jobs.models import Job, JobState
from app.lib import storage
from app.people import audit, links, organisations, service
from app.people.forms import InviteForm, OrganisationForm
from app.people.guard import administrator, allowed_to, keeper, signed_in, whoever
from app.people.links import Purpose
from app.people.models import Account, Organisation
from app.people.permissions import Action, may, role_to

Answer = str | Response | tuple[str, int]

blueprint = Blueprint("people_manage", __name__, template_folder="templates")


@blueprint.get("/accounts/")
@administrator
def accounts() -> str:
    return render_template("people/accounts.html", accounts=service.accounts())


@blueprint.route("/accounts/invite/", methods=["GET", "POST"])
@administrator
def invite() -> Answer:
    form = InviteForm()
    if form.validate_on_submit():
        account = service.ensure(
            form.email.data or "",
            by=whoever(),
            name=form.name.data or "",
            language=form.language.data,
            admin=form.admin.data,
        )
        return _invited(account)
    return render_template("people/invite.html", form=form), 422 if form.errors else 200


@blueprint.post("/accounts/<int:number>/invite/")
@administrator
def invite_again(number: int) -> Response:
    return _invited(_account(number))


def _invited(account: Account) -> Response:
    links.send(account.email, Purpose.INVITATION, account.language)
    audit.record(whoever(), "account.invited", service.subject(account))
    db.session.commit()
    flash(_("A link to sign in goes to %(address)s.", address=account.email))
    return redirect(url_for("people_manage.accounts"))


@blueprint.post("/accounts/<int:number>/administrator/")
@administrator
def make_administrator(number: int) -> Response:
    return _set_admin(number, True)


@blueprint.post("/accounts/<int:number>/no-administrator/")
@administrator
def unmake_administrator(number: int) -> Response:
    return _set_admin(number, False)


def _set_admin(number: int, admin: bool) -> Response:
    try:
        service.set_admin(_account(number), admin, by=whoever())
    except service.LastAdministrator:
        flash(_("This is the only administrator. Make another one first."), "error")
    else:
        db.session.commit()
        flash(_("Saved."))
    return redirect(url_for("people_manage.accounts" if whoever().is_admin else "events_manage.home"))


def _account(number: int) -> Account:
    return db.session.get(Account, number) or abort(404)


@blueprint.get("/trail/")
@administrator
def trail() -> str:
    before = request.args.get("before", type=int)
    return render_template("people/trail.html", entries=audit.trail(before), before=before, page=audit.PAGE)


@blueprint.get("/organisations/")
@signed_in
def all_organisations() -> str:
    account = whoever()
    listed = organisations.organisations()
    editable = {row for row in listed if may(account, Action.EDIT_ORGANISATION, role_to(row, account))}
    return render_template("people/organisations.html", organisations=listed, editable=editable)


@blueprint.route("/organisations/new/", methods=["GET", "POST"])
@allowed_to(Action.ADD_ORGANISATION)
def add_organisation() -> Answer:
    form = OrganisationForm(languages=current_app.config["LANGUAGES"])
    if form.validate_on_submit():
        organisations.add(whoever(), **_facts(form))
        return _saved()
    return _organisation_page(form)


@blueprint.route("/organisations/<organisation>/", methods=["GET", "POST"])
@keeper
def edit_organisation(organisation: Organisation) -> Answer:
    form = OrganisationForm(obj=organisation, languages=current_app.config["LANGUAGES"])
    if form.validate_on_submit():
        organisations.edit(organisation, whoever(), **_facts(form))
        return _saved()
    return _organisation_page(form, organisation)


def _facts(form: OrganisationForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("name", "description", "url", "country")}


def _saved() -> Response:
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("people_manage.all_organisations"))


def _organisation_page(form: OrganisationForm, organisation: Organisation | None = None) -> tuple[str, int]:
    page = render_template("people/organisation.html", form=form, organisation=organisation)
    return page, 422 if form.errors or form.form_errors else 200


# Long work: of who asked for it, and of administrators.


@blueprint.get("/jobs/<int:job>/")
@signed_in
def job(job: int) -> Answer:
    found = _own_job(job)
    if found.state is JobState.DONE and found.leads_to:
        return redirect(found.leads_to)
    return render_template("people/job.html", job=found)


@blueprint.get("/jobs/<int:job>/file/")
@signed_in
def job_file(job: int) -> Response:
    found = _own_job(job)
    path = storage.path_of(found.file_key)
    if path is None:
        abort(404)
    answer = send_file(path, as_attachment=True, download_name=found.file_name, conditional=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/jobs/<int:job>/cancel/")
@signed_in
def cancel_job(job: int) -> Response:
    if jobs.cancel(_own_job(job)):
        flash(_("It was given up, and nothing of it was kept."))
    db.session.commit()
    return redirect(url_for("people_manage.job", job=job))


def _own_job(number: int) -> Job:
    found = db.session.get(Job, number, populate_existing=True)
    if found is None or not (whoever().is_admin or found.account_id == whoever().id):
        abort(404)
    return found
