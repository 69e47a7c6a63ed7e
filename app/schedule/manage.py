"""The organisers' pages of the programme."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.events.forms import StandingForm
from app.events.guard import acting_account, organiser
from app.events.manage.event import said_of
from app.events.models import Event, Standing
from app.extensions import db, lock_row
from app.lib.present import day as shown_day
from app.people.permissions import Action
from app.schedule import conflicts, lacks, regrouping, service, zones
from app.schedule.forms import MergeForm, SessionForm, SplitForm
from app.schedule.models import EventSession, Part, SessionKind
from app.schedule.times import Slot, TimeRefused, slot_of, times_of
from app.speakers.service import speakers_of

blueprint = Blueprint("schedule_manage", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
TEXTS = ("title", "subtitle", "abstract", "description", "languages", "capacity", "join_url", "join_phone",
         "join_passcode", "recording_url", "recording_licence")  # fmt: skip


@blueprint.get("/events/<event>/sessions/")
@organiser(Action.SEE_EVENT)
def sessions(event: Event) -> str:
    programme = service.sessions_of(event)
    clashes = conflicts.conflicts(programme)
    flags = {session.id: lacks.lacks_of(session) for session in programme}
    wanted = request.args.get("lacks", "")
    if wanted == "conflict":
        shown = [session for session in programme if session.id in clashes]
    else:
        shown = [session for session in programme if not wanted or wanted in flags[session.id]]
    days: dict[str, list[EventSession]] = {}
    for session in shown:
        heading = shown_day(event.day_of(session.starts_at)) if session.starts_at else _("Without a time")
        days.setdefault(heading, []).append(session)
    found = [(lack, sum(lack in of for of in flags.values())) for lack in lacks.Lack]
    return render_template(
        "schedule/sessions.html", event=event, days=days, flags=flags, clashes=clashes, wanted=wanted,
        found=[(lack, number) for lack, number in found if number], total=len(programme),
        new_clocks=zones.followed_lately(event),
    )  # fmt: skip


@blueprint.route("/events/<event>/sessions/new/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def create_session(event: Event) -> Answer:
    form = SessionForm(event, speakers_of(event), data={"languages": event.languages[:1], "kind": "talk"})
    if form.validate_on_submit() and (facts := _read(event, form, None)) is not None:
        title = facts.pop("title")
        session = service.create_session(event, acting_account(), title, **facts)
        _set_rows(session, form)
        return _saved(session)
    return _form(event, form, None)


@blueprint.route("/events/<event>/sessions/<session>/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def edit_session(event: Event, session: str) -> Answer:
    found = _found(event, session)
    if request.method == "POST":
        lock_row(found)
    form = SessionForm(event, speakers_of(event), data=_stored(found))
    if form.validate_on_submit() and (facts := _read(event, form, found)) is not None:
        _set_rows(found, form)
        try:
            is_news = service.update_session(found, acting_account(), **facts)
        except service.Announced:
            form.day.errors = [_("This session is announced. Postpone it instead: then everyone concerned gets word.")]
            db.session.rollback()
        else:
            return _saved(found, is_news)
    return _form(event, form, found)


def _stored(session: EventSession) -> dict[str, object]:
    """What is stored, as the form writes it."""
    times = times_of(session)
    return {name: getattr(session, name) for name in TEXTS} | {
        "kind": session.kind.value,
        "theme": session.theme.slug if session.theme else "",
        "room": session.room.slug if session.room else "",
        "day": times and times[0], "start": times and times[1], "end": times and times[2],
        "not_recorded": not session.recorded,
        "people": [{"speaker": row.speaker.slug, "part": row.part.value} for row in session.appearances],
        "links": [{"kind": row.kind, "url": row.url, "title": dict(row.title)} for row in session.links],
    }  # fmt: skip


def _read(event: Event, form: SessionForm, session: EventSession | None) -> dict[str, Any] | None:
    """What the form says, as it is stored; None when its times are refused, which then stands beside them."""
    slot = _slot(event, form, session)
    if form.errors:
        return None
    facts: dict[str, Any] = {name: form[name].data for name in TEXTS}
    facts |= {name: form[name].data or "" for name in TEXTS if isinstance(form[name].data, str | None)
              and name != "capacity"}  # fmt: skip
    return facts | {
        "kind": SessionKind(form.kind.data),
        "languages": form.languages.data or [],
        "theme": next((theme for theme in event.themes if theme.slug == form.theme.data), None),
        "room": next((room for room in event.rooms if room.slug == form.room.data), None),
        "recorded": not form.not_recorded.data,
        "starts_at": slot.starts_at if slot else None, "ends_at": slot.ends_at if slot else None,
    }  # fmt: skip


def _slot(event: Event, form: SessionForm, session: EventSession | None) -> Slot | None:
    written = form.day.data, form.start.data, form.end.data
    if written[0] is None or written[1] is None or written[2] is None:
        return None
    if session and session.starts_at and session.ends_at and written == times_of(session):
        # Left as it was: an imported time that the form cannot say stays.
        return Slot(session.starts_at, session.ends_at)
    try:
        slot = slot_of(event, written[0], written[1], written[2])
    except TimeRefused as fault:
        form[fault.field].errors = [*form[fault.field].errors, str(fault)]
        return None
    for note in slot.notes:
        flash(note, "warning")
    return slot


def _set_rows(session: EventSession, form: SessionForm) -> None:
    by_slug = {speaker.slug: speaker for speaker in speakers_of(session.event)}
    people = [(by_slug[row["speaker"]], Part(row["part"])) for row in form.people.data if row["speaker"]]
    service.set_people(session, people)
    service.set_links(session, [(row["kind"], row["title"], row["url"]) for row in form.links.data if row["url"]])


def _saved(session: EventSession, is_news: bool = False) -> Answer:
    db.session.commit()
    flash(said_of(is_news))
    return redirect(url_for("schedule_manage.edit_session", event=session.event.slug, session=session.slug))


def _form(event: Event, form: SessionForm, session: EventSession | None) -> Answer:
    found = conflicts.conflicts(service.sessions_of(event)).get(session.id, []) if session else []
    page = render_template("schedule/session_form.html", event=event, form=form, session=session, conflicts=found)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/events/<event>/sessions/<session>/cancel/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def cancel_session(event: Event, session: str) -> Answer:
    return _stand(event, session, Standing.CANCELLED)


@blueprint.route("/events/<event>/sessions/<session>/postpone/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def postpone_session(event: Event, session: str) -> Answer:
    return _stand(event, session, Standing.POSTPONED)


def _stand(event: Event, slug: str, standing: Standing) -> Answer:
    session = _found(event, slug)
    form = StandingForm(languages=event.languages, data={"reason": session.standing_reason})
    if not form.validate_on_submit():
        page = render_template(
            "schedule/standing.html", form=form, event=event, session=session, standing=standing.value
        )
        return page, 422 if form.is_submitted() else 200
    return _saved(session, service.set_standing(session, standing, form.reason.data, by=acting_account()))


@blueprint.post("/events/<event>/sessions/<session>/restore/")
@organiser(Action.EDIT_PROGRAMME)
def restore_session(event: Event, session: str) -> Answer:
    found = _found(event, session)
    return _saved(found, service.set_standing(found, Standing.CONFIRMED, by=acting_account()))


@blueprint.post("/events/<event>/sessions/<session>/delete/")
@organiser(Action.EDIT_PROGRAMME)
def delete_session(event: Event, session: str) -> Answer:
    found = _found(event, session)
    try:
        service.delete_session(found, acting_account())
    except service.Announced:
        flash(_("This session is announced. Cancel it first, so that everyone concerned gets word."), "error")
        return redirect(url_for("schedule_manage.edit_session", event=event.slug, session=found.slug))
    db.session.commit()
    flash(_("The session is deleted."))
    return redirect(url_for("schedule_manage.sessions", event=event.slug))


def _found(event: Event, slug: str) -> EventSession:
    return service.session_by_slug(event, slug) or abort(404)


@blueprint.route("/events/<event>/sessions/<session>/merge/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def merge_session(event: Event, session: str) -> Answer:
    found = _found(event, session)
    by_slug = {row.slug: row for row in regrouping.targets(found)}
    form = MergeForm(list(by_slug.values()))
    if form.validate_on_submit():
        into = by_slug[form.into.data]
        # In one order, so that two who merge at once never wait for each other.
        for row in sorted((found, into), key=lambda each: each.id):
            lock_row(row)
        try:
            regrouping.merge(found, into, acting_account())
        except regrouping.Refused as fault:
            db.session.rollback()
            form.into.errors = [str(fault)]
        else:
            db.session.commit()
            flash(_("The two sessions are one. Everyone concerned gets word."))
            return redirect(url_for("schedule_manage.edit_session", event=event.slug, session=into.slug))
    page = render_template(
        "schedule/merge.html", form=form, event=event, session=found, possible=regrouping.may_be_merged(found)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/events/<event>/sessions/<session>/split/", methods=["GET", "POST"])
@organiser(Action.EDIT_PROGRAMME)
def split_session(event: Event, session: str) -> Answer:
    found = _found(event, session)
    if request.method == "POST":
        lock_row(found)
    title = {tag: f"{text} (2)" for tag, text in found.title.items()}
    form, times = SplitForm(languages=event.languages, data={"title": title}), times_of(found)
    if form.validate_on_submit() and times and form.at.data:
        try:
            at = slot_of(event, times[0], times[1], form.at.data).ends_at
            second = regrouping.split(found, at, form.title.data, acting_account())
        except (regrouping.Refused, TimeRefused) as fault:
            db.session.rollback()
            form.at.errors = [str(fault)]
        else:
            db.session.commit()
            flash(_("The session is in two parts now. This is the second."))
            return redirect(url_for("schedule_manage.edit_session", event=event.slug, session=second.slug))
    page = render_template(
        "schedule/split.html", form=form, event=event, session=found, times=times,
        possible=regrouping.may_be_split(found),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200
