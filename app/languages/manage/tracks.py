"""Organisers' pages of one session: its language tracks, and the subtitles of its recording."""

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.events.service import subject
from app.extensions import db
from app.languages import plan, relay, service, subtitles
from app.languages.draft_forms import sentences
from app.languages.formats import cue_text, timing
from app.languages.formats.remarks import RefusedError
from app.languages.forms import SubtitleForm, TrackForm, offered_languages
from app.languages.manage import blueprint
from app.languages.manage.responsible import people_of, person_of
from app.languages.models import LanguageTrack, SubtitleFile, TrackKind, TrackState
from app.people import audit
from app.people.guard import current_account
from app.people.permissions import Action
from app.schedule.models import EventSession

SESSION = "/events/<event>/sessions/<session>"
Answer = Response | str | tuple[str, int]


@blueprint.route(f"{SESSION}/languages/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def tracks(event: Event, session: str) -> Answer:
    """The page of a session's languages; a POST adds a track."""
    event_session = _session_of(event, session)
    form = TrackForm(event_session, people_of(event))
    if form.validate_on_submit():
        try:
            added = service.add_track(event_session, *_facts(form))
        except service.TrackExistsError:
            _say_that_it_exists(form)
        else:
            plan.note(added, "track.added", acting_account())
            plan.assign(added, person_of(event, form.responsible.data), acting_account())
            db.session.commit()
            flash(_("The track was added."))
            return _back_to(event_session)
    return _page(event_session, form, _subtitle_form(empty=True))


@blueprint.route(f"{SESSION}/languages/<int:track>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def edit_track(event: Event, session: str, track: int) -> Answer:
    found = _track_of(_session_of(event, session), track)
    form = TrackForm(found.session, people_of(event), found)
    if form.validate_on_submit():
        try:
            service.change_track(found, *_facts(form))
        except service.TrackExistsError:
            _say_that_it_exists(form)
        else:
            plan.note(found, "track.changed", acting_account(), via=found.via)
            plan.assign(found, person_of(event, form.responsible.data), acting_account())
            db.session.commit()
            flash(_("The track was changed."))
            return _back_to(found.session)
    page = render_template(
        "languages/track.html", event=event, event_session=found.session, track=found, form=form,
        states=plan.next_states(found), history=audit.trail_of(plan.subject_of(found)),
        hanging=relay.hanging_on(found, form.plan), is_broken=relay.is_broken(found, form.plan),
        words={state.value: state.label for state in TrackState}, offered=offered_languages(event),
    )  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.post(f"{SESSION}/languages/<int:track>/move/")
@organiser(Action.EDIT_PROGRAMME)
def move_track(event: Event, session: str, track: int) -> Response:
    found = _track_of(_session_of(event, session), track)
    before = found.state
    try:
        plan.move(found, TrackState(request.form.get("state", "")), acting_account())
    except plan.MoveError as refused:
        flash(str(refused), "error")
    except ValueError:
        abort(400)
    else:
        db.session.commit()
        flash(_("The state is “%(state)s” now.", state=found.state.label))
        if TrackState.FAILED in (before, found.state) and event.is_public:
            flash(_("Those whom it concerns get a letter in a minute, unless you take it back before."))
    return redirect(url_for(".edit_track", event=event.slug, session=found.session.slug, track=found.id), 303)


@blueprint.post(f"{SESSION}/languages/<int:track>/remove/")
@organiser(Action.EDIT_PROGRAMME)
def remove_track(event: Event, session: str, track: int) -> Response:
    found = _track_of(_session_of(event, session), track)
    plan.note(found, "track.removed", acting_account())
    service.remove_track(found)
    db.session.commit()
    flash(_("The track was removed."))
    return _back_to(found.session)


@blueprint.post(f"{SESSION}/subtitles/")
@organiser(Action.EDIT_PROGRAMME)
def upload_subtitles(event: Event, session: str) -> Answer:
    event_session = _session_of(event, session)
    form = _subtitle_form()
    if not form.validate_on_submit():
        return _page(event_session, TrackForm(event_session, people_of(event), formdata=None), form)
    brought = form.file.data
    try:
        kept = subtitles.keep(event_session, form.language.data, brought.read(), brought.filename)
    except RefusedError as refused:
        form.file.errors = sentences(refused.remarks)
        return _page(event_session, TrackForm(event_session, people_of(event), formdata=None), form)
    _record("subtitles.kept", event_session, language=kept.language, file=kept.file_name)
    db.session.commit()
    flash(_said_of(kept))
    address = url_for(".subtitle_file", event=event.slug, session=event_session.slug, language=kept.language)
    return redirect(address, 303)


@blueprint.get(f"{SESSION}/subtitles/<language>/")
@organiser(Action.EDIT_PROGRAMME)
def subtitle_file(event: Event, session: str, language: str) -> str:
    """What was repaired when the file was taken in, and how it begins."""
    file = _file_of(_session_of(event, session), language)
    return render_template(
        "languages/subtitles.html",
        event=event,
        event_session=file.session,
        file=file,
        repairs=subtitles.repairs_of(file),
        cues=subtitles.document_of(file).cues,
        plain=cue_text.plain,
        stamp=timing.stamp,
    )


@blueprint.post(f"{SESSION}/subtitles/<language>/remove/")
@organiser(Action.EDIT_PROGRAMME)
def remove_subtitles(event: Event, session: str, language: str) -> Response:
    file = _file_of(_session_of(event, session), language)
    subtitles.remove(file)
    _record("subtitles.removed", file.session, language=file.language)
    db.session.commit()
    flash(_("The subtitles were removed."))
    return _back_to(file.session)


def _session_of(event: Event, slug: str) -> EventSession:
    wanted = sa.select(EventSession).where(EventSession.event_id == event.id, EventSession.slug == slug)
    return db.session.scalar(wanted) or abort(404)


def _track_of(event_session: EventSession, number: int) -> LanguageTrack:
    return next((track for track in service.plan_of(event_session) if track.id == number), None) or abort(404)


def _file_of(event_session: EventSession, language: str) -> SubtitleFile:
    return subtitles.of(event_session, language) or abort(404)


def _subtitle_form(empty: bool = False) -> SubtitleForm:
    # Both forms stand on one page: a prefix keeps the names of their fields apart.
    return SubtitleForm(formdata=None, prefix="subtitles-") if empty else SubtitleForm(prefix="subtitles-")


def _page(event_session: EventSession, form: TrackForm, subtitle_form: SubtitleForm) -> Answer:
    page = render_template(
        "languages/tracks.html", event=event_session.event, event_session=event_session, form=form,
        subtitle_form=subtitle_form, tracks=form.plan, is_broken=relay.is_broken,
        subtitles=service.subtitles_of(event_session), offered=offered_languages(event_session.event),
    )  # fmt: skip
    return (page, 422) if form.errors or subtitle_form.errors else page


def _back_to(event_session: EventSession) -> Response:
    return redirect(url_for(".tracks", event=event_session.event.slug, session=event_session.slug), 303)


def _facts(form: TrackForm) -> tuple[str, TrackKind, str, str]:
    return form.language.data, TrackKind(form.kind.data), form.url.data or "", form.via.data or ""


def _record(action: str, event_session: EventSession, **detail: str) -> None:
    where = subject(event_session.event, f"session:{event_session.id}")
    audit.record(current_account(), action, where, **detail)


def _say_that_it_exists(form: TrackForm) -> None:
    form.language.errors = [_("The session has this already in this language; change that track instead.")]


def _said_of(file: SubtitleFile) -> str:
    cues, repairs = len(subtitles.document_of(file).cues), len(file.repairs)
    kept = str(ngettext("%(num)s cue was taken in.", "%(num)s cues were taken in.", cues))
    if not repairs:
        return kept
    noted = ngettext("There is %(num)s remark.", "There are %(num)s remarks.", repairs)
    return f"{kept} {noted}"
