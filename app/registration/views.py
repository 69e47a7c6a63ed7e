"""Registering, confirming, and ending the reminders."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db, limiter
from app.lib.http import page_language
from app.lib.urls import interface_language
from app.people.guard import public
from app.registration import address, admission, places, service, visits
from app.registration.forms import AddressForm, RegistrationForm
from app.registration.guard import holder
from app.registration.models import Purpose, Registration, RegistrationState, Step
from app.registration.service import Entry, Outcome

blueprint = Blueprint("registration", __name__, template_folder="templates")

# A class registers from one address at once, so a network may do much; one mailbox is spared by the letters' own limit.
FORMS = limiter.shared_limit("60 per minute;600 per hour", scope="registration", methods=["POST"])
RESEND = limiter.limit("6 per minute;30 per hour", methods=["POST"])
CONFIRM = limiter.limit("60 per minute", methods=["POST"])
KEPT = ("name", "email", "country", "language", "zone", "code")
"""What the browser that sent the form remembers of it, to mend the address."""


@blueprint.route("/events/<event>/register/", methods=["GET", "POST"])
@public
@FORMS
def register(event: str) -> Any:
    found = _event(event)
    if not admission.is_open(found):
        return _closed(found), 409 if request.method == "POST" else 200
    form = RegistrationForm(found)
    if request.method != "POST":
        form.language.data, form.zone.data = page_language(), found.zone
        visits.count(found.id, Step.FORM, request.environ)
    elif form.validate():
        entry = form.entry()
        try:
            return _answer(found, entry, service.register(found, entry))
        except service.CodeRefused:
            db.session.rollback()
            form.refuse_code()
    full = not places.any_left(found)
    waiting = places.number_waiting(found) if full else 0
    status = 422 if form.errors else 200
    return render_template("registration/register.html", event=found, form=form, full=full, waiting=waiting), status


@blueprint.get("/events/<event>/register/sent/")
@public
def sent(event: str) -> Any:
    """Look into your mail; the same for everyone, whoever is registered already."""
    if (entry := _entry(event)) is None:
        return redirect(url_for("registration.register", event=event))
    return _sent(_event(event), entry, AddressForm(formdata=None, email=entry.email))


@blueprint.post("/events/<event>/register/correct/")
@public
@FORMS
def correct(event: str) -> Any:
    """Mends a mistyped address, for the browser that sent the form."""
    found = _event(event)
    if (entry := _entry(event)) is None or not admission.is_open(found):
        return redirect(url_for("registration.register", event=event))
    form = AddressForm()
    if not form.validate():
        return _sent(found, entry, form), 422
    mended = replace(entry, email=str(form.email.data))
    if mended == entry:
        return redirect(url_for("registration.sent", event=event))
    hold = session["registered"]["hold"]
    try:
        return _answer(found, mended, address.correct(found, address.Hold(*hold) if hold else None, mended))
    except service.CodeRefused:
        db.session.rollback()
        return redirect(url_for("registration.register", event=event))


@blueprint.post("/events/<event>/register/again/")
@public
@RESEND
def again(event: str) -> Any:
    """The letter once more."""
    found = _event(event)
    if (entry := _entry(event)) is None or not admission.is_open(found):
        return redirect(url_for("registration.register", event=event))
    service.send_link(found, entry.email)
    db.session.commit()
    flash(_("We sent the letter again. It can take a few minutes."))
    return redirect(url_for("registration.sent", event=event))


@blueprint.route("/events/<event>/link/", methods=["GET", "POST"])
@public
@RESEND
def link(event: str) -> Any:
    """One's own link once more; the answer is the same for every address."""
    found, form = _event(event), AddressForm()
    if not form.validate_on_submit():
        return render_template("registration/link.html", event=found, form=form), 422 if form.errors else 200
    service.send_link(found, str(form.email.data))
    db.session.commit()
    flash(_("If %(address)s is registered, a letter with its link is on the way.", address=form.email.data))
    return redirect(url_for("registration.link", event=event))


@blueprint.route("/registrations/<token>/confirm/", methods=["GET", "POST"])
@holder()
@CONFIRM
def confirm(registration: Registration) -> Any:
    """Programs that look through mail follow links, so only the button confirms."""
    page = redirect(url_for("personal.page", token=registration.token(Purpose.PAGE)))
    if request.method != "POST":
        if registration.state is not RegistrationState.PENDING:
            return page
        return render_template("registration/confirm.html", registration=registration, event=registration.event)
    was_waiting = registration.state is RegistrationState.PENDING
    if service.confirm(registration) and was_waiting:
        flash(_("Thank you, you are registered."))
    db.session.commit()
    return page


@holder(Purpose.UNSUBSCRIBE)
def unsubscribe(registration: Registration) -> Any:
    """RFC 8058: a mail program posts `List-Unsubscribe=One-Click` and nothing else is asked."""
    wanted = request.args.get("lang", registration.language)
    g.lang = interface_language(wanted)
    if request.method == "POST":
        service.stop_reminders(registration)
        db.session.commit()
    return render_template("registration/unsubscribe.html", registration=registration, event=registration.event)


def _answer(event: Event, entry: Entry, outcome: Outcome) -> Any:
    db.session.commit()
    before = session.get("registered", {})
    same = before.get("event") == event.slug and before.get("email") == entry.email
    hold = (outcome.held.id, outcome.held.attempt) if outcome.held else before.get("hold") if same else None
    session["registered"] = {
        "event": event.slug, "hold": hold, "full": outcome.full, **{name: getattr(entry, name) for name in KEPT},
    }  # fmt: skip
    return redirect(url_for("registration.sent", event=event.slug))


def _sent(event: Event, entry: Entry, form: AddressForm) -> str:
    return render_template(
        "registration/sent.html", event=event, email=entry.email, form=form, full=session["registered"]["full"],
        by_approval=admission.of(event).by_approval,
    )  # fmt: skip


def _closed(event: Event) -> str:
    return render_template("registration/closed.html", event=event, terms=admission.of(event))


def _entry(event: str) -> Entry | None:
    """What this browser sent for this event."""
    kept = dict(session.get("registered", {}))
    if kept.pop("event", None) != event:
        return None
    return Entry(**{name: kept[name] for name in KEPT})


def _event(slug: str) -> Event:
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None or not event.is_public:
        abort(404)
    return event
