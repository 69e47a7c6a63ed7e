"""Organisers' pages of the booths."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.languages.forms import offered_languages
from app.languages.manage import blueprint
from app.languages.manage.rota import ROTA, Answer, to_rota
from app.languages.manage.rota_forms import BoothForm
from app.languages.models import Booth
from app.languages.rota import booths
from app.languages.rota import material as materials
from app.people import audit
from app.people.permissions import Action


@blueprint.route(f"{ROTA}booths/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def rota_booths(event: Event) -> Answer:
    """The booths of an event; a POST adds one."""
    form = BoothForm()
    if form.validate_on_submit():
        try:
            booth = booths.add(event, form.name.data or "", form.languages)
        except booths.NameTaken:
            _say_taken(form)
        else:
            return _done(booth, "booth.added", _("The booth was added."))
    material = materials.of(event)
    served = [booth for booth in material.booth_of.values() if booth]
    page = render_template(
        "languages/rota_booths.html", event=event, form=form, offered=offered_languages(event),
        booths=[(booth, served.count(booth)) for booth in material.booths],
        lacking=len(material.tracks) - len(served),
    )  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.post(f"{ROTA}booths/make/")
@organiser(Action.EDIT_PROGRAMME)
def make_booths(event: Event) -> Redirect:
    """Those that the plan needs and that are not there."""
    made = booths.add_missing(event, materials.of(event).tracks)
    for booth in made:
        _record(booth, "booth.added")
    db.session.commit()
    flash(ngettext("%(num)s booth was added.", "%(num)s booths were added.", len(made)))
    return to_rota(event)


@blueprint.route(f"{ROTA}booths/<int:booth>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def rota_booth(event: Event, booth: int) -> Answer:
    found = _booth_of(event, booth)
    form = BoothForm(data={"name": found.name, "first": found.languages[0], "second": found.languages[1]})
    if form.validate_on_submit():
        try:
            booths.change(found, form.name.data or "", form.languages)
        except booths.NameTaken:
            _say_taken(form)
        else:
            return _done(found, "booth.changed", _("The booth was changed."))
    page = render_template(
        "languages/rota_booth.html", event=event, booth=found, form=form, offered=offered_languages(event)
    )
    return (page, 422) if form.errors else page


@blueprint.post(f"{ROTA}booths/<int:booth>/remove/")
@organiser(Action.EDIT_PROGRAMME)
def remove_booth(event: Event, booth: int) -> Redirect:
    found = _booth_of(event, booth)
    _record(found, "booth.removed")
    booths.remove(found)
    db.session.commit()
    flash(_("The booth was removed."))
    return redirect(url_for(".rota_booths", event=event.slug), 303)


def _booth_of(event: Event, number: int) -> Booth:
    return booths.of_number(event, number) or abort(404)


def _say_taken(form: BoothForm) -> None:
    form.name.errors = [_("Another booth has this name.")]


def _done(booth: Booth, action: str, said: str) -> Redirect:
    _record(booth, action)
    db.session.commit()
    flash(said)
    return redirect(url_for(".rota_booths", event=booth.event.slug), 303)


def _record(booth: Booth, action: str) -> None:
    audit.record(acting_account(), action, f"event:{booth.event_id}", name=booth.name, languages=booth.languages)
