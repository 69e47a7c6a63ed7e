"""Tables of registrations go out and come in, each as long work of the account that asked for it."""

from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.jobs.models import Job, JobState
from app.jobs.service import start
from app.lib import storage
from app.lib.present import page_language
from app.people import audit
from app.people.permissions import Action
from app.registration.listing import Filters
from app.registration.manage import blueprint
from app.registration.manage.transfer_form import ImportForm, TakeInForm
from app.registration.transfers import CHECK, EXPORT, IMPORT

Answer = str | Response | tuple[str, int]
FORMATS = ("csv", "xlsx")


@blueprint.route("/manage/events/<event>/registrations/export/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def export(event: Event) -> Answer:
    filters, kind = Filters.of(request.values), request.form.get("format")
    if request.method != "POST":
        return render_template("registration/export.html", event=event, filters=filters, formats=FORMATS)
    if kind not in FORMATS:
        abort(400)
    job = _start(EXPORT, event, _("Export of the registrations"), format=kind, filters=filters.arguments)
    # Not what was searched for, which is somebody's name or address.
    said = replace(filters, q="").arguments
    audit.record(acting_account(), "registrations.exported", f"event:{event.id}", format=kind, **said)
    return _to(job)


@blueprint.route("/manage/events/<event>/registrations/import/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def bring(event: Event) -> Answer:
    languages = tuple(dict.fromkeys((event.language, *event.languages, *current_app.config["LANGUAGES"])))
    form = ImportForm(languages=languages)
    if form.validate_on_submit():
        file = form.file.data
        # The name is shown to nobody but whoever gave it; what the file is, its content says.
        key = storage.keep_apart(file.stream, "table")
        job = _start(
            CHECK, event, _("Check of “%(name)s”", name=PurePath(file.filename or "").name[:100]),
            key=key, encoding=form.encoding.data, defaults=asdict(form.defaults()),
        )  # fmt: skip
        job.file_key = key
        job.leads_to = url_for("registration_manage.brought", event=event.slug, job=job.id)
        return _to(job)
    return render_template("registration/import.html", event=event, form=form), 422 if form.errors else 200


@blueprint.route("/manage/events/<event>/registrations/import/<int:job>/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def brought(event: Event, job: int) -> Answer:
    """What the check found, and the button that lets them all in."""
    checked = db.session.get(Job, job, populate_existing=True)
    if checked is None or checked.kind != CHECK or checked.payload["event"] != event.id:
        abort(404)
    if checked.state is not JobState.DONE:
        return redirect(url_for("people_manage.job", job=checked.id))
    form, found = TakeInForm(), checked.result
    if form.validate_on_submit():
        if found["number_of_faults"] or not found["new"]:
            abort(409)
        return _to(_start(
            IMPORT, event, _("Import of registrations"), tell=bool(form.tell.data),
            **{name: checked.payload[name] for name in ("key", "encoding", "defaults")},
        ))  # fmt: skip
    page = render_template("registration/imported.html", event=event, job=checked, found=found, form=form)
    return page, 422 if form.errors else 200


def _start(kind: str, event: Event, title: str, **payload: Any) -> Job:
    return start(
        kind, acting_account().id, title=title, subject=f"event:{event.id}", language=page_language(),
        came_from=url_for("registration_manage.registrations", event=event.slug), event=event.id, **payload,
    )  # fmt: skip


def _to(job: Job) -> Response:
    db.session.commit()
    return redirect(url_for("people_manage.job", job=job.id), 303)
