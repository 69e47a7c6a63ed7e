"""One registration: all that is known of it, and what organisers can do for the person."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import orm
from werkzeug.wrappers import Response

from app.events.guard import acting_account, organiser
from app.events.models import Event
from app.extensions import db, limiter
from app.lib.present import page_language
from app.mail.models import Letter
from app.people import audit
from app.people.permissions import Action
from app.registration import acts, bookings, listing, questions, replies, service
from app.registration.acts import Act
from app.registration.forms import PersonForm
from app.registration.manage import blueprint
from app.registration.models import AccessCode, Attendance, Booking, Registration

Answer = str | Response | tuple[str, int]
LETTERS = 30
SENDING = limiter.limit("60 per minute", methods=["POST"])


@blueprint.get("/manage/events/<event>/registrations/<int:number>/")
@organiser(Action.SEE_REGISTRATIONS)
def registration(event: Event, number: int) -> str:
    found = _found(event, number)
    asked = questions.of_event(event)
    return render_template(
        "registration/registration.html", event=event, registration=found, letters=_letters(found),
        position=listing.positions(event, [found]).get(found.id), possible=acts.possible(found), acts=Act,
        bookings=_bookings(found), position_of=bookings.position, attendances=_attendances(found),
        replies=replies.of(found),
        code=db.session.get(AccessCode, found.code_id) if found.code_id else None,
        answers=questions.written(found, asked, page_language()) if asked else [],
    )  # fmt: skip


@blueprint.route("/manage/events/<event>/registrations/<int:number>/edit/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def edit(event: Event, number: int) -> Answer:
    found = _found(event, number)
    form = PersonForm(event, more_languages=[found.language], obj=found)
    if form.validate_on_submit():
        service.change(found, **form.facts())
        _note(found, "registration.changed")
        db.session.commit()
        flash(_("Saved."))
        return _to(found)
    return render_template("registration/edit.html", event=event, registration=found, form=form), (
        422 if form.is_submitted() else 200
    )


@blueprint.route("/manage/events/<event>/registrations/<int:number>/cancel/", methods=["GET", "POST"])
@organiser(Action.SEE_REGISTRATIONS)
def cancel(event: Event, number: int) -> Answer:
    found = _found(event, number)
    if request.method != "POST":
        return render_template("registration/cancel_one.html", event=event, registration=found)
    return _do(Act.CANCEL, found)


@blueprint.post("/manage/events/<event>/registrations/<int:number>/<any('approve', 'decline', 'send-link'):act>/")
@organiser(Action.SEE_REGISTRATIONS)
@SENDING
def act(event: Event, number: int, act: str) -> Answer:
    return _do(Act(act), _found(event, number))


def _do(act: Act, registration: Registration) -> Response:
    if acts.do(act, registration, acting_account()):
        db.session.commit()
        flash(acts.told(act, 1))
    elif act is Act.SEND_LINK and acts.is_possible(act, registration):
        flash(_("This person got several letters within the hour. Try again later."), "error")
    else:
        flash(_("This is not possible any more: somebody was quicker."), "error")
    return _to(registration)


def _note(registration: Registration, action: str) -> None:
    audit.record(acting_account(), action, f"event:{registration.event_id}/registration:{registration.id}")


def _to(registration: Registration) -> Response:
    return redirect(url_for(
        "registration_manage.registration", event=registration.event.slug, number=registration.id
    ))  # fmt: skip


def _found(event: Event, number: int) -> Registration:
    return listing.of_event(event, number) or abort(404)


def _letters(registration: Registration) -> Sequence[Letter]:
    """The latest to this person about this event."""
    if not registration.email:
        return []
    of_this = Letter.about == f"event:{registration.event_id}"
    return db.session.scalars(
        sa.select(Letter)
        .where(Letter.recipient.in_([registration.email, registration.new_email or registration.email]), of_this)
        .order_by(Letter.id.desc())
        .limit(LETTERS)
    ).all()


def _bookings(registration: Registration) -> Sequence[Booking]:
    return db.session.scalars(
        sa.select(Booking)
        .where(Booking.registration_id == registration.id)
        .order_by(Booking.id)
        .options(orm.joinedload(Booking.session))
    ).all()


def _attendances(registration: Registration) -> Sequence[Attendance]:
    return db.session.scalars(
        sa.select(Attendance)
        .where(Attendance.registration_id == registration.id)
        .order_by(Attendance.first_at)
        .options(orm.joinedload(Attendance.session))
    ).all()
