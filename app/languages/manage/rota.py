"""Organisers' page of the rota: a day of it as a picture, the proposal, and word to the interpreters."""

from collections.abc import Collection
from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.jobs.models import Job, JobState
from app.jobs.service import start
from app.languages.manage import blueprint
from app.languages.manage.rota_forms import HoursForm
from app.languages.models import Linguist, Rota, Turn
from app.languages.rota import conflicts, picture, proposing, telling, turns
from app.languages.rota import material as materials
from app.languages.rota.material import Material
from app.languages.rota.sentences import sentence
from app.lib import clock, grid
from app.lib.present import page_language
from app.people import audit
from app.people.permissions import Action

ROTA = "/events/<event>/rota/"
Answer = Redirect | str | tuple[str, int]


@blueprint.get(ROTA)
@organiser(Action.SEE_EVENT)
def rota(event: Event) -> str:
    material = materials.of(event)
    return _page(material, HoursForm(data={"hours": material.most_minutes // 60}))


@blueprint.get("/events/<event>/rota.css")
@organiser(Action.SEE_EVENT)
def rota_stylesheet(event: Event) -> Response:
    """Where each session of a day stands in the picture."""
    material = materials.of(event)
    day = _day(material)
    sheet = grid.stylesheet(picture.lay_out(material, day)) if day else ""
    return Response(sheet, mimetype="text/css")


@blueprint.post(f"{ROTA}hours/")
@organiser(Action.EDIT_PROGRAMME)
def rota_hours(event: Event) -> Answer:
    form = HoursForm()
    if not form.validate_on_submit():
        return _page(materials.of(event), form), 422
    turns.rota_of(event).most_minutes = 60 * (form.hours.data or 1)
    audit.record(acting_account(), "rota.hours", f"event:{event.id}", hours=form.hours.data)
    db.session.commit()
    flash(_("Saved."))
    return to_rota(event)


@blueprint.post(f"{ROTA}propose/")
@organiser(Action.EDIT_PROGRAMME)
def propose_rota(event: Event) -> Redirect:
    here = url_for(".rota", event=event.slug)
    job = start(
        proposing.PROPOSE, acting_account().id, title=_("Proposal of a rota"), subject=f"event:{event.id}",
        language=page_language(), came_from=here, event=event.id,
    )  # fmt: skip
    job.leads_to = url_for(".proposed_rota", event=event.slug, job=job.id)
    db.session.commit()
    return redirect(url_for("people_manage.job", job=job.id), 303)


@blueprint.get(f"{ROTA}proposals/<int:job>/")
@organiser(Action.EDIT_PROGRAMME)
def proposed_rota(event: Event, job: int) -> Answer:
    """The rota as it would be; a button takes it over."""
    found = _proposal(event, job)
    if found.state is not JobState.DONE:
        return redirect(url_for("people_manage.job", job=found.id), 303)
    material = materials.of(event)
    try:
        would_be, new = proposing.proposed(material, found.result)
    except proposing.Outdated:
        flash(_("Something has changed since this was proposed. Have it proposed again."), "warning")
        return to_rota(event)
    before = {load.person: load for load in picture.loads(material)}
    gone = len(set(material.turns) - set(would_be.turns))
    return render_template(
        "languages/rota_proposal.html", job=found, new=len(new), gone=gone, before=before,
        said=proposing.said_of(found.result), **_shown(would_be, new),
    )  # fmt: skip


@blueprint.post(f"{ROTA}proposals/<int:job>/")
@organiser(Action.EDIT_PROGRAMME)
def take_over_rota(event: Event, job: int) -> Answer:
    found = _proposal(event, job)
    if found.state is not JobState.DONE:
        abort(409)
    turns.lock(event)
    try:
        counted = proposing.take_over(materials.of(event), found.result, acting_account())
    except proposing.Outdated:
        db.session.rollback()
        flash(_("Something has changed since this was proposed. Have it proposed again."), "warning")
    else:
        db.session.commit()
        flash(_("The proposal is the rota now: %(new)s turns are new, %(gone)s are gone.", **counted))
    return to_rota(event)


@blueprint.post(f"{ROTA}tell/")
@organiser(Action.EDIT_PROGRAMME)
def tell_rota(event: Event) -> Redirect:
    turns.lock(event)
    told = telling.tell(event, acting_account())
    db.session.commit()
    written = [person for person in told if person.email]
    flash(ngettext("%(num)s person gets a letter.", "%(num)s people get a letter.", len(written)))
    if without := ", ".join(person.name for person in told if not person.email):
        flash(_("Tell them yourself, since they have no address here: %(names)s", names=without), "warning")
    return to_rota(event)


def to_rota(event: Event, day: date | None = None) -> Redirect:
    return redirect(url_for("languages_manage.rota", event=event.slug, day=day), 303)


def _page(material: Material, form: HoursForm) -> str:
    event = material.event
    return render_template(
        "languages/rota.html", form=form, rota=db.session.get(Rota, event.id), to_tell=telling.to_tell(event),
        **_shown(material),
    )  # fmt: skip


def _shown(material: Material, new: Collection[Turn] = ()) -> dict[str, object]:
    found, day, only = conflicts.of(material), _day(material), _person(material)
    return {
        "event": material.event, "material": material, "day": day, "days": material.days(), "only": only,
        "picture": picture.of_day(material, day, found, new, only) if day else None,
        "loads": picture.loads(material), "many": grid.MANY_ROOMS,
        "faults": [(material.day_of(each.track), each, sentence(each, material)) for each in found],
    }  # fmt: skip


def _day(material: Material) -> date | None:
    """The day that is asked for, else today while the event runs, else its first."""
    days = material.days()
    asked = request.args.get("day", "")
    today = material.event.day_of(clock.now())
    return next(
        (day for day in days if day.isoformat() == asked), today if today in days else days[0] if days else None
    )


def _person(material: Material) -> Linguist | None:
    return next((person for person in material.team if str(person.id) == request.args.get("person")), None)


def _proposal(event: Event, number: int) -> Job:
    job = db.session.get(Job, number, populate_existing=True)
    if job is None or job.kind != proposing.PROPOSE or job.payload["event"] != event.id:
        abort(404)
    return job
