"""Organisers' pages of the language team: who is in it, what they can and when, and their private links."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.guard import acting_account, organiser
from app.events.guard import allowed as may_in
from app.events.models import Event
from app.events.service import change, events_of, subject
from app.extensions import db
from app.languages import duties, team, team_letters
from app.languages.forms import offered_languages
from app.languages.manage import blueprint
from app.languages.manage.tracks import Answer
from app.languages.models import Linguist, LinkPurpose, TrackKind
from app.languages.team_forms import MemberForm, TakeOverForm
from app.languages.wording import stretch
from app.lib.present import chosen, length
from app.people import audit
from app.people.permissions import Action

TEAM = "/events/<event>/language-team/"


@blueprint.get(TEAM)
@organiser(Action.SEE_EVENT)
def members(event: Event) -> Answer:
    return render_template(
        "languages/team.html", event=event, members=team.members(event), loads=duties.loads(event),
        invited=team_letters.invited(event), take_over=_take_over_form(event),
        crafts=list(TrackKind), stretch=stretch, length=length,
    )  # fmt: skip


@blueprint.route(f"{TEAM}new/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def add_member(event: Event) -> Answer:
    form = MemberForm(event.zone, data={"language": event.language})
    if not _is_good(form, event):
        return _form(event, form, None)
    linguist = team.enter(Linguist(event=event, **_facts(form)))
    _write_rows(linguist, form)
    _record("linguist.added", linguist)
    db.session.commit()
    flash(_("%(name)s is in the team.", name=linguist.name))
    return redirect(url_for(".edit_member", event=event.slug, member=linguist.id), 303)


@blueprint.route(f"{TEAM}<int:member>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def edit_member(event: Event, member: int) -> Answer:
    linguist = _member_of(event, member)
    form = MemberForm(event.zone, linguist)
    if not _is_good(form, event, linguist):
        return _form(event, form, linguist)
    changed = change(linguist, _facts(form))
    if _write_rows(linguist, form) or changed:
        _record("linguist.changed", linguist)
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for(".edit_member", event=event.slug, member=linguist.id), 303)


@blueprint.post(f"{TEAM}<int:member>/remove/")
@organiser(Action.EDIT_PROGRAMME)
def remove_member(event: Event, member: int) -> Answer:
    linguist = _member_of(event, member)
    _record("linguist.removed", linguist)
    team.remove(linguist)
    db.session.commit()
    flash(_("%(name)s has left the team. The private link has ended.", name=linguist.name))
    return redirect(url_for(".members", event=event.slug), 303)


@blueprint.post(f"{TEAM}<int:member>/invite/")
@organiser(Action.EDIT_PROGRAMME)
def invite_member(event: Event, member: int) -> Answer:
    linguist = _member_of(event, member)
    if linguist.email:
        team_letters.invite(linguist)
        _record("linguist.invited", linguist)
        db.session.commit()
        flash(_("The private link is on its way to %(address)s.", address=linguist.email))
    else:
        flash(_("Write the e-mail address first."), "error")
    return redirect(url_for(".edit_member", event=event.slug, member=linguist.id), 303)


@blueprint.post(f"{TEAM}<int:member>/link/")
@organiser(Action.EDIT_PROGRAMME)
def renew_member_link(event: Event, member: int) -> Answer:
    """Ends the private link, which somebody else may know; the new one is sent."""
    linguist = _member_of(event, member)
    team.replace_link(linguist, LinkPurpose.PAGE)
    team_letters.invite(linguist)
    _record("linguist.link-replaced", linguist)
    db.session.commit()
    flash(_("The old link has ended."))
    return redirect(url_for(".edit_member", event=event.slug, member=linguist.id), 303)


@blueprint.post(f"{TEAM}take-over/")
@organiser(Action.EDIT_PROGRAMME)
def take_team_over(event: Event) -> Answer:
    form = _take_over_form(event)
    source = next((each for each in _with_teams(event) if str(each.id) == form.source.data), None)
    if not form.validate_on_submit() or source is None:
        abort(404)
    come = team.take_over(event, source)
    audit.record(acting_account(), "linguist.taken-over", subject(event), name=chosen(source.title), number=len(come))
    db.session.commit()
    flash(ngettext("%(num)s person came into the team.", "%(num)s people came into the team.", len(come)))
    return redirect(url_for(".members", event=event.slug), 303)


@blueprint.post(f"{TEAM}me/")
@organiser(Action.EDIT_PROGRAMME)
def work_in_team(event: Event) -> Answer:
    """Leads organisers to their own page of the team, which lets them caption and edit everything."""
    linguist = team.organiser(event, acting_account())
    db.session.commit()
    return redirect(url_for("language_team.page", token=linguist.token(LinkPurpose.PAGE)), 303)


def _member_of(event: Event, number: int) -> Linguist:
    return team.member(event, number) or abort(404)


def _is_good(form: MemberForm, event: Event, linguist: Linguist | None = None) -> bool:
    if not form.validate_on_submit():
        return False
    if team.is_known(event, form.email.data or "", besides=linguist):
        form.email.errors = [_("Somebody else of the team has this address.")]
        return False
    return True


def _facts(form: MemberForm) -> dict[str, object]:
    return {
        "name": form.name.data, "email": form.email.data or "", "language": form.language.data,
        "zone": form.zone.data or "", "crafts": list(form.crafts.data or ()), "coordinates": form.coordinates.data,
        "note": (form.note.data or "").strip(),
    }  # fmt: skip


def _write_rows(linguist: Linguist, form: MemberForm) -> bool:
    skills = team.set_skills(linguist, form.told_skills)
    return team.set_availability(linguist, form.stretches) or skills


def _form(event: Event, form: MemberForm, linguist: Linguist | None) -> Answer:
    page = render_template(
        "languages/team_member.html", event=event, form=form, linguist=linguist, offered=offered_languages(event),
        turns=team.turns_of(linguist) if linguist else (), tracks=team.tracks_of(linguist) if linguist else (),
        is_invited=linguist is not None and linguist.id in team_letters.invited(event),
    )  # fmt: skip
    return (page, 422) if form.errors else page


def _with_teams(event: Event) -> list[Event]:
    """The reader's other events whose team can come here."""
    others = [each for each in events_of(acting_account()) if each.id != event.id]
    return [each for each in others if may_in(each, Action.EDIT_PROGRAMME) and team.has_members(each)]


def _take_over_form(event: Event) -> TakeOverForm:
    form = TakeOverForm()
    form.source.choices = [(str(each.id), chosen(each.title)) for each in _with_teams(event)]
    return form


def _record(action: str, linguist: Linguist) -> None:
    where = subject(linguist.event, f"linguist:{linguist.id}")
    audit.record(acting_account(), action, where, name=linguist.name)
