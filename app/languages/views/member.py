"""A team member's own pages: what they have to do, and when; what they say of themselves."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.events.service import change, subject
from app.extensions import db, lock_row
from app.languages import duties, plan, team, team_letters
from app.languages.captions import streams
from app.languages.duties import Duty
from app.languages.forms import offered_languages
from app.languages.guard import linguist as own
from app.languages.guard import may_caption_track
from app.languages.models import LanguageTrack, Linguist, LinkPurpose, TrackState
from app.languages.team_forms import AboutForm, CannotForm
from app.languages.views import team as blueprint
from app.languages.wording import stretch
from app.languages.workbench import drafts
from app.lib import clock
from app.lib.urls import absolute
from app.people import audit

Answer = Response | str | tuple[str, int]
OPEN = (TrackState.PROMISED, TrackState.CONFIRMED)
"""In which a person still says whether they can."""


@blueprint.get("/<token>/")
@own
def page(linguist: Linguist) -> str:
    feed = absolute("calendar.personal", token=linguist.token(LinkPurpose.CALENDAR))
    return render_template(
        "languages/member.html", **own_page(linguist), feed=feed, stretch=stretch,
        days=_by_day(duties.of(linguist), team_letters.zone_of(linguist)),
        tracks=team.tracks_of(linguist), open_states=OPEN, is_told=duties.is_told(linguist.event),
        desks=_desks(linguist), drafts=drafts.open_to(linguist),
    )  # fmt: skip


def _by_day(found: list[Duty], zone: str) -> list[tuple[date, list[Duty]]]:
    return [(day, list(those)) for day, those in groupby(found, lambda duty: clock.local(duty.starts_at, zone).date())]


def own_page(linguist: Linguist) -> dict[str, object]:
    """What every page of a member needs."""
    return {
        "linguist": linguist, "event": linguist.event, "token": linguist.token(LinkPurpose.PAGE),
        "zone": team_letters.zone_of(linguist),
    }  # fmt: skip


@blueprint.route("/<token>/details/", methods=["GET", "POST"])
@own
def details(linguist: Linguist) -> Answer:
    """Languages and hours, in the member's own time."""
    form = AboutForm(team_letters.zone_of(linguist), linguist)
    if form.validate_on_submit():
        facts = {"language": form.language.data, "zone": form.zone.data or ""}
        changed = change(linguist, facts)
        if any((team.set_skills(linguist, form.told_skills), team.set_availability(linguist, form.stretches), changed)):
            _record("linguist.told", linguist)
        db.session.commit()
        flash(_("Saved. Thank you."))
        return _back(linguist)
    shown = render_template(
        "languages/member_details.html", **own_page(linguist), form=form, offered=offered_languages(linguist.event)
    )
    return (shown, 422) if form.errors else shown


@blueprint.post("/<token>/tracks/<int:track>/confirm/")
@own
def confirm_track(linguist: Linguist, track: int) -> Answer:
    found = _own_track(linguist, track)
    if found.state is TrackState.PROMISED:
        plan.move(found, TrackState.CONFIRMED)
        _record("linguist.confirmed", linguist, found)
        db.session.commit()
        flash(_("Thank you. The organisers and the public see that it is confirmed."))
    return _back(linguist)


@blueprint.route("/<token>/tracks/<int:track>/decline/", methods=["GET", "POST"])
@own
def decline_track(linguist: Linguist, track: int) -> Answer:
    """Somebody cannot. Whether the language falls through is for the organisers to say: perhaps another person can."""
    found = _own_track(linguist, track)
    form = CannotForm()
    if form.validate_on_submit():
        plan.assign(found, None)
        if found.state is TrackState.CONFIRMED:
            plan.move(found, TrackState.PROMISED)
        team_letters.tell_declined(found, linguist, form.reason.data or "")
        _record("linguist.declined", linguist, found, reason=form.reason.data or "")
        db.session.commit()
        flash(_("The organisers are told. Thank you for saying so."))
        return _back(linguist)
    shown = render_template("languages/member_decline.html", **own_page(linguist), track=found, form=form)
    return (shown, 422) if form.errors else shown


@blueprint.post("/<token>/tracks/<int:track>/desk/")
@own
def open_desk(linguist: Linguist, track: int) -> Answer:
    """Leads to where captions are typed, which is made when somebody first wants to."""
    found = next((each for each in _desks(linguist) if each.id == track), None) or abort(404)
    stream = streams.of(found)
    db.session.commit()
    return redirect(url_for("language_team.desk", token=linguist.token(LinkPurpose.PAGE), stream=stream.id), 303)


@blueprint.post("/<token>/link/")
@own
def renew_link(linguist: Linguist) -> Answer:
    """A new private link; the letter with it goes to the member alone, and so does this browser."""
    team.replace_link(linguist, LinkPurpose.PAGE)
    team_letters.invite(linguist)
    db.session.commit()
    flash(_("This is your new link; keep it. The old one has ended, and a letter brings the new one."))
    return _back(linguist)


@blueprint.post("/<token>/calendar/")
@own
def renew_calendar(linguist: Linguist) -> Answer:
    team.replace_link(linguist, LinkPurpose.CALENDAR)
    db.session.commit()
    flash(_("Your calendar has a new address. Subscribe to it again; the old one shows nothing any more."))
    return _back(linguist)


def _back(linguist: Linguist) -> Response:
    return redirect(url_for("language_team.page", token=linguist.token(LinkPurpose.PAGE)), 303)


def _own_track(linguist: Linguist, number: int) -> LanguageTrack:
    """One that this person is responsible for and can still say yes or no to."""
    track = db.session.get(LanguageTrack, number)
    if track is not None and request.method == "POST":
        lock_row(track)
    if track is None or track.linguist_id != linguist.id or track.state not in OPEN:
        abort(404)
    return track


def _desks(linguist: Linguist) -> Sequence[LanguageTrack]:
    found = duties.desks(linguist.event)
    return found if team.coordinates(linguist) else [track for track in found if may_caption_track(linguist, track)]


def _record(action: str, linguist: Linguist, track: LanguageTrack | None = None, **detail: str) -> None:
    """No account did it: the private link was the permission."""
    about = {"language": track.language, "kind": track.kind.value} if track else {}
    audit.record(
        None, action, subject(linguist.event, f"linguist:{linguist.id}"), name=linguist.name, **about, **detail
    )
