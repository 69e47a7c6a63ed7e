"""Organisers' pages of single turns, set by hand, and of the track that they belong to."""

from datetime import datetime

from flask import abort, flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db
from app.languages.manage import blueprint
from app.languages.manage.rota import ROTA, Answer, to_rota
from app.languages.manage.rota_forms import TrackBoothForm, TurnForm
from app.languages.models import LanguageTrack, Turn
from app.languages.rota import booths, conflicts, turns
from app.languages.rota import material as materials
from app.languages.rota.material import Material, Span, gaps_in, span_of
from app.languages.rota.sentences import sentence
from app.lib.present import hour
from app.people import audit
from app.people.permissions import Action


@blueprint.route(f"{ROTA}tracks/<int:track>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def rota_track(event: Event, track: int) -> Answer:
    """The turns of a track; a POST adds one."""
    if request.method == "POST":
        turns.lock(event)
    material = materials.of(event)
    found = _track_of(material, track)
    form = TurnForm(found, material, span=_free(material, found))
    if form.validate_on_submit() and form.span:
        try:
            turns.add(found, *form.who, *form.span)
        except turns.Overlapping as overlapping:
            _say(form, overlapping, event)
        else:
            return _done(event, "rota.turn-added", found, _("The turn was added."))
    return _track_page(material, found, form, TrackBoothForm(found, material, formdata=None))


@blueprint.post(f"{ROTA}tracks/<int:track>/booth/")
@organiser(Action.EDIT_PROGRAMME)
def rota_track_booth(event: Event, track: int) -> Answer:
    material = materials.of(event)
    found = _track_of(material, track)
    form = TrackBoothForm(found, material)
    if not form.validate_on_submit():
        return _track_page(material, found, TurnForm(found, material), form)
    found.booth = booths.of_number(event, int(form.booth.data)) if form.booth.data else None
    return _done(event, "rota.booth-chosen", found, _("Saved."))


@blueprint.route(f"{ROTA}turns/<int:turn>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def rota_turn(event: Event, turn: int) -> Answer:
    if request.method == "POST":
        turns.lock(event)
    material = materials.of(event)
    found = _turn_of(material, turn)
    form = TurnForm(found.track, material, found)
    if form.validate_on_submit() and form.span:
        try:
            turns.change(found, *form.who, *form.span)
        except turns.Overlapping as overlapping:
            _say(form, overlapping, event)
        else:
            return _done(event, "rota.turn-changed", found.track, _("The turn was changed."))
    faults = [sentence(each, material) for each in conflicts.of(material) if each.turn is found]
    page = render_template(
        "languages/rota_turn.html", event=event, turn=found, track=found.track, form=form, faults=faults,
        following=turns.following(found),
    )  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.post(f"{ROTA}turns/<int:turn>/<any(split,join,pin,unpin,remove):what>/")
@organiser(Action.EDIT_PROGRAMME)
def act_on_turn(event: Event, turn: int, what: str) -> Redirect:
    turns.lock(event)
    found = _turn_of(materials.of(event), turn)
    track = found.track
    if what == "split":
        said = _("There are two turns now.") if turns.split(found) else _("This turn is too short to be split.")
    elif what == "join":
        said = _("It is one turn now.") if turns.join(found) else _("No turn follows at once.")
    elif what == "remove":
        turns.remove(found)
        said = _("The turn was removed.")
    else:
        turns.pin(found, is_pinned=what == "pin")
        said = _("A proposal leaves this turn.") if what == "pin" else _("A proposal may change this turn.")
    action = f"rota.turn-{what}"
    return _done(event, action, track, said)


def _done(event: Event, action: str, track: LanguageTrack, said: str) -> Redirect:
    subject = f"event:{event.id}/session:{track.session_id}"
    audit.record(acting_account(), action, subject, language=track.language)
    db.session.commit()
    flash(said)
    return to_rota(event, event.day_of(span_of(track)[0]))


def _track_page(material: Material, track: LanguageTrack, form: TurnForm, booth_form: TrackBoothForm) -> Answer:
    found = [each for each in conflicts.of(material) if each.track is track]
    page = render_template(
        "languages/rota_track.html", event=material.event, track=track, turns=material.turns_of[track],
        booth=material.booth_of[track], pivot=material.pivot_of[track], form=form, booth_form=booth_form,
        faults=[sentence(each, material) for each in found],
    )  # fmt: skip
    return (page, 422) if form.errors or booth_form.errors else page


def _free(material: Material, track: LanguageTrack) -> Span:
    """What the form for a new turn begins with: the gap that was chosen, else the first one."""
    gaps = gaps_in(span_of(track), [(turn.starts_at, turn.ends_at) for turn in material.turns_of[track]])
    asked = request.args.get("start", "")
    return next((gap for gap in gaps if gap[0].isoformat() == asked), gaps[0] if gaps else span_of(track))


def _say(form: TurnForm, overlapping: turns.Overlapping, event: Event) -> None:
    start, end = (_hour(each, event) for each in (overlapping.other.starts_at, overlapping.other.ends_at))
    form.start.errors = [_(
        "%(name)s speaks from %(start)s to %(end)s. Change that turn first.",
        name=overlapping.other.linguist.name, start=start, end=end,
    )]  # fmt: skip


def _hour(moment: datetime, event: Event) -> str:
    return hour(moment, event.zone)


def _track_of(material: Material, number: int) -> LanguageTrack:
    return next((track for track in material.tracks if track.id == number), None) or abort(404)


def _turn_of(material: Material, number: int) -> Turn:
    return next((turn for turn in material.turns if turn.id == number), None) or abort(404)
