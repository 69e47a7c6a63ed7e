"""Checking people in at the door: the list, the page that a ticket's QR code opens, and a device without a network."""

from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app.events.guard import organiser
from app.events.models import Event
from app.extensions import db
from app.lib.http import STATIC_FOLDER
from app.people.permissions import Action
from app.registration import attendance
from app.registration import door as doors
from app.registration.door import Target
from app.registration.guard import at_door
from app.registration.manage import blueprint
from app.registration.models import Purpose, Registration, Source


@blueprint.get("/manage/events/<event>/check-in/")
@organiser(Action.CHECK_IN)
def door(event: Event) -> str:
    at = _target(event)
    sought = " ".join(request.args.get("q", "").split())[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    people, number = doors.listed(event, at, sought, page)
    return render_template(
        "registration/door.html", event=event, at=at, targets=doors.targets(event), people=people, number=number,
        sought=sought, page=page, pages=max(1, -(-number // doors.PAGE)), came=doors.number_in(event, at),
    )  # fmt: skip


@blueprint.post("/manage/events/<event>/check-in/<int:number>/")
@organiser(Action.CHECK_IN)
def check_in(event: Event, number: int) -> Any:
    """By the button of the list."""
    registration = db.session.get(Registration, number)
    if registration is None or registration.event_id != event.id:
        abort(404)
    at = _chosen(event)
    _act(registration, at)
    kept: dict[str, Any] = {"for": at.key, **{name: request.form.get(name) or None for name in ("q", "page")}}
    return redirect(url_for("registration_manage.door", event=event.slug, **kept))


@blueprint.route("/check-in/<token>/", methods=["GET", "POST"])
@at_door
def ticket(registration: Registration) -> Any:
    """What the QR code of a ticket opens in the camera of whoever stands at the door."""
    event = registration.event
    if request.method == "POST":
        at = _chosen(event)
        _act(registration, at)
        return redirect(url_for("registration_manage.ticket", token=registration.token(Purpose.TICKET)))
    at = _target(event)
    return render_template(
        "registration/ticket.html", event=event, registration=registration, at=at, targets=doors.targets(event),
        since=doors.since(registration, at), is_today=doors.is_today(event),
    )  # fmt: skip


@blueprint.get("/manage/events/<event>/check-in/list.json")
@organiser(Action.CHECK_IN)
def kept_list(event: Event) -> Response:
    return jsonify(doors.kept_list(event) | {"csrf": generate_csrf()})


@blueprint.post("/manage/events/<event>/check-in/sync/")
@organiser(Action.CHECK_IN)
def sync(event: Event) -> Any:
    """What a device did while it had no network; an answer for each item, in their order."""
    sent = request.get_json(silent=True)
    items = sent.get("items") if isinstance(sent, dict) else None
    if not isinstance(items, list) or len(items) > doors.MOST_AT_ONCE:
        return jsonify(error=f"Send an object with a list of at most {doors.MOST_AT_ONCE} items."), 400
    results = doors.sync(event, items)
    db.session.commit()
    return jsonify(results=results)


@blueprint.get("/manage/events/<event>/check-in/worker.js")
@organiser(Action.CHECK_IN)
def worker(event: Event) -> Response:
    """The script that keeps the list on the device. A browser asks where it may work; tickets are outside of here."""
    script = (STATIC_FOLDER / "door-worker.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Service-Worker-Allowed": "/"})


def _act(registration: Registration, at: Target) -> None:
    if request.form.get("act") == "undo":
        attendance.undo(registration, at.session, at.day)
        flash(_("%(name)s is not checked in any more.", name=registration.name))
    elif not registration.is_confirmed:
        flash(_("%(name)s has no confirmed place and was not checked in.", name=registration.name), "error")
    elif attendance.check_in(registration, at.session, at.day, Source.DOOR):
        flash(_("%(name)s is checked in.", name=registration.name))
    else:
        flash(_("%(name)s was checked in before.", name=registration.name), "warning")
    db.session.commit()


def _chosen(event: Event) -> Target:
    """What a button was pressed for; kept for the next ticket that this browser opens."""
    at = doors.target(event, request.form.get("for", "")) or abort(404)
    session["door"] = [event.slug, at.key]
    return at


def _target(event: Event) -> Target:
    """What the address asks for, else what was chosen last here, else today."""
    slug, key = session.get("door", ("", ""))
    if "for" in request.args:
        key, slug = request.args["for"], event.slug
    found = doors.target(event, key) if slug == event.slug else None
    return found or doors.usual(event)
