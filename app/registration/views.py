"""Registering, confirming, and ending the reminders."""

from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from itsdangerous import Signer

from app.events.models import Event
from app.extensions import db
from app.lib.http import page_language
from app.lib.memory import Memory
from app.lib.tokens import new_token
from app.lib.urls import interface_language
from app.people.guard import public
from app.registration import address, admission, limits, places, service, visits
from app.registration.forms import AddressForm, RegistrationForm
from app.registration.guard import holder
from app.registration.models import Purpose, Registration, RegistrationState, Step
from app.registration.service import Entry, Outcome

blueprint = Blueprint("registration", __name__, template_folder="templates")

_blank_forms: Memory[tuple[object, ...], tuple[str, ...]] = Memory("forms", 256)
KEPT = ("name", "email", "country", "language", "zone", "code")
"""What the browser that sent the form remembers of it, to mend the address."""


class Line(NamedTuple):
    full: bool
    waiting: int


@blueprint.route("/events/<event>/register/", methods=["GET", "POST"])
@public
@limits.forms
@limits.forms_an_address
@limits.forms_in_haste
@limits.wrong_codes
def register(event: str) -> Any:
    found = _event(event)
    if not admission.is_open(found):
        return _closed(found), 409 if request.method == "POST" else 200
    if request.method != "POST":
        visits.count(found.id, Step.FORM, request.environ)
        return _blank_form(found)
    form = RegistrationForm(found)
    if form.validate():
        try:
            entry = form.entry()
            return _answer(found, entry, service.register(found, entry))
        except service.CodeRefused:
            db.session.rollback()
            limits.note_wrong_code()
            form.refuse_code()
    return _form(found, form, _line(found)), 422


def _blank_form(event: Event) -> str:
    """The form as everyone meets it. It is written once for a revision of the event; only what proves that it was
    sent from here is each reader's own."""
    line = _line(event)
    if request.args or "_flashes" in session or admission.terms(event).books:
        return _written(event, line)
    token = str(generate_csrf())
    key = (event.id, event.revision, event.changed_at, page_language(), line)
    parts = _blank_forms.get(key) or _blank_forms.keep(key, tuple(_written(event, line).split(token)))
    return token.join(parts)


def _written(event: Event, line: Line) -> str:
    form = RegistrationForm(event)
    form.language.data, form.zone.data = page_language(), event.zone
    form.code_from_link(request.args.get("code", ""))
    return _form(event, form, line)


def _form(event: Event, form: RegistrationForm, line: Line) -> str:
    return render_template("registration/register.html", event=event, form=form, full=line.full, waiting=line.waiting)


def _line(event: Event) -> Line:
    full = not places.any_left(event)
    return Line(full, places.number_waiting(event) if full else 0)


@blueprint.get("/events/<event>/register/sent/")
@public
def sent(event: str) -> Any:
    """Look into your mail; the same for everyone, whoever is registered already."""
    if (entry := _entry(event)) is None:
        return redirect(url_for("registration.register", event=event))
    return _sent(_event(event), entry, AddressForm(formdata=None, email=entry.email))


@blueprint.post("/events/<event>/register/correct/")
@public
@limits.forms
@limits.forms_an_address
@limits.forms_in_haste
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
    try:
        return _answer(found, mended, address.correct(found, _hold(found, entry), mended))
    except service.CodeRefused:
        db.session.rollback()
        form.email.errors = [_("The code that you wrote does not let this address in.")]
        return _sent(found, entry, form), 422


@blueprint.post("/events/<event>/register/again/")
@public
@limits.letters
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
@limits.letters
@limits.letters_an_address
def link(event: str) -> Any:
    """One's own link once more; the answer is the same for every address."""
    found, form = _event(event), AddressForm()
    if not form.validate_on_submit():
        return render_template("registration/link.html", event=found, form=form), 422 if form.errors else 200
    service.send_link(found, str(form.email.data))
    db.session.commit()
    flash(_("If %(address)s is registered, a letter with its link is on the way.", address=form.email.data))
    return redirect(url_for("registration.link", event=event))


@blueprint.route("/registrations/", methods=["GET", "POST"])
@public
@limits.letters
@limits.letters_an_address
def links() -> Any:
    """The same of all events, for whom an old link has led nowhere."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("registration/link.html", event=None, form=form), 422 if form.errors else 200
    service.send_links(str(form.email.data))
    db.session.commit()
    flash(_("If %(address)s is registered, a letter with its link is on the way.", address=form.email.data))
    return redirect(url_for("registration.links"))


@blueprint.route("/registrations/<token>/confirm/", methods=["GET", "POST"])
@holder()
@limits.confirmations
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
    hold = before["hold"] if same and outcome.held is None else _mark(outcome.held)
    session["registered"] = {
        "event": event.slug, "hold": hold, "full": outcome.full, **{name: getattr(entry, name) for name in KEPT},
    }  # fmt: skip
    return redirect(url_for("registration.sent", event=event.slug))


def _mark(held: Registration | None) -> str:
    """Tells this site which place a browser holds, and nobody whether it holds one: its cookie can be read."""
    said = f"{held.id}:{held.attempt}" if held else new_token()
    return Signer(current_app.secret_key or "", salt="hold").get_signature(said).decode()


def _hold(event: Event, entry: Entry) -> address.Hold | None:
    held = service.of_address(event, entry.email)
    if held is None or session["registered"]["hold"] != _mark(held):
        return None
    return address.Hold(held.id, held.attempt)


def _sent(event: Event, entry: Entry, form: AddressForm) -> str:
    return render_template(
        "registration/sent.html", event=event, email=entry.email, form=form, full=session["registered"]["full"],
        by_approval=admission.terms(event).by_approval,
    )  # fmt: skip


def _closed(event: Event) -> str:
    return render_template("registration/closed.html", event=event, terms=admission.terms(event))


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
