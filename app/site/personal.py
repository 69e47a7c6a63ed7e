"""A registered person's own pages. The private link in the address is the permission; nothing here asks to sign in."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import orm

from app.events.models import Event
from app.extensions import db
from app.feedback import links as feedback
from app.languages.models import LanguageTrack
from app.languages.service import tracks_by_session
from app.lib import clock
from app.lib.present import page_language
from app.mail.suppression import allow
from app.registration import (
    address,
    admission,
    agenda,
    bookings,
    certificates,
    limits,
    links,
    places,
    questions,
    replies,
    service,
    waitlist,
)
from app.registration.forms import AddressForm, PersonForm
from app.registration.guard import holder
from app.registration.models import Claim, Purpose, Question, Registration, RegistrationState
from app.schedule.models import EventSession, SessionKind
from app.schedule.service import session_by_slug
from app.site.own_calendar import own_calendar

blueprint = Blueprint("personal", __name__, template_folder="templates")


@blueprint.get("/registrations/<token>/")
@holder()
def page(registration: Registration) -> str:
    sessions = agenda.agenda_sessions(registration) if registration.is_confirmed else []
    waits = registration.state is RegistrationState.WAITING
    return _page(
        "page", registration,
        sessions=sessions, channels=_channels(sessions), chooses=agenda.chooses_sessions(registration),
        join_lead=timedelta(minutes=registration.event.join_opens_minutes), join_token=registration.token(Purpose.JOIN),
        calendar=own_calendar(registration, request.args), is_open=admission.is_open(registration.event),
        position=waitlist.position(registration) if waits else None, **_bookings(registration),
        **_certificate(registration),
        replies={reply.session_id: reply for reply in replies.of(registration)},
        address_fails_since=address.fails_since(registration) if registration.is_confirmed else None,
        answers=_answers(registration), feedback=feedback.open_address(registration, page_language()),
    )  # fmt: skip


def _certificate(registration: Registration) -> dict[str, Any]:
    """The certificate, or whether one is to be had."""
    issued = certificates.of(registration)
    earned = issued is None and registration.is_confirmed and certificates.is_earned(registration)
    return {"certificate": issued, "certificate_earned": earned}


def _answers(registration: Registration) -> list[tuple[Question, Any, str]]:
    asked = questions.of_event(registration.event) if registration.is_live else []
    return questions.written(registration, asked, page_language()) if asked else []


def _bookings(registration: Registration) -> dict[str, Any]:
    """Sessions with few places, and where the person stands with each."""
    booked = bookings.of_registration(registration)
    bookable = bookings.bookable(registration.event, registration) if registration.is_confirmed else []
    on_agenda = {item.session_id for item in registration.agenda}
    return {
        "bookings": booked,
        "bookable": [session for session in bookable if session.id not in on_agenda],
        "places_left": {session.id: places.left(session) for session in bookable},
        "positions": {number: bookings.position(row) for number, row in booked.items() if row.claim is Claim.WAITING},
        "overlaps": {session.id: bookings.overlapping(registration, session) for session in bookable},
    }


@blueprint.post("/registrations/<token>/bookings/<session>/")
@holder(confirmed=True)
def book(registration: Registration, session: str) -> Any:
    """Books a place in a session, takes one that is offered, or gives it up."""
    found = session_by_slug(registration.event, session)
    act = request.form.get("act")
    if found is None or not bookings.is_booked(registration, found) or act not in ("book", "take", "give-up"):
        abort(404)
    service.lock(registration)
    try:
        if act == "give-up":
            bookings.give_up(registration, found)
        elif act == "take" and not bookings.take(registration, found):
            flash(_("The place has gone to the next person. You can join the waiting list again."), "warning")
        elif act == "book" and registration.is_confirmed:
            bookings.book(registration, found)
    except bookings.Over:
        db.session.rollback()
        flash(_("This session cannot be booked any more."), "warning")
    db.session.commit()
    return redirect(_address("personal.page", registration, _anchor="bookings"))


def _channels(sessions: list[EventSession]) -> dict[int, list[LanguageTrack]]:
    """Where the interpretation of each session is heard or seen."""
    return {
        session_id: [track for track in tracks if track.kind.has_channel and track.url]
        for session_id, tracks in tracks_by_session([session.id for session in sessions]).items()
    }


@blueprint.route("/registrations/<token>/agenda/", methods=["GET", "POST"])
@holder(confirmed=True)
def sessions(registration: Registration) -> Any:
    """A day of the conference, each session with a button that puts it on the agenda or takes it off."""
    event = registration.event
    if not agenda.chooses_sessions(registration):
        return _to(registration)
    if request.method == "POST":
        slug = (request.form.get("add") or request.form.get("remove") or "").replace("\0", "")
        session = db.session.scalar(sa.select(EventSession).where(
            EventSession.event_id == event.id, EventSession.slug == slug, EventSession.starts_at.is_not(None)
        ))  # fmt: skip
        if session is None or bookings.is_booked(registration, session):
            abort(404)
        (agenda.add if "add" in request.form else agenda.remove)(registration, session)
        db.session.commit()
        if request.form.get("from") == "page":
            return _to(registration)
        return redirect(_address("personal.sessions", registration, day=_day(event, session), _anchor=session.slug))
    by_day = {day: list(found) for day, found in groupby(_scheduled(event), lambda s: _day(event, s))}
    day = request.args.get("day", "")
    if day not in by_day:
        today = event.day_of(clock.now()).isoformat()
        day = today if today in by_day else next(iter(by_day), "")
    return _page(
        "agenda", registration,
        days=[date.fromisoformat(each) for each in by_day], day=day, sessions=by_day.get(day, []),
        chosen={item.session_id for item in registration.agenda},
    )  # fmt: skip


def _scheduled(event: Event) -> list[EventSession]:
    """What there is to choose from, in the order of time; nobody needs reminding of lunch."""
    return list(
        db.session.scalars(
            sa.select(EventSession)
            .where(EventSession.event_id == event.id, EventSession.starts_at.is_not(None))
            .where(EventSession.kind != SessionKind.BREAK)
            .order_by(EventSession.starts_at, EventSession.id)
            .options(orm.joinedload(EventSession.room), orm.joinedload(EventSession.theme))
        )
    )


def _day(event: Event, session: EventSession) -> str:
    return event.day_of(session.starts_at).isoformat() if session.starts_at else ""


@blueprint.post("/registrations/<token>/calendar/")
@holder(confirmed=True)
def renew_calendar(registration: Registration) -> Any:
    """A new address of the personal calendar; whoever saw the old one sees no more."""
    links.replace_links(registration, Purpose.CALENDAR)
    db.session.commit()
    flash(_("Your calendar has a new address. Subscribe to it again; the old one shows nothing any more."))
    return _to(registration)


@blueprint.route("/registrations/<token>/details/", methods=["GET", "POST"])
@holder()
def details(registration: Registration) -> Any:
    form = PersonForm(registration.event, more_languages=[registration.language], obj=registration)
    if form.validate_on_submit():
        service.change(registration, **form.facts())
        db.session.commit()
        flash(_("Your changes are saved."))
        return _to(registration)
    return _page("details", registration, form=form), 422 if form.errors else 200


@blueprint.route("/registrations/<token>/address/", methods=["GET", "POST"])
@holder(confirmed=True)
@limits.addresses
def change_address(registration: Registration) -> Any:
    """Asks the new address; until its owner says yes, everything goes to the present one."""
    form = AddressForm()
    if request.method == "POST" and "withdraw" in request.form:
        address.withdraw(registration)
    elif request.method == "POST" and "works" in request.form:
        allow(registration.email)
        flash(_("Letters come to %(address)s again.", address=registration.email))
    elif form.validate_on_submit():
        if form.email.data == registration.email:
            address.withdraw(registration)
        else:
            address.ask(registration, str(form.email.data))
    else:
        return _page("address", registration, form=form), 422 if form.errors else 200
    db.session.commit()
    return _to(registration)


@blueprint.route("/registrations/<token>/new-address/", methods=["GET", "POST"])
@holder(Purpose.NEW_ADDRESS)
@limits.addresses
def new_address(registration: Registration) -> Any:
    if request.method != "POST":
        return _page("new_address", registration)
    if address.prove(registration):
        flash(_("Your letters come to %(address)s now. Your private link is new; the old one has ended.",
                address=registration.email))  # fmt: skip
        db.session.commit()
        return _to(registration)
    return _page("new_address", registration, taken=True), 409


@blueprint.route("/registrations/<token>/cancel/", methods=["GET", "POST"])
@holder()
def cancel(registration: Registration) -> Any:
    if not registration.is_live:
        return _to(registration)
    if request.method != "POST":
        return _page("cancel", registration)
    service.cancel(registration)
    db.session.commit()
    return _to(registration)


@blueprint.post("/registrations/<token>/again/")
@holder()
def again(registration: Registration) -> Any:
    """A place again, after cancelling or after the hold lapsed."""
    if not admission.is_open(registration.event):
        return _to(registration)
    if service.renew(registration):
        flash(_("You are registered again."))
    elif not registration.is_live:
        flash(_("The code that you came with has been used by others since. Ask the organisers."), "warning")
    db.session.commit()
    return _to(registration)


@blueprint.post("/registrations/<token>/reminders/")
@holder(confirmed=True)
def reminders(registration: Registration) -> Any:
    if request.form.get("wanted") == "yes":
        service.resume_reminders(registration)
        flash(_("We will remind you."))
    else:
        service.stop_reminders(registration)
        flash(_("We will not remind you. News of changes and cancellations still comes."))
    db.session.commit()
    return _to(registration)


def _page(template: str, registration: Registration, **context: Any) -> str:
    return render_template(
        f"site/personal_{template}.html", registration=registration, event=registration.event,
        token=registration.token(Purpose.PAGE), **context,
    )  # fmt: skip


def _to(registration: Registration) -> Any:
    return redirect(_address("personal.page", registration))


def _address(endpoint: str, registration: Registration, **values: Any) -> str:
    return url_for(endpoint, token=registration.token(Purpose.PAGE), **values)
