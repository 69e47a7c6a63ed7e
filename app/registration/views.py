"""Registering, confirming, and ending the reminders."""

from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app.events.models import Event
from app.extensions import db, limiter
from app.lib.http import page_language
from app.lib.urls import interface_language
from app.people.guard import public
from app.registration import address, places, service, visits
from app.registration.forms import AddressForm, RegistrationForm
from app.registration.guard import holder
from app.registration.models import Purpose, Registration, RegistrationState, Step
from app.registration.service import Entry, Outcome

blueprint = Blueprint("registration", __name__, template_folder="templates")

# A class registers from one address at once, so a network may do much; one mailbox is spared by the letters' own limit.
FORMS = limiter.shared_limit("60 per minute;600 per hour", scope="registration", methods=["POST"])
RESEND = limiter.limit("6 per minute;30 per hour", methods=["POST"])
CONFIRM = limiter.limit("60 per minute", methods=["POST"])


@blueprint.route("/events/<event>/register/", methods=["GET", "POST"])
@public
@FORMS
def register(event: str) -> Any:
    found = _event(event)
    if not service.is_open(found):
        return render_template("registration/closed.html", event=found), 409 if request.method == "POST" else 200
    form = RegistrationForm(found)
    if request.method != "POST":
        if not places.any_left(found):
            return _full(found)
        form.language.data, form.zone.data = page_language(), found.zone
        visits.count(found.id, Step.FORM, request.environ)
    elif form.validate():
        entry = form.entry()
        return _answer(found, entry, service.register(found, entry))
    status = 422 if form.errors else 200
    return render_template("registration/register.html", event=found, form=form), status


@blueprint.get("/events/<event>/register/sent/")
@public
def sent(event: str) -> Any:
    """Look into your mail; the same for everyone, whoever is registered already."""
    if (entry := _entry(event)) is None:
        return redirect(url_for("registration.register", event=event))
    form = AddressForm(formdata=None, email=entry.email)
    return render_template("registration/sent.html", event=_event(event), email=entry.email, form=form)


@blueprint.post("/events/<event>/register/correct/")
@public
@FORMS
def correct(event: str) -> Any:
    """Mends a mistyped address, for the browser that sent the form."""
    found = _event(event)
    if (entry := _entry(event)) is None or not service.is_open(found):
        return redirect(url_for("registration.register", event=event))
    form = AddressForm()
    if not form.validate():
        return render_template("registration/sent.html", event=found, email=entry.email, form=form), 422
    mended = replace(entry, email=str(form.email.data))
    if mended == entry:
        return redirect(url_for("registration.sent", event=event))
    hold = session["registered"]["hold"]
    return _answer(found, mended, address.correct(found, address.Hold(*hold) if hold else None, mended))


@blueprint.post("/events/<event>/register/again/")
@public
@RESEND
def again(event: str) -> Any:
    """The letter once more: the same as sending the form again."""
    found = _event(event)
    if (entry := _entry(event)) is None or not service.is_open(found):
        return redirect(url_for("registration.register", event=event))
    flash(_("We sent the letter again. It can take a few minutes."))
    return _answer(found, entry, service.register(found, entry))


@blueprint.post("/events/<event>/register/link/")
@public
@RESEND
def link(event: str) -> Any:
    """One's own link once more, where the form is shown no more; the answer is the same for every address."""
    found, form = _event(event), AddressForm()
    if service.is_open(found):
        if not form.validate():
            return _full(found, 422, form)
        service.send_link(found, str(form.email.data))
        db.session.commit()
        flash(_("If %(address)s is registered, a letter with its link is on the way.", address=form.email.data))
    return redirect(url_for("registration.register", event=event))


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
    if outcome.full:
        return _full(event, 409)
    session["registered"] = {"event": event.slug, "hold": hold, **asdict(entry)}
    return redirect(url_for("registration.sent", event=event.slug))


def _full(event: Event, status: int = 200, form: AddressForm | None = None) -> Any:
    return render_template("registration/full.html", event=event, form=form or AddressForm(formdata=None)), status


def _entry(event: str) -> Entry | None:
    """What this browser sent for this event."""
    kept = dict(session.get("registered", {}))
    if kept.pop("event", None) != event:
        return None
    kept.pop("hold")
    return Entry(**kept)


def _event(slug: str) -> Event:
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None or not event.is_public:
        abort(404)
    return event
