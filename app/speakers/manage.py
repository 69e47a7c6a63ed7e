"""The organisers' pages of speakers, and the page on which speakers edit their own profile."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, lock_row
from app.lib.present import page_language
from app.people.permissions import Action
from app.speakers import service
from app.speakers.forms import ProfileForm, SpeakerForm
from app.speakers.models import Speaker

blueprint = Blueprint("speakers_manage", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


@blueprint.get("/events/<event>/speakers/")
@organiser(Action.SEE_EVENT)
def speakers(event: Event) -> str:
    return render_template("speakers/speakers.html", event=event, speakers=service.speakers_of(event))


@blueprint.route("/events/<event>/speakers/new/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def create(event: Event) -> Answer:
    form = SpeakerForm(languages=event.languages)
    if not form.validate_on_submit():
        return _form(event, form, None)
    facts = _read(form)
    speaker = service.create(event, acting_account(), facts.pop("name"), **facts)
    return _saved(speaker)


@blueprint.route("/events/<event>/speakers/<speaker>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def edit(event: Event, speaker: str) -> Answer:
    found = _found(event, speaker)
    form = _form_of(SpeakerForm, found)
    if not form.validate_on_submit():
        return _form(event, form, found)
    service.update(found, acting_account(), **_read(form, found))
    return _saved(found)


@blueprint.post("/events/<event>/speakers/<speaker>/delete/")
@organiser(Action.EDIT_PROGRAMME)
def delete(event: Event, speaker: str) -> Answer:
    service.delete(_found(event, speaker), acting_account())
    db.session.commit()
    flash(_("The speaker is deleted."))
    return redirect(url_for("speakers_manage.speakers", event=event.slug))


@blueprint.post("/events/<event>/speakers/<speaker>/invite/")
@organiser(Action.EDIT_PROGRAMME)
def invite(event: Event, speaker: str) -> Answer:
    found = _found(event, speaker)
    if found.email:
        service.invite(found, acting_account(), page_language())
        db.session.commit()
        flash(_("The invitation is on its way to %(address)s.", address=found.email))
    else:
        flash(_("Write the speaker's e-mail address first."), "error")
    return redirect(url_for("speakers_manage.edit", event=event.slug, speaker=found.slug))


@blueprint.route("/events/<event>/profile/", methods=["GET", "POST"])
@organiser(Action.EDIT_OWN_PROFILE)
def own_profile(event: Event) -> Answer:
    account = acting_account()
    speaker = service.speaker_of_account(event, account) or abort(404)
    form = _form_of(ProfileForm, speaker)
    if form.validate_on_submit():
        service.update(speaker, account, **_read(form, speaker))
        db.session.commit()
        flash(_("Saved. Thank you."))
        return redirect(url_for("speakers_manage.own_profile", event=event.slug))
    page = render_template("speakers/profile.html", event=None, of=event, form=form, speaker=speaker)
    return page, 422 if form.is_submitted() else 200


def _form_of(kind: type[ProfileForm], speaker: Speaker) -> ProfileForm:
    if request.method == "POST":
        lock_row(speaker)
    names = ("name", "affiliation", "biography", "country", "zone", "email")
    stored = {name: getattr(speaker, name) for name in names if hasattr(kind, name)}
    return kind(languages=speaker.event.languages, data=stored)


def _read(form: ProfileForm, speaker: Speaker | None = None) -> dict[str, Any]:
    """What the form says, as it is stored."""
    facts = {f.name: f.data for f in form if f.name not in ("csrf_token", "version", "photo", "remove_photo")}
    facts |= {name: facts[name] or "" for name in ("country", "zone", "email") if name in facts}
    before = speaker.photo if speaker and not form.remove_photo.data else ""
    return facts | {"photo": form.photo.data or before}


def _saved(speaker: Speaker) -> Answer:
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for("speakers_manage.edit", event=speaker.event.slug, speaker=speaker.slug))


def _form(event: Event, form: ProfileForm, speaker: Speaker | None) -> Answer:
    page = render_template("speakers/speaker_form.html", event=event, form=form, speaker=speaker)
    return page, 422 if form.is_submitted() else 200


def _found(event: Event, slug: str) -> Speaker:
    return service.speaker_by_slug(event, slug) or abort(404)
